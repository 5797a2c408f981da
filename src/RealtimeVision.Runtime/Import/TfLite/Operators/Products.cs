using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Products of matrices: FULLY_CONNECTED and BATCH_MATMUL.</summary>
internal static class Products
{
    private static readonly IntList Swap = [1, 0];

    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of(
            "FULLY_CONNECTED", FullyConnected, node =>
                node.Enumeration(1, "weights_format") == 0 ? null
                    : "shuffled weights are not supported"),
        TfLiteMapper.Of("BATCH_MATMUL", n => new GraphTensor(n.Graph.Add(
            new MatMul(n.Node.Flag(0, "adj_x"), n.Node.Flag(1, "adj_y")),
            n.Graph.InOrder(n.Floats(0)),
            n.Graph.InOrder(n.Floats(1))))),
    ];

    private static GraphTensor FullyConnected(TfLiteContext n)
    {
        var x = n.Floats(0);
        var w = n.Input(1);
        if (w.Rank != 2 || w.Shape.Count == 0 || x.Rank == 0 || x.Shape.Count % w.Shape[1] != 0)
        {
            throw new ShapeException($"weights {w.Shape} do not fit {x.Shape}");
        }

        bool keepsAxes = n.Node.Flag(2, "keep_num_dims") && x.Shape[-1] == w.Shape[1];
        int rows = checked((int)(x.Shape.Count / w.Shape[1]));
        var rowsOf = n.Graph.Reshape(x, new(rows, w.Shape[1]));
        var bias = n.Optional(2) is { } b
            ? n.Graph.InOrder(b is HostTensor host
                ? (ImportedTensor)host.Reshape(new(host.Count))
                : n.Graph.Reshape(n.Floats(b), new((int)b.Shape.Count)))
            : null;
        var y = n.Activated(
            n.Graph.Add(
                new MatMul(), n.Graph.InOrder(rowsOf), n.Graph.InOrder(w, Swap), bias),
            0);
        return keepsAxes ? n.Graph.Reshape(y, x.Shape.With(-1, w.Shape[0])) : y;
    }
}
