using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Where of a convolution's result only ranges of channels are read, each range becomes a
/// convolution by a part of the weights: what comes of gradients of concatenated pictures. No
/// picture is copied, and what follows a range may be fused into its convolution.
/// </summary>
public sealed class SliceWeights : IGraphPass
{
    // Fewer channels do not fill vectors; and each part reads the picture anew.
    private const int LeastChannels = 16;
    private const int MostParts = 4;

    /// <inheritdoc/>
    public Graph Run(Graph graph)
    {
        var slices = graph.Nodes.Where(IsOfChannels).ToLookup(n => n.Inputs[0]!);
        return GraphRewriter.Run(graph, (rewriter, node) =>
        {
            if (!IsOfChannels(node) || !CanSplit(rewriter, node.Inputs[0]!, [.. slices[node.Inputs[0]!]]))
            {
                return false;
            }

            var convolution = node.Inputs[0]!.Producer!;
            var slice = (Slice)node.Operator;
            var inputs = rewriter.MapInputs(convolution);
            int axis = convolution.Operator is Conv2D ? 3 : 2;
            inputs[Conv2D.Weights] = Part(rewriter, node, inputs[Conv2D.Weights]!, axis, slice);
            if (inputs.Length > Conv2D.Bias && inputs[Conv2D.Bias] is { } bias)
            {
                inputs[Conv2D.Bias] = Part(rewriter, node, bias, 0, slice);
            }

            rewriter.Replace(node, convolution.Operator, inputs);
            return true;
        });
    }

    private static Value Part(GraphRewriter rewriter, Node node, Value whole, int axis, Slice slice)
    {
        int[] starts = new int[whole.Shape.Rank];
        starts[axis] = slice.Starts[^1];
        return rewriter.Target.Add(
            new Slice([.. starts], whole.Shape.With(axis, slice.Sizes[-1])), $"{node.Name}/{whole.Name}", whole);
    }

    private static bool CanSplit(GraphRewriter rewriter, Value value, Node[] slices) =>
        value.Producer is { } producer
        && producer.Operator is Conv2D { Groups: 1 } or ConvTranspose2D { Groups: 1 }
        && ((IEpilogueOperator)producer.Operator).Epilogue == PointwiseChain.Empty
        && slices.Length == rewriter.Uses.CountOf(value) && slices.Length <= MostParts
        && slices.All(s => s.Outputs[0].Shape[-1] >= LeastChannels)
        && slices.Sum(s => s.Outputs[0].Shape[-1]) <= value.Shape[-1];

    private static bool IsOfChannels(Node node) =>
        node.Operator is Slice slice && slice.Sizes.Rank == 4 && !slice.Steps.Values.ContainsAnyExcept(1)
        && node.Inputs[0]!.Shape.With(-1, slice.Sizes[-1]) == slice.Sizes;
}
