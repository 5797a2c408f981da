using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Functions of two tensors that are known when the graph is built: sizes, mostly.
/// </summary>
internal static class HostBroadcast
{
    /// <summary>
    /// The function of all pairs, of integers where both are, with the first one's type.
    /// </summary>
    public static HostTensor Apply(
        NodeContext n,
        HostTensor a,
        HostTensor b,
        Func<float, float, float> floats,
        Func<long, long, long> integers)
    {
        var (x, y) = Broadcast(a, b);
        if (a.IsFloat || b.IsFloat)
        {
            return n.Host(x.Shape, [.. x.Floats.Zip(y.Floats, floats)]);
        }

        try
        {
            return n.Host(x.Shape, [.. x.Integers.Zip(y.Integers, integers)], a.Type);
        }
        catch (DivideByZeroException)
        {
            throw n.Node.Bad("an integer is divided by zero");
        }
    }

    /// <summary>True or false for all pairs.</summary>
    public static HostTensor Compare(
        NodeContext n,
        HostTensor a,
        HostTensor b,
        Func<float, float, bool> floats,
        Func<long, long, bool> integers)
    {
        var (x, y) = Broadcast(a, b);
        long[] results = a.IsFloat || b.IsFloat
            ? [.. x.Floats.Zip(y.Floats, (p, q) => floats(p, q) ? 1L : 0)]
            : [.. x.Integers.Zip(y.Integers, (p, q) => integers(p, q) ? 1L : 0)];
        return n.Host(x.Shape, results, StorageType.Bool);
    }

    /// <summary>Both tensors in the shape that they broadcast to.</summary>
    public static (HostTensor A, HostTensor B) Broadcast(HostTensor a, HostTensor b)
    {
        var shape = Shape.Broadcast(a.Shape, b.Shape);
        return (To(a, shape), To(b, shape));
    }

    /// <summary>A tensor repeated to a shape.</summary>
    public static HostTensor To(HostTensor x, Shape shape) =>
        x.Shape == shape ? x : x.Take(shape, IndexWalk.Broadcast(x.Shape, shape));
}
