using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Lets operators that finish their results with a chain of pointwise functions (convolution,
/// matrix product, ...) take in the pointwise node that alone reads them, a residual addition among
/// them. The fused node stands where the pointwise node stood, so that all operands are there.
/// </summary>
public sealed class FuseEpilogues : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
        node.Operator is Pointwise pointwise && EpilogueFusion.TryFuse(
            rewriter, node, pointwise.Chain, producer => producer.Operator is not Pointwise));
}
