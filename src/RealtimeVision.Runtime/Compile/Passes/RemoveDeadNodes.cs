using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>Leaves out nodes that no output and no variable needs.</summary>
public sealed class RemoveDeadNodes : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.WithoutDeadNodes(graph);
}
