using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Makes one node of pointwise nodes of which each alone reads the one before, all of one shape:
/// what lies between is never written to memory.
/// </summary>
public sealed class FusePointwiseChains : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
        node.Operator is Pointwise pointwise && EpilogueFusion.TryFuse(
            rewriter, node, pointwise.Chain, producer => producer.Operator is Pointwise));
}
