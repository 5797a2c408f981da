using CsCheck;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Tests.Execution;

namespace RealtimeVision.Runtime.Tests.Compile;

/// <summary>Graphs of sums and views, wired at random, with values of two sizes.</summary>
public static class RandomGraphs
{
    public static Gen<Graph> Gen { get; } =
        CsCheck.Gen.Select(CsCheck.Gen.Int[0, 3], CsCheck.Gen.Int, CsCheck.Gen.Int, CsCheck.Gen.Int)
            .Array[1, 40].Select(Build);

    private static Graph Build((int Kind, int A, int B, int C)[] recipe)
    {
        var graph = new Graph();
        var values = new List<Value>
        {
            graph.Input("x", TensorType.Float(100)),
            graph.Input("y", TensorType.Float(300)),
        };
        foreach (var (kind, a, b, c) in recipe)
        {
            var first = Pick(values, a);
            string name = $"n{graph.Nodes.Count}";
            if (kind == 0)
            {
                int count = (int)first.Shape.Count;
                var shape = first.Shape.Rank == 1 ? new Shape(10, count / 10) : new Shape(count);
                values.Add(graph.Add(new ViewAs(shape), name, first));
            }
            else
            {
                var same = values.Where(v => v.Type == first.Type).ToList();
                var op = new WeightedSum(0.25f * kind, kind != 1);
                values.Add(graph.Add(op, name, first, Pick(same, b), Pick(same, c)));
            }
        }

        foreach (var (kind, a, _, _) in recipe.Take(3))
        {
            graph.Output(Pick(values, a + kind));
        }

        graph.Output(values[^1]);
        return graph;
    }

    private static Value Pick(List<Value> values, int number) =>
        values[(int)((uint)number % (uint)values.Count)];
}
