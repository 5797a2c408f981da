using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Lets a convolution do the padding of its picture with zeros, which some exporters make a node of
/// its own.
/// </summary>
public sealed class FoldPadding : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
    {
        if (node.Operator is not Conv2D conv
            || rewriter.Map(node.Inputs[Conv2D.Picture]!) is not { Producer: { } producer }
            || producer.Operator is not Pad { Value: 0 } pad
            || pad.Before[0] + pad.After[0] + pad.Before[3] + pad.After[3] > 0)
        {
            return false;
        }

        var inputs = rewriter.MapInputs(node);
        inputs[Conv2D.Picture] = producer.Inputs[0];
        var padding = new Padding2(
            conv.Padding.Top + pad.Before[1],
            conv.Padding.Left + pad.Before[2],
            conv.Padding.Bottom + pad.After[1],
            conv.Padding.Right + pad.After[2]);
        rewriter.Replace(node, conv with { Padding = padding }, inputs);
        return true;
    });
}
