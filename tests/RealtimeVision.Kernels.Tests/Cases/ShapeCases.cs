using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// Reshape, Transpose, Concat, Slice and Pad: on each type of element, compared bit by bit.
/// </summary>
public static class ShapeCases
{
    private static readonly ElementType[] Types = [ElementType.Float32, ElementType.Int32, ElementType.UInt8];

    public static IEnumerable<OperatorCase> All() => Types.SelectMany(type =>
        (IEnumerable<OperatorCase>)[.. Reshapes(type), .. Transposes(type), .. Concats(type), .. Slices(type), .. Pads(type)]);

    private static IEnumerable<OperatorCase> Reshapes(ElementType type)
    {
        var x = Random(type, 1, 2, 3, 4, 5);
        yield return new OperatorCase(
            $"Reshape {type}", new Reshape(new Shape(6, 20)), [x], [x.Reshape(6, 20)])
        { Tolerance = 0 };
        var one = Random(type, 2, 1, 1);
        yield return new OperatorCase(
            $"Reshape {type} to a scalar", new Reshape(new Shape()), [one], [one.Reshape()])
        { Tolerance = 0 };
    }

    private static IEnumerable<OperatorCase> Transposes(ElementType type)
    {
        int seed = 10;

        // Sizes on both sides of tiles of 4, 8 and 32, of two and three channels, and of more than
        // one piece.
        foreach (var (rows, columns) in new[]
        {
            (2, 2), (2, 3), (2, 9), (9, 2), (3, 3), (3, 4), (3, 5), (3, 37), (37, 3), (5, 4), (4, 4), (7, 8), (8, 8),
            (8, 16), (9, 17), (15, 33), (33, 15), (31, 32), (40, 63), (3, 40000), (40000, 3), (2, 33000),
            (24, 3001), (3001, 24), (5, 20011), (210, 220),
        })
        {
            yield return Transpose($"{rows}x{columns}", [1, 0], Random(type, ++seed, rows, columns));
        }

        foreach (int c in new[] { 1, 2, 3, 4, 7, 16, 19 })
        {
            yield return Transpose($"NCHW to NHWC {c}", [0, 2, 3, 1], Random(type, ++seed, 3, c, 5, 7));
            yield return Transpose($"NHWC to NCHW {c}", [0, 3, 1, 2], Random(type, ++seed, 3, 5, 7, c));
        }

        var x = Random(type, ++seed, 3, 4, 5, 6);
        foreach (var order in new int[][]
        {
            [0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2], [2, 0, 3, 1], [1, 3, 0, 2], [3, 0, 1, 2],
        })
        {
            yield return Transpose(string.Join(' ', order), order, x);
        }

        yield return Transpose("of five dimensions", [4, 2, 0, 3, 1], Random(type, ++seed, 2, 3, 4, 5, 6));
        yield return Transpose(
            "pixel shuffle", [0, 1, 4, 2, 5, 3], Random(type, ++seed, 2, 3, 2, 2, 5, 7));
        yield return Transpose("a scalar", [], Random(type, ++seed));
        yield return Transpose("no elements", [1, 0], Random(type, ++seed, 0, 3));

        OperatorCase Transpose(string name, int[] order, HostTensor input) => new(
            $"Transpose {type} {name}", new Transpose([.. order]), [input], [input.Permute(order)])
        { Tolerance = 0 };
    }

    private static IEnumerable<OperatorCase> Concats(ElementType type)
    {
        int seed = 200;
        foreach (int axis in new[] { 0, 1, 2, 3, -1 })
        {
            var sizes = Enumerable.Range(1, 3).Select(k =>
            {
                int[] s = [2, 5, 4, 7];
                s[axis < 0 ? axis + 4 : axis] = 3 * k;
                return s;
            });
            yield return Concat($"dimension {axis}", axis, [.. sizes.Select(s => Random(type, ++seed, s))]);
        }

        yield return Concat("of one", 0, Random(type, ++seed, 4, 3));
        yield return Concat("with nothing", 1, Random(type, ++seed, 4, 3), Random(type, ++seed, 4, 0));
        yield return Concat("vectors", 0, Random(type, ++seed, 70000), Random(type, ++seed, 3));
        yield return Concat(
            "channels of many pixels", 3, Random(type, ++seed, 1, 60, 70, 16), Random(type, ++seed, 1, 60, 70, 5));

        OperatorCase Concat(string name, int axis, params HostTensor[] inputs) => new(
            $"Concat {type} {name}", new Concat(axis), inputs, [Reference.Concat(new Concat(axis), inputs)])
        { Tolerance = 0 };
    }

    private static IEnumerable<OperatorCase> Slices(ElementType type)
    {
        var x = Random(type, 300, 4, 9, 10, 6);
        yield return Slice("channels", [0, 0, 0, 2], [4, 9, 10, 3], [1, 1, 1, 1]);
        yield return Slice("crop", [0, 2, 3, 0], [4, 5, 6, 6], [1, 1, 1, 1]);
        yield return Slice("one picture", [2, 0, 0, 0], [1, 9, 10, 6], [1, 1, 1, 1]);
        yield return Slice("every other pixel", [0, 1, 0, 0], [4, 4, 5, 6], [1, 2, 2, 1]);
        yield return Slice("flipped", [0, 0, 9, 0], [4, 9, 10, 6], [1, 1, -1, 1]);
        yield return Slice("all backwards", [3, 8, 9, 5], [2, 3, 4, 3], [-2, -3, -2, -2]);
        yield return Slice("every channel backwards", [0, 0, 0, 5], [4, 9, 10, 6], [1, 1, 1, -1]);
        yield return Slice("nothing", [0, 9, 0, 0], [4, 0, 10, 6], [1, 1, 1, 1]);
        var large = Random(type, 301, 3, 70, 80, 5);
        var op = new Slice([0, 1, 2, 1], new Shape(3, 68, 77, 3));
        yield return new OperatorCase(
            $"Slice {type} more than one piece", op, [large], [Reference.Slice(op, large)])
        { Tolerance = 0 };

        OperatorCase Slice(string name, IntList starts, int[] sizes, IntList steps)
        {
            var slice = new Slice(starts, new Shape(sizes), steps);
            return new($"Slice {type} {name}", slice, [x], [Reference.Slice(slice, x)]) { Tolerance = 0 };
        }
    }

    private static IEnumerable<OperatorCase> Pads(ElementType type)
    {
        yield return Pad("picture", new([0, 1, 2, 0], [0, 3, 0, 0], 7), Random(type, 400, 2, 5, 6, 3));
        yield return Pad("all sides", new([1, 1, 1, 1], [1, 2, 1, 2], 2.5f), Random(type, 401, 2, 3, 4, 5));
        yield return Pad("nowhere", new([0, 0], [0, 0]), Random(type, 402, 4, 5));
        yield return Pad("around nothing", new([2, 0], [1, 0], 3), Random(type, 403, 0, 5));
        yield return Pad("more than one piece", new([0, 9, 9, 0], [0, 9, 9, 0], 1), Random(type, 404, 1, 200, 150, 3));

        yield return Pad("cut off", new([0, -1, 2, 0], [-1, -2, -3, 0], 7), Random(type, 405, 2, 5, 6, 3));
        yield return Pad("all cut off", new([-2, 0], [-2, 1], 7), Random(type, 406, 4, 3));
        foreach (var mode in new[] { PadMode.Reflect, PadMode.Edge, PadMode.Wrap })
        {
            yield return Pad(
                $"{mode} picture", new([0, 1, 2, 0], [0, 3, 4, 0], Mode: mode), Random(type, 410, 2, 5, 6, 3));
            yield return Pad(
                $"{mode} all sides", new([1, 1, 1, 1], [1, 2, 1, 2], Mode: mode), Random(type, 411, 2, 3, 4, 5));
            yield return Pad(
                $"{mode} several times over", new([7, 3, 1], [9, 2, 2], Mode: mode), Random(type, 412, 3, 1, 2));
            yield return Pad(
                $"{mode} after a cut", new([-1, 0, 3], [2, -2, -1], Mode: mode), Random(type, 413, 4, 5, 6));
            yield return Pad(
                $"{mode} outer dimensions", new([1, 0, 0, 2, 0], [0, 0, 0, 1, 0], Mode: mode),
                Random(type, 414, 2, 3, 4, 5, 6));
            yield return Pad($"{mode} nowhere", new([0, 0], [0, 0], Mode: mode), Random(type, 415, 4, 5));
            yield return Pad(
                $"{mode} more than one piece", new([0, 9, 9, 0], [0, 9, 9, 0], Mode: mode),
                Random(type, 416, 1, 200, 150, 3));
        }

        OperatorCase Pad(string name, Pad op, HostTensor x) =>
            new($"Pad {type} {name}", op, [x], [Reference.Pad(op, x)]) { Tolerance = 0 };
    }

    internal static HostTensor Random(ElementType type, int seed, params ReadOnlySpan<int> sizes)
    {
        var x = HostTensor.Random(seed, sizes);
        return type switch
        {
            ElementType.Float32 => x,
            ElementType.Int32 => HostTensor.OfInts(x.Shape, Array.ConvertAll(x.Floats.ToArray(), v => (int)(v * 1e9f))),
            _ => HostTensor.OfBytes(x.Shape, Array.ConvertAll(x.Floats.ToArray(), v => (byte)((v + 1) * 127))),
        };
    }
}
