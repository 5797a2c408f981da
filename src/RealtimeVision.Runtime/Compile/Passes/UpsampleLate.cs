using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Lets a 1x1 convolution that does not add channels change places with the upsampling before it:
/// it then works on the small picture, and there is less to upsample. Both are linear, and weights
/// of an upsampled pixel sum to 1, so that a bias passes unchanged. Bilinear results differ in
/// rounding, so they stay as they are where results have to be exact. Parts of a picture may reach
/// over it, where a convolution would change what they are filled with.
/// </summary>
public sealed class UpsampleLate(Precision precision) : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
    {
        if (node.Operator is not Conv2D conv || !IsPointwise(conv, node)
            || !rewriter.IsSoleUse(node.Inputs[0]!)
            || rewriter.Map(node.Inputs[0]!).Producer is not { Operator: Upsample2D upsample } producer
            || !CanSwap(upsample, producer, node))
        {
            return false;
        }

        var inputs = rewriter.MapInputs(node);
        inputs[0] = producer.Inputs[0];
        var small = rewriter.Target.Add(conv, node.Name, inputs);
        rewriter.Replace(node, upsample, small);
        return true;
    });

    private static bool IsPointwise(Conv2D conv, Node node) =>
        node.Inputs[1]!.Shape[0] == 1 && node.Inputs[1]!.Shape[1] == 1
        && conv.Stride == Size2.One && conv.Groups == 1
        && node.Outputs[0].Shape.H == node.Inputs[0]!.Shape.H
        && node.Outputs[0].Shape.W == node.Inputs[0]!.Shape.W
        && conv.Epilogue == PointwiseChain.Empty
        && node.Outputs[0].Shape.C <= node.Inputs[0]!.Shape.C;

    private bool CanSwap(Upsample2D upsample, Node producer, Node conv)
    {
        var (small, large) = (producer.Inputs[0]!.Shape, conv.Inputs[0]!.Shape);
        return upsample.Coordinates != CoordinateTransform.CropAndResize
            && (upsample.Mode == UpsampleMode.Nearest || precision != Precision.Exact)
            && (long)small.H * small.W < (long)large.H * large.W;
    }
}
