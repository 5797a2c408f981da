using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Lets constant weights and biases take in what scales and shifts channels after them (batch
/// normalisation, arithmetic with constants), and before them where there is no padding, whose
/// zeros a shift would not reach. A batch normalisation that nothing can take in becomes pointwise
/// arithmetic, which can be fused.
/// </summary>
public sealed class FoldScaleIntoWeights : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
        FoldAfter(rewriter, node) || FoldBefore(rewriter, node) || Lower(rewriter, node));

    /// <summary>The node scales what a layer with weights gives.</summary>
    private static bool FoldAfter(GraphRewriter rewriter, Node node)
    {
        if (ChannelScale.Of(node) is not { } scale || !rewriter.IsSoleUse(scale.Source)
            || WeightedLayer.Of(rewriter.Map(scale.Source).Producer) is not { } layer
            || layer.OutputChannels != scale.Channels)
        {
            return false;
        }

        var weights = layer.Weights.As<float>().ToArray();
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)(weights[i] * scale.Scales[layer.OutputChannelOf(i)]);
        }

        var bias = new float[layer.OutputChannels];
        for (int i = 0; i < bias.Length; i++)
        {
            double old = layer.Bias is { } b ? b.As<float>()[i] : 0;
            bias[i] = (float)((old * scale.Scales[i]) + scale.Shifts[i]);
        }

        Replace(rewriter, node, layer, layer.Node.Inputs[0]!, weights, bias);
        return true;
    }

    /// <summary>The node is a layer with weights of what is scaled for it alone.</summary>
    private static bool FoldBefore(GraphRewriter rewriter, Node node)
    {
        if (node.Inputs is not [{ Producer: { } producer } input, ..]
            || !rewriter.IsSoleUse(input) || ChannelScale.Of(producer) is not { } scale
            || WeightedLayer.Of(node) is not { } layer || layer.InputChannels != scale.Channels
            || (layer.HasPadding && scale.Shifts.AsSpan().IndexOfAnyExcept(0) >= 0))
        {
            return false;
        }

        var weights = layer.Weights.As<float>().ToArray();
        var bias = new double[layer.OutputChannels];
        for (int i = 0; i < weights.Length; i++)
        {
            int channel = layer.InputChannelOf(i);
            bias[layer.OutputChannelOf(i)] += weights[i] * scale.Shifts[channel];
            weights[i] = (float)(weights[i] * scale.Scales[channel]);
        }

        for (int i = 0; i < bias.Length && layer.Bias is not null; i++)
        {
            bias[i] += layer.Bias.As<float>()[i];
        }

        var source = rewriter.Map(scale.Source);
        Replace(rewriter, node, layer, source, weights, Array.ConvertAll(bias, b => (float)b));
        return true;
    }

    /// <summary>Makes scale and shift of a batch normalisation.</summary>
    private static bool Lower(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not BatchNorm || ChannelScale.Of(node) is not { } scale)
        {
            return false;
        }

        var shape = new Shape(scale.Channels);
        var scaled = rewriter.Target.Add(
            new Pointwise(Kernels.Functions.Binary.Multiply),
            node.Name,
            rewriter.Map(scale.Source),
            Constant("scale", scale.Scales));
        rewriter.Replace(
            node,
            new Pointwise(Kernels.Functions.Binary.Add),
            scaled,
            Constant("shift", scale.Shifts));
        return true;

        Value Constant(string what, double[] values) => rewriter.Target.Constant(
            $"{node.Name}.{what}", shape, Array.ConvertAll(values, v => (float)v));
    }

    private static void Replace(
        GraphRewriter rewriter,
        Node node,
        WeightedLayer layer,
        Value source,
        float[] weights,
        float[] bias)
    {
        rewriter.Replace(
            node,
            layer.Node.Operator,
            source,
            rewriter.Target.Constant(layer.Weights.Name, layer.Weights.Type.Shape, weights),
            rewriter.Target.Constant(
                layer.Bias?.Name ?? $"{layer.Node.Name}.bias", new Shape(bias.Length), bias));
    }
}
