using System.Numerics;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>In exact arithmetic, of which the lowest bits are kept.</summary>
    public static HostTensor Integer(IntegerPointwise op, IReadOnlyList<HostTensor> inputs)
    {
        var type = op.Infer([.. inputs.Select(i => i.Type)])[0];
        var results = Pairs(inputs[0], inputs[^1], type.Shape)
            .Select(pair => Integer(op.Function.Name, (int)pair.X, (int)pair.Y))
            .Select(value => (int)(uint)(value & uint.MaxValue)).ToArray();
        return type.Element == ElementType.Int32
            ? HostTensor.OfInts(type.Shape, results)
            : HostTensor.OfBytes(type.Shape, Array.ConvertAll(results, r => (byte)r));
    }

    public static HostTensor Compare(Compare op, IReadOnlyList<HostTensor> inputs)
    {
        var shape = op.Infer([.. inputs.Select(i => i.Type)])[0].Shape;
        return HostTensor.OfBytes(shape, [.. Pairs(inputs[0], inputs[1], shape).Select(pair => op.Comparison switch
        {
            Comparison.Equal => pair.X == pair.Y,
            Comparison.NotEqual => pair.X != pair.Y,
            Comparison.Less => pair.X < pair.Y,
            Comparison.LessOrEqual => pair.X <= pair.Y,
            Comparison.Greater => pair.X > pair.Y,
            _ => pair.X >= pair.Y,
        }).Select(isSo => (byte)(isSo ? 1 : 0))]);
    }

    public static HostTensor Select(IReadOnlyList<HostTensor> inputs)
    {
        var type = new Select().Infer([.. inputs.Select(i => i.Type)])[0];
        var at = inputs.Select(i => BroadcastIndex(i.Shape, type.Shape)).ToArray();
        int size = type.Element.Size();
        var results = new byte[type.Bytes];
        for (int i = 0; i < type.Shape.Count; i++)
        {
            int chosen = inputs[0].Data[at[0](i)] != 0 ? 1 : 2;
            inputs[chosen].Data.AsSpan(at[chosen](i) * size, size).CopyTo(results.AsSpan(i * size));
        }

        return new HostTensor(type, results);
    }

    private static BigInteger Integer(string name, int x, int y) => name switch
    {
        "Abs" => BigInteger.Abs(x),
        "Negate" => -(BigInteger)x,
        "Sign" => Math.Sign(x),
        "Add" => (BigInteger)x + y,
        "Subtract" => (BigInteger)x - y,
        "Multiply" => (BigInteger)x * y,
        "Divide" => y == 0 ? 0 : BigInteger.Divide(x, y),
        "Remainder" => y == 0 ? 0 : BigInteger.Remainder(x, y),
        "Modulo" => y == 0 ? 0 : x - (y * (BigInteger)Math.Floor((double)x / y)),
        "Minimum" => Math.Min(x, y),
        "Maximum" => Math.Max(x, y),
        "Power" => y >= 0 ? BigInteger.ModPow(x, y, BigInteger.One << 32)
            : x == 0 ? 0 : (BigInteger)Math.Truncate(Math.Pow(x, y)),
        "BitwiseAnd" => x & y,
        "BitwiseOr" => x | y,
        "BitwiseXor" => x ^ y,
        "BitwiseNot" => ~x,
        "LogicalNot" => x == 0 ? 1 : 0,
        "ShiftLeft" => y is < 0 or > 31 ? 0 : (BigInteger)x << y,
        "ShiftRight" => y is < 0 or > 31 ? 0 : (BigInteger)x >> y,
        _ => throw new ArgumentException(name),
    };

    /// <summary>Elements of two tensors that broadcast to a shape.</summary>
    private static IEnumerable<(double X, double Y)> Pairs(HostTensor x, HostTensor y, Shape shape)
    {
        var (atX, atY) = (BroadcastIndex(x.Shape, shape), BroadcastIndex(y.Shape, shape));
        return Enumerable.Range(0, (int)shape.Count).Select(i => (Element(x, atX(i)), Element(y, atY(i))));
    }

    private static double Element(HostTensor x, int index) => x.Type.Element switch
    {
        ElementType.Float32 => (double)x.Floats[index],
        ElementType.Int32 => x.Ints[index],
        _ => x.Data[index],
    };
}
