namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Operators that networks compute sizes with and that no kernel does: they are possible on what is
/// known when the graph is built.
/// </summary>
internal static class HostOnly
{
    public static IEnumerable<OperatorMapper> All =>
    [
        Comparison("Equal", (x, y) => x == y, (x, y) => x == y),
        Comparison("Greater", (x, y) => x > y, (x, y) => x > y),
        Comparison("GreaterOrEqual", (x, y) => x >= y, (x, y) => x >= y),
        Comparison("Less", (x, y) => x < y, (x, y) => x < y),
        Comparison("LessOrEqual", (x, y) => x <= y, (x, y) => x <= y),
        Comparison("And", (x, y) => x != 0 && y != 0, (x, y) => (x & y) != 0),
        Comparison("Or", (x, y) => x != 0 || y != 0, (x, y) => (x | y) != 0),
        OperatorMapper.Of("Not", n => Known(n, 0) is var x
            ? n.Host(x.Shape, Array.ConvertAll(x.Integers, i => 1 - i), OnnxDataType.Bool) : x),
        OperatorMapper.Of("Mod", Mod),
        OperatorMapper.Of("Where", Where),
    ];

    private static OperatorMapper Comparison(
        string name, Func<float, float, bool> floats, Func<long, long, bool> integers) =>
        OperatorMapper.Of(
            name, n => HostBroadcast.Compare(n, Known(n, 0), Known(n, 1), floats, integers));

    private static HostTensor Known(NodeContext n, int input) => n.Input(input) as HostTensor
        ?? throw NodeContext.Unsupported("no kernel does it: it works on sizes and constants only");

    // The sign of the divisor for integers, that of the dividend for floats and where the attribute
    // asks for it.
    private static HostTensor Mod(NodeContext n)
    {
        bool truncates = n.Node.Flag("fmod");
        return HostBroadcast.Apply(
            n, Known(n, 0), Known(n, 1),
            (x, y) => x % y,
            (x, y) => truncates ? x % y : ((x % y) + y) % y);
    }

    private static HostTensor Where(NodeContext n)
    {
        var (condition, x) = HostBroadcast.Broadcast(Known(n, 0), Known(n, 1));
        (x, var y) = HostBroadcast.Broadcast(x, Known(n, 2));
        condition = HostBroadcast.To(condition, x.Shape);
        long[] chosen = condition.Integers;
        return x.IsFloat
            ? n.Host(x.Shape, [.. chosen.Select((c, i) => (c != 0 ? x : y).Floats[i])])
            : n.Host(x.Shape, [.. chosen.Select((c, i) => (c != 0 ? x : y).Integers[i])], x.Type);
    }
}
