using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile.Passes;

namespace RealtimeVision.Runtime.Compile;

/// <summary>Runs the passes in their order.</summary>
public static class GraphCompiler
{
    // Each pass may make work for those before it; networks are done after two or three rounds.
    private const int MostRounds = 8;

    /// <summary>
    /// The graph as it should run. Rounds of simplification, until nothing changes, come before
    /// fusion, so that idioms are found and weights take in what they can while nodes are single.
    /// </summary>
    /// <param name="graph">The graph, which is left as it is.</param>
    /// <param name="constants">Knows constants of equal content from plan to plan.</param>
    /// <param name="options">How to compile.</param>
    public static Graph Optimise(Graph graph, ConstantStore constants, CompileOptions options)
    {
        if (!options.Fuse)
        {
            return graph;
        }

        IGraphPass[] simplifying =
        [
            new RemoveDeadNodes(),
            new FoldConstants(),
            new MergeCommonNodes(constants),
            new RemoveIdentities(),
            new CancelTransposes(),
            new SimplifyPointwise(),
            new FuseLayerNorm(),
            new FoldScaleIntoWeights(),
            new FoldPadding(),
            new SliceWeights(),
            new UpsampleLate(options.Precision),
        ];
        IGraphPass[] fusing =
        [
            new FusePointwiseChains(),
            new FuseEpilogues(),
            new MergeCommonNodes(constants),
        ];
        for (int round = 0; round < MostRounds; round++)
        {
            var before = graph;
            graph = RunAll(graph, simplifying);
            if (AreAlike(before, graph))
            {
                break;
            }
        }

        return RunAll(graph, fusing);
    }

    private static Graph RunAll(Graph graph, IGraphPass[] passes)
    {
        foreach (var pass in passes)
        {
            graph = pass.Run(graph);
        }

        return graph;
    }

    /// <summary>Whether a round has left all operators as they were.</summary>
    private static bool AreAlike(Graph a, Graph b) =>
        a.Nodes.Count == b.Nodes.Count
        && a.Nodes.Zip(b.Nodes).All(pair => pair.First.Operator.Equals(pair.Second.Operator)
            && pair.First.Inputs.Count == pair.Second.Inputs.Count);
}
