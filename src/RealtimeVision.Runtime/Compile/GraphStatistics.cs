using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile;

/// <summary>What a graph is made of, counted.</summary>
/// <param name="Nodes">Nodes, views among them.</param>
/// <param name="Parameters">Elements of all variables: weights, biases, statistics, state.</param>
/// <param name="ParameterBytes">Bytes of all variables as they are.</param>
/// <param name="Flops">Multiplications and additions of a run.</param>
public sealed record GraphStatistics(int Nodes, long Parameters, long ParameterBytes, long Flops)
{
    /// <summary>Counts.</summary>
    public static GraphStatistics Of(Graph graph) => new(
        graph.Nodes.Count,
        graph.Variables.Sum(v => v.Type.Shape.Count),
        graph.Variables.Sum(v => v.Type.Bytes),
        graph.Nodes.Sum(n => n.Operator.Flops(n.InputTypes())));
}
