using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Golden cases whose gradients are held against PyTorch's: a line a file, or a family of files
/// whose names begin alike, with what builds the graph.
/// </summary>
public static class GoldenGradients
{
    private static readonly Dictionary<string, Action<GoldenGraph>> Builders = new()
    {
        ["batchnorm_inference"] = g => g.OutputPicture("y", g.Graph.Add(
            new BatchNorm(1e-5f), "norm", g.Picture("x"), g.Input("gamma"), g.Input("beta"),
            g.Input("running_mean"), g.Input("running_var"))),
        ["batchnorm_training"] = g => g.OutputPicture("y", g.Graph.Add(
            new BatchNormTraining(), "norm", g.Picture("x"), g.Input("gamma"), g.Input("beta"))),
        ["groupnorm"] = g => g.OutputPicture("y", g.Graph.Add(
            new GroupNorm(g.File.Int("groups")), "norm", g.Picture("x"), g.Input("gamma"),
            g.Input("beta"))),
        ["layernorm"] = g => g.Output("y", g.Graph.Add(
            new LayerNorm(), "norm", g.Input("x"), g.Input("gamma"), g.Input("beta"))),
        ["linear"] = g => g.Output("y", g.Graph.Add(
            new MatMul(), "linear", g.Input("x"), g.Input("w", w => w.Permute(1, 0)), g.Input("b"))),
        ["log_softmax_channel"] = g => g.OutputPicture(
            "y", g.Graph.Add(new Softmax(-1, IsLog: true), "softmax", g.Picture("x"))),
        ["matmul_batched"] = g => g.Output(
            "y", g.Graph.Add(new MatMul(), "product", g.Input("a"), g.Input("b"))),
        ["softmax"] = g => g.Output("y", g.Graph.Add(new Softmax(1), "softmax", g.Input("x"))),
    };

    /// <summary>Names of the files that are held against.</summary>
    public static IEnumerable<string> Names => Builders.Keys.SelectMany(
        key => key.EndsWith('*') ? GoldenFile.Names(key[..^1]) : [key]);

    /// <summary>The graph of a file.</summary>
    public static GoldenGraph Build(string name)
    {
        var graph = new GoldenGraph(GoldenFile.Open(name));
        var builder = Builders.TryGetValue(name, out var exact)
            ? exact
            : Builders.Single(b => b.Key.EndsWith('*') && name.StartsWith(
                b.Key[..^1], StringComparison.Ordinal)).Value;
        builder(graph);
        return graph;
    }
}
