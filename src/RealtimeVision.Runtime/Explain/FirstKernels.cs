using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>The kernels of the first convolution, which are pictures themselves.</summary>
public static class FirstKernels
{
    /// <summary>
    /// The kernels that look at the picture: Float32 [rows, columns, channels, filters], channels
    /// red, green and blue; null where the model does not begin with a convolution of all channels.
    /// </summary>
    public static Tensor? Of(Explainer explainer)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        Graph graph = explainer.NewGraph().Graph;
        Node? first = graph.Nodes.FirstOrDefault(n => n.Operator is Conv2D);
        if (first?.Operator is not Conv2D { Groups: 1 }
            || first.Inputs[Conv2D.Weights] is not { } weights
            || weights.Shape[2] != explainer.Channels || !IsConstant(weights))
        {
            return null;
        }

        ReadOnlySpan<float> kernels = ConstantEvaluation.Evaluate(weights).As<float>();
        var ordered = new Tensor(weights.Type);
        int filters = weights.Shape[3], channels = explainer.Channels;
        for (int i = 0; i < kernels.Length; i += filters)
        {
            int colour = i / filters % channels;
            int from = i + ((explainer.ChannelOf(colour) - colour) * filters);
            kernels.Slice(from, filters).CopyTo(ordered.As<float>()[i..]);
        }

        return ordered;
    }

    private static bool IsConstant(Value value) => value.IsConstant
        || (value.Producer is { } node && node.Inputs.All(i => i is null || IsConstant(i)));
}
