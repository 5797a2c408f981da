using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>IntegerPointwise, Compare, Select and Cast: what works on elements of several types.</summary>
public static class TypedCases
{
    // A piece and a bit, and a block and a bit; rows that repeat, at any place.
    private static readonly (string What, int[] X, int[] Y)[] Shapes =
    [
        ("equal shapes", [3, 11, 101], [3, 11, 101]), ("a scalar", [5, 67], []), ("a row", [40, 67], [67]),
        ("a column", [40, 67], [40, 1]), ("both", [4, 1, 6], [5, 1]), ("a short row many times", [2000, 17], [17]),
        ("many", [33000], [1]), ("one", [], []),
    ];

    public static IEnumerable<OperatorCase> All() =>
        [.. Integers(), .. Comparisons(), .. Selections(), .. Casts()];

    private static IEnumerable<OperatorCase> Integers()
    {
        int seed = 7000;
        foreach (var function in Integer.All)
        {
            var op = new IntegerPointwise(function);
            foreach (bool isByte in new[] { false, true })
            {
                // The long ones are about the loops, which functions share.
                bool isShort = function != Integer.Add && function != Integer.LogicalNot;
                foreach (var (what, shapeX, shapeY) in Shapes.Take(isShort ? 5 : Shapes.Length))
                {
                    HostTensor[] inputs = [Some(++seed, isByte, shapeX), Some(++seed, isByte, shapeY)];
                    inputs = function.IsBinary ? inputs : [inputs[0]];
                    yield return new OperatorCase(
                        $"IntegerPointwise {function} of {inputs[0].Type.Element}, {what}",
                        op, inputs, [Reference.Integer(op, inputs)]);
                }
            }
        }

        int[] x = [7, -7, 7, -7, 5, int.MinValue, int.MinValue, int.MaxValue, 0, 1, -1, -1, 3];
        int[] y = [3, 3, -3, -3, 0, -1, 1, 1, 0, -5, -5, -4, -1];
        yield return Known("Divide", Integer.Divide, x, y, [2, -2, -2, 2, 0, int.MinValue, int.MinValue, int.MaxValue, 0, 0, 0, 0, -3]);
        yield return Known("Remainder", Integer.Remainder, x, y, [1, -1, 1, -1, 0, 0, 0, 0, 0, 1, -1, -1, 0]);
        yield return Known("Modulo", Integer.Modulo, x, y, [1, 2, -2, -1, 0, 0, 0, 0, 0, -4, -1, -1, 0]);
        yield return Known(
            "Power", Integer.Power, x, y, [343, -343, 0, 0, 1, 0, int.MinValue, int.MaxValue, 1, 1, -1, 1, 0]);
        yield return Known("Add", Integer.Add, [int.MaxValue, -5], [1, 3], [int.MinValue, -2]);
        yield return Known(
            "ShiftLeft", Integer.ShiftLeft, [1, 3, -1, 5, 5], [4, 31, 1, 32, -1], [16, int.MinValue, -2, 0, 0]);
        yield return Known("ShiftRight", Integer.ShiftRight, [16, 7, -8, 5, 5], [2, 1, 1, 32, -1], [4, 3, -4, 0, 0]);
        yield return new OperatorCase(
            "IntegerPointwise of no elements",
            new IntegerPointwise(Integer.Add),
            [HostTensor.OfInts(new(0, 3), []), HostTensor.OfInts(new(3), [1, 2, 3])], [HostTensor.OfInts(new(0, 3), [])]);
    }

    private static IEnumerable<OperatorCase> Comparisons()
    {
        int seed = 8000;
        foreach (var comparison in Enum.GetValues<Comparison>())
        {
            var op = new Compare(comparison);
            foreach (var element in new[] { ElementType.Float32, ElementType.Int32, ElementType.UInt8 })
            {
                foreach (var (what, shapeX, shapeY) in Shapes)
                {
                    HostTensor[] inputs = [Few(++seed, element, shapeX), Few(++seed, element, shapeY)];
                    yield return new OperatorCase(
                        $"Compare {comparison} of {element}, {what}", op, inputs, [Reference.Compare(op, inputs)]);
                }
            }

            float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, -0f, 1];
            HostTensor[] each =
            [
                HostTensor.Of(new(6, 1), special), HostTensor.Of(new(6), special),
            ];
            yield return new OperatorCase(
                $"Compare {comparison} of special numbers", op, each, [Reference.Compare(op, each)]);
        }
    }

    private static IEnumerable<OperatorCase> Selections()
    {
        int seed = 9000;
        foreach (var element in new[] { ElementType.Float32, ElementType.Int32, ElementType.UInt8 })
        {
            foreach (var (what, shapeX, shapeY) in Shapes)
            {
                foreach (int order in new[] { 0, 1, 2 })
                {
                    // The condition broadcasts with x, with y, or the other way round.
                    int[][] shapes = order == 0 ? [shapeX, shapeX, shapeY] : order == 1 ? [shapeX, shapeY, shapeX] : [shapeY, shapeX, shapeX];
                    HostTensor[] inputs =
                    [
                        Few(++seed, ElementType.UInt8, shapes[0]),
                        Few(++seed, element, shapes[1]), Few(++seed, element, shapes[2]),
                    ];
                    yield return new OperatorCase(
                        $"Select of {element}, {what}, {order}", new Select(), inputs, [Reference.Select(inputs)]);
                }
            }
        }
    }

    private static IEnumerable<OperatorCase> Casts()
    {
        int seed = 9500;
        foreach (int count in new[] { 1, 15, 1000, 40000 })
        {
            var floats = HostTensor.Random(++seed, count).Map(v => v * 300);
            var ints = Some(++seed, false, [count]);
            var bytes = Some(++seed, true, [count]);
            yield return Case(
                "Float32 to Int32", floats, HostTensor.OfInts(new(count), Array.ConvertAll(floats.Floats.ToArray(), f => (int)f)));
            yield return Case(
                "Float32 to UInt8",
                floats,
                HostTensor.OfBytes(new(count), Array.ConvertAll(floats.Floats.ToArray(), f => (byte)Math.Clamp(f, 0, 255))));
            yield return Case("Float32 to Float32", floats, floats);
            yield return Case(
                "Int32 to Float32", ints, HostTensor.Of(new(count), Array.ConvertAll(ints.Ints.ToArray(), i => (float)i)));
            yield return Case(
                "Int32 to UInt8", ints, HostTensor.OfBytes(new(count), Array.ConvertAll(ints.Ints.ToArray(), i => (byte)i)));
            yield return Case(
                "UInt8 to Float32", bytes, HostTensor.Of(new(count), Array.ConvertAll(bytes.Data, i => (float)i)));
            yield return Case(
                "UInt8 to Int32", bytes, HostTensor.OfInts(new(count), Array.ConvertAll(bytes.Data, i => (int)i)));
            yield return Case("UInt8 to UInt8", bytes, bytes);

            OperatorCase Case(string name, HostTensor x, HostTensor y) =>
                new($"Cast {name}, {count}", new Cast(y.Type.Element), [x], [y]);
        }

        float[] special =
        [
            float.NaN, float.PositiveInfinity, float.NegativeInfinity, 3e9f, -3e9f, -0.99f, 2.99f, 255.9f, 256, -1.5f,
            2147483520, -2147483648f,
        ];
        var x = HostTensor.Of(new(12), special);
        yield return new OperatorCase(
            "Cast special numbers to Int32",
            new Cast(ElementType.Int32),
            [x],
            [
                HostTensor.OfInts(
                    new(12),
                    [
                        0, int.MaxValue, int.MinValue, int.MaxValue, int.MinValue, 0, 2, 255, 256, -1, 2147483520, int.MinValue,
                    ]),
            ]);
        yield return new OperatorCase(
            "Cast special numbers to UInt8",
            new Cast(ElementType.UInt8), [x], [HostTensor.OfBytes(new(12), [0, 255, 0, 255, 0, 0, 2, 255, 255, 0, 255, 0])]);
    }

    private static OperatorCase Known(string name, IntegerFunction function, int[] x, int[] y, int[] expected) => new(
        $"IntegerPointwise {name} of known numbers",
        new IntegerPointwise(function),
        [HostTensor.OfInts(new(x.Length), x), HostTensor.OfInts(new(x.Length), y)],
        [HostTensor.OfInts(new(x.Length), expected)]);

    private static HostTensor Some(int seed, bool isByte, int[] sizes)
    {
        var random = new Random(seed);
        var shape = new Shape(sizes);
        var values = new int[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            // Small ones more often, so that shifts and powers are within limits, too.
            values[i] = isByte ? random.Next(random.Next(2) == 0 ? 256 : 9)
                : random.Next(2) == 0 ? random.Next(-20, 20) : random.Next(int.MinValue, int.MaxValue);
        }

        return isByte
            ? HostTensor.OfBytes(shape, Array.ConvertAll(values, v => (byte)v))
            : HostTensor.OfInts(shape, values);
    }

    /// <summary>Few values, so that there are equals.</summary>
    private static HostTensor Few(int seed, ElementType element, int[] sizes)
    {
        var random = new Random(seed);
        var shape = new Shape(sizes);
        var values = new int[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = random.Next(element == ElementType.UInt8 ? 0 : -1, 3);
        }

        return element switch
        {
            ElementType.Float32 => HostTensor.Of(shape, Array.ConvertAll(values, v => v * 0.5f)),
            ElementType.Int32 => HostTensor.OfInts(shape, values),
            _ => HostTensor.OfBytes(shape, Array.ConvertAll(values, v => (byte)v)),
        };
    }
}
