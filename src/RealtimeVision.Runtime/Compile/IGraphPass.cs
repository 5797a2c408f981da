using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile;

/// <summary>
/// One step of the compiler: makes of a graph another that gives the same results, in fewer or
/// cheaper nodes. The graph given is left as it is.
/// </summary>
public interface IGraphPass
{
    /// <summary>The rewritten graph.</summary>
    Graph Run(Graph graph);
}
