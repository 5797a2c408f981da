using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Functions of two tensors or more, element by element, broadcast to one shape.</summary>
internal static class PointwiseBinary
{
    public static IEnumerable<OperatorMapper> All =>
    [
        Of("Add", Binary.Add, Integer.Add, (x, y) => x + y, (x, y) => x + y),
        Of("Sub", Binary.Subtract, Integer.Subtract, (x, y) => x - y, (x, y) => x - y),
        Of("Mul", Binary.Multiply, Integer.Multiply, (x, y) => x * y, (x, y) => x * y),
        Of("Div", Binary.Divide, Integer.Divide, (x, y) => x / y, (x, y) => x / y),
        Of("Min", Binary.Minimum, Integer.Minimum, MathF.Min, Math.Min),
        Of("Max", Binary.Maximum, Integer.Maximum, MathF.Max, Math.Max),
        Of("Sum", Binary.Add, Integer.Add, (x, y) => x + y, (x, y) => x + y),
        OperatorMapper.Of("Mod", Mod),
        OperatorMapper.Of("Mean", Mean),
        OperatorMapper.Of("Pow", Pow),
        OperatorMapper.Of("PRelu", n => PRelu(n.Graph, n.Floats(0), n.Input(1))),
    ];

    private static OperatorMapper Of(
        string name,
        BinaryFunction function,
        IntegerFunction integerFunction,
        Func<float, float, float> floats,
        Func<long, long, long> integers) =>
        OperatorMapper.Of(name, n => Apply(n, function, integerFunction, floats, integers));

    // Min, Max and Sum take any number of tensors, the others two.
    private static ImportedTensor Apply(
        NodeContext n,
        BinaryFunction function,
        IntegerFunction integerFunction,
        Func<float, float, float> floats,
        Func<long, long, long> integers) =>
        n.Inputs.Skip(1).Aggregate(n.Input(0), (x, y) => x is HostTensor a && y is HostTensor b
            ? HostBroadcast.Apply(n, a, b, floats, integers)
            : x.Element == ElementType.Float32
            ? Apply(n, function, x, y)
            : n.Graph.Broadcast(new IntegerPointwise(integerFunction), x, y));

    /// <summary>A function of two tensors of floats, of which one at least is computed.</summary>
    public static GraphTensor Apply(
        NodeContext n, BinaryFunction function, ImportedTensor x, ImportedTensor y)
    {
        var shape = Shape.Broadcast(x.Shape, y.Shape);

        // The chain goes on with the tensor that has the result's shape; the other one is its
        // operand.
        if (x is HostTensor || (x.Shape != shape && y.Shape == shape))
        {
            (x, y, function) = (y, x, function.Swapped);
        }

        var tensor = n.Floats(x);
        if (y is HostTensor { Count: 1, IsFloat: true } scalar && tensor.Shape == shape
            && WithScalar(function, scalar.Floats[0]) is { } link)
        {
            return n.Graph.Pointwise(tensor, new PointwiseChain(link));
        }

        if (y.Element != ElementType.Float32)
        {
            throw NodeContext.Unsupported(
                $"works on elements of type {y.Element}, which no kernel does");
        }

        var order = GraphWriter.CommonOrder([tensor, y], shape.Rank);
        var wide = n.Graph.Reshape(tensor, Axes.WithRank(tensor.Shape, shape.Rank));
        return n.Graph.Pointwise(
            new GraphTensor(n.Graph.InOrder(wide, order), order), PointwiseChain.Of(function), y);
    }

    // One number needs no operand.
    private static ChainLink? WithScalar(BinaryFunction function, float c) =>
        function == Binary.Add ? new ChainLink(Unary.Affine, 1, c)
        : function == Binary.Subtract ? new ChainLink(Unary.Affine, 1, -c)
        : function == Binary.SubtractFrom ? new ChainLink(Unary.Affine, -1, c)
        : function == Binary.Multiply ? new ChainLink(Unary.Affine, c)
        : function == Binary.Divide && float.IsNormal(1 / c) ? new ChainLink(Unary.Affine, 1 / c)
        : function == Binary.Maximum && c == 0 ? new ChainLink(Unary.Relu)
        : null;

    private static GraphTensor Mean(NodeContext n)
    {
        var sum = n.Inputs.Aggregate((x, y) => Apply(n, Binary.Add, n.Floats(x), y));
        return n.Graph.Pointwise(n.Floats(sum), Unary.Affine, 1f / n.Inputs.Count());
    }

    // The sign of the divisor, or that of the dividend where the attribute asks for it.
    private static ImportedTensor Mod(NodeContext n) => n.Node.Flag("fmod")
        ? Apply(n, Binary.Remainder, Integer.Remainder, (x, y) => x % y, (x, y) => x % y)
        : Apply(
            n, Binary.Modulo, Integer.Modulo,
            (x, y) => x - (y * MathF.Floor(x / y)), (x, y) => ((x % y) + y) % y);

    // The result has the type of the bases.
    private static ImportedTensor Pow(NodeContext n)
    {
        var (bases, exponents) = (n.Input(0), n.Input(1));
        if (bases is HostTensor x && exponents is HostTensor e)
        {
            return HostBroadcast.Apply(
                n, x, e, MathF.Pow, (b, power) => (long)Math.Pow(b, power));
        }

        if (bases.Element != ElementType.Float32 && exponents.Element != ElementType.Float32)
        {
            return n.Graph.Broadcast(new IntegerPointwise(Integer.Power), bases, exponents);
        }

        var result = Pow(
            n, n.Graph.Cast(bases, ElementType.Float32),
            n.Graph.Cast(exponents, ElementType.Float32));
        return n.Graph.Cast(result, bases.Element);
    }

    private static GraphTensor Pow(
        NodeContext n, ImportedTensor bases, ImportedTensor exponents) =>
        exponents is HostTensor known && known.Floats.Distinct().Count() == 1
        && Shape.Broadcast(bases.Shape, known.Shape) == bases.Shape
        && WithExponent(n, n.Floats(bases), known.Floats[0]) is { } power
            ? power
            : Apply(n, Binary.Power, bases, exponents);

    // Powers that take less than a logarithm and an exponential.
    private static GraphTensor? WithExponent(NodeContext n, GraphTensor x, float exponent) =>
        exponent switch
        {
            1 => x,
            2 => n.Graph.Pointwise(x, Unary.Square),
            3 => n.Graph.Pointwise(
                x, new(new ChainLink(Unary.Square), new ChainLink(Binary.Multiply)), x),
            4 => n.Graph.Pointwise(
                x, new PointwiseChain(new(Unary.Square), new(Unary.Square))),
            0.5f => n.Graph.Pointwise(x, Unary.Sqrt),
            -0.5f => n.Graph.Pointwise(
                x, new PointwiseChain(new(Unary.Sqrt), new(Unary.Reciprocal))),
            -1 => n.Graph.Pointwise(x, Unary.Reciprocal),
            _ => null,
        };

    /// <summary>max(x, 0) + slope min(x, 0), for slopes that broadcast to x.</summary>
    public static GraphTensor PRelu(GraphWriter graph, GraphTensor x, ImportedTensor slope)
    {
        if (slope is HostTensor { Count: 1, IsFloat: true } one)
        {
            return graph.Pointwise(x, Unary.LeakyRelu, one.Floats[0]);
        }

        var negative = graph.Pointwise(
            x,
            new(
                new ChainLink(Unary.Clip, float.NegativeInfinity, 0),
                new ChainLink(Binary.Multiply)),
            slope);
        return graph.Pointwise(
            x, new(new ChainLink(Unary.Relu), new ChainLink(Binary.Add)), negative);
    }
}
