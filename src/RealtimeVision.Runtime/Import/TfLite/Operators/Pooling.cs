using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>Pooling over windows: AVERAGE_POOL_2D and MAX_POOL_2D.</summary>
internal static class Pooling
{
    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of("AVERAGE_POOL_2D", n => Pool(n, (x, window) => IsWhole(window, x.Shape)
            ? new GlobalAvgPool2D()
            : new AvgPool2D(window))),
        TfLiteMapper.Of("MAX_POOL_2D", n => Pool(n, (_, window) => new MaxPool2D(window))),
        Refused("CUSTOM MaxPoolingWithArgmax2D"),
        Refused("CUSTOM MaxUnpooling2D"),
    ];

    private static TfLiteMapper Refused(string name) => new(
        name, _ => [], _ => "pooling that keeps the places of the maxima is not supported");

    private static GraphTensor Pool(TfLiteContext n, Func<Value, Window2, Operator> pool)
    {
        var x = n.Picture(0);
        var kernel = Windows.Positive(
            n.Node,
            n.Node.Int(4, "filter_height"),
            n.Node.Int(3, "filter_width"),
            "filter_width");
        var window = Windows.Of(n.Node, x.Shape.H, x.Shape.W, kernel, Size2.One);
        return n.Activated(n.Graph.Add(pool(x, window), x), 5);
    }

    private static bool IsWhole(Window2 window, Shape x) =>
        window.Kernel == new Size2(x.H, x.W) && window.Padding == Padding2.None;
}
