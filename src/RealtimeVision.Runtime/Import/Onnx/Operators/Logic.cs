using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Comparisons, functions of booleans and bits, and the choice between tensors.</summary>
internal static class Logic
{
    public static IEnumerable<OperatorMapper> All =>
    [
        Of("Equal", Comparison.Equal, (x, y) => x == y, (x, y) => x == y),
        Of("Greater", Comparison.Greater, (x, y) => x > y, (x, y) => x > y),
        Of("GreaterOrEqual", Comparison.GreaterOrEqual, (x, y) => x >= y, (x, y) => x >= y),
        Of("Less", Comparison.Less, (x, y) => x < y, (x, y) => x < y),
        Of("LessOrEqual", Comparison.LessOrEqual, (x, y) => x <= y, (x, y) => x <= y),
        OperatorMapper.Of("IsInf", IsInfinite),
        OperatorMapper.Of("IsNaN", IsNaN),

        Of("And", Integer.BitwiseAnd, (x, y) => x & y),
        Of("Or", Integer.BitwiseOr, (x, y) => x | y),
        Of("Xor", Integer.BitwiseXor, (x, y) => x ^ y),
        Of("Not", Integer.LogicalNot, (x, _) => 1 - x),
        Of("BitwiseAnd", Integer.BitwiseAnd, (x, y) => x & y),
        Of("BitwiseOr", Integer.BitwiseOr, (x, y) => x | y),
        Of("BitwiseXor", Integer.BitwiseXor, (x, y) => x ^ y),
        Of("BitwiseNot", Integer.BitwiseNot, (x, _) => ~x),
        OperatorMapper.Of("BitShift", n => n.Node.Text("direction", "") switch
        {
            "LEFT" => Apply(n, Integer.ShiftLeft, (x, y) => y is < 0 or > 63 ? 0 : x << (int)y),
            "RIGHT" => Apply(n, Integer.ShiftRight, (x, y) => y is < 0 or > 63 ? 0 : x >> (int)y),
            var other => throw n.Node.Bad($"'{other}' is no direction", "direction"),
        }),
        OperatorMapper.Of("Where", Where),
    ];

    private static OperatorMapper Of(
        string name,
        Comparison comparison,
        Func<float, float, bool> floats,
        Func<long, long, bool> integers) =>
        OperatorMapper.Of(name, n => n.Input(0) is HostTensor x && n.Input(1) is HostTensor y
            ? HostBroadcast.Compare(n, x, y, floats, integers)
            : n.Graph.Broadcast(new Compare(comparison), n.Input(0), n.Input(1)));

    private static OperatorMapper Of(
        string name, IntegerFunction function, Func<long, long, long> onHost) =>
        OperatorMapper.Of(name, n => Apply(n, function, onHost));

    private static ImportedTensor Apply(
        NodeContext n, IntegerFunction function, Func<long, long, long> onHost)
    {
        ImportedTensor[] inputs = function.IsBinary ? [n.Input(0), n.Input(1)] : [n.Input(0)];
        if (Array.Find(inputs, x => x.Element == ElementType.Float32) is { } wrong)
        {
            throw n.Node.Bad($"it works on booleans or integers, {wrong.Shape} has floats");
        }

        return inputs[0] is HostTensor x && inputs[^1] is HostTensor y
            ? HostBroadcast.Apply(n, x, y, (a, _) => a, onHost)
            : n.Graph.Broadcast(new IntegerPointwise(function), inputs);
    }

    private static GraphTensor IsNaN(NodeContext n) =>
        n.Graph.Broadcast(new Compare(Comparison.NotEqual), n.Floats(0), n.Floats(0));

    private static GraphTensor IsInfinite(NodeContext n)
    {
        var x = n.Floats(0);
        bool positive = n.Node.Flag("detect_positive", true);
        bool negative = n.Node.Flag("detect_negative", true);
        x = positive && negative ? n.Graph.Pointwise(x, Unary.Abs) : x;

        // Nothing is below negative infinity.
        var limit = n.Host(
            new Shape(),
            [positive ? float.MaxValue : negative ? float.MinValue : float.NegativeInfinity]);
        return n.Graph.Broadcast(
            new Compare(positive ? Comparison.Greater : Comparison.Less), x, limit);
    }

    private static ImportedTensor Where(NodeContext n)
    {
        if (!n.IsOnHost)
        {
            return n.Graph.Broadcast(new Select(), n.Input(0), n.Input(1), n.Input(2));
        }

        var (condition, x) = HostBroadcast.Broadcast(
            n.Constant(0, "the condition"), n.Constant(1, "what is chosen"));
        (x, var y) = HostBroadcast.Broadcast(x, n.Constant(2, "what is chosen"));
        condition = HostBroadcast.To(condition, x.Shape);
        long[] chosen = condition.Integers;
        return x.IsFloat
            ? n.Host(x.Shape, [.. chosen.Select((c, i) => (c != 0 ? x : y).Floats[i])])
            : n.Host(x.Shape, [.. chosen.Select((c, i) => (c != 0 ? x : y).Integers[i])], x.Type);
    }
}
