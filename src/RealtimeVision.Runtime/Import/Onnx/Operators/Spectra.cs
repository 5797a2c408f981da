using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Discrete Fourier transforms. Both are linear: DFT is a product with a matrix of cosines and
/// sines, STFT a convolution with them.
/// </summary>
internal static class Spectra
{
    // Beyond this a fast transform is what one wants.
    private const int MaxElements = 1 << 22;

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("DFT", Dft),
        OperatorMapper.Of("STFT", Stft),
    ];

    // [..., n, ..., 1 or 2] to [..., bins, ..., 2].
    private static GraphTensor Dft(NodeContext n)
    {
        var x = n.Floats(0);
        int parts = PartsOf(x);
        long given = n.Opset < 20 ? n.Node.Int("axis", 1)
            : n.Optional(2) is null ? -2
            : n.ConstantInts(2, "its axis")[0];
        int axis = n.Axis(given, x.Rank);
        if (axis == x.Rank - 1)
        {
            throw n.Node.Bad("the last axis holds the parts of a number", "axis");
        }

        int length = n.Optional(1) is null ? x.Shape[axis]
            : checked((int)n.ConstantInts(1, "its length")[0]);
        bool isInverse = n.Node.Flag("inverse");
        int bins = n.Node.Flag("onesided") ? (length / 2) + 1 : length;
        int samples = Math.Min(length, x.Shape[axis]);
        x = n.Graph.Slice(x, axis, 0, samples);

        // The axis next to the last, then both as one.
        int[] order = [.. Enumerable.Range(0, x.Rank - 1).Where(a => a != axis), axis, x.Rank - 1];
        var moved = x.Permuted(order);
        var rows = n.Graph.Reshape(
            moved, new Shape([.. moved.Shape.Sizes[..^2], samples * parts]));
        var matrix = Waves(n, length, samples, parts, bins, isInverse);
        var product = new GraphTensor(n.Graph.Add(
            new MatMul(false, false), n.Graph.InOrder(rows), n.Graph.InOrder(matrix)));
        var y = n.Graph.Reshape(product, new Shape([.. moved.Shape.Sizes[..^2], bins, 2]));
        return y.Permuted([.. Enumerable.Range(0, x.Rank).Select(a => Array.IndexOf(order, a))]);
    }

    // [batch, samples, 1 or 2] to [batch, frames, bins, 2].
    private static GraphTensor Stft(NodeContext n)
    {
        var x = n.Floats(0);
        if (x.Rank != 3)
        {
            throw new ShapeException($"{x.Shape} is no signal [batch, samples, 1 or 2]");
        }

        int parts = PartsOf(x);
        int step = checked((int)n.ConstantInts(1, "the step between its frames")[0]);
        var window = n.Optional(2);
        int length = n.Optional(3) is null ? window?.Shape[0] ?? x.Shape[1]
            : checked((int)n.ConstantInts(3, "the length of its frames")[0]);
        int bins = n.Node.Flag("onesided", true) ? (length / 2) + 1 : length;

        // A row of pixels with the parts as channels; [length, parts, 2 bins] as [1, KW, C, O].
        var waves = Waves(n, length, length, parts, bins, isInverse: false);
        var taps = waves.Reshape(new Shape(1, length, parts, 2 * bins));
        var weights = window is null ? n.Graph.InOrder(taps)
            : n.Graph.Pointwise(
                n.Graph.ToGraph(taps), PointwiseChain.Of(Binary.Multiply),
                n.Graph.Reshape(n.Floats(window), new Shape(length, 1, 1))).Value;
        var row = n.Graph.Reshape(x, new Shape(x.Shape[0], 1, x.Shape[1], parts));
        var conv = new Conv2D(new Size2(1, step), Padding2.None, Size2.One, 1);
        var y = n.Graph.Add(conv, n.Graph.InOrder(row), weights);
        return n.Graph.Reshape(
            new GraphTensor(y), new Shape(x.Shape[0], y.Shape[2], bins, 2));
    }

    private static int PartsOf(GraphTensor x) => x.Rank > 1 && x.Shape[-1] is 1 or 2
        ? x.Shape[-1]
        : throw new ShapeException($"the last axis of {x.Shape} is not of size 1 or 2");

    // [samples * parts, bins * 2]: what each part of a sample adds to each part of a bin.
    private static HostTensor Waves(
        NodeContext n, int length, int samples, int parts, int bins, bool isInverse)
    {
        long count = (long)samples * parts * bins * 2;
        if (count > MaxElements)
        {
            throw NodeContext.Unsupported($"transforms of {length} samples are not supported");
        }

        var waves = new float[count];
        double scale = isInverse ? 1.0 / length : 1;
        double turn = (isInverse ? Math.Tau : -Math.Tau) / length;
        for (int sample = 0; sample < samples; sample++)
        {
            for (int bin = 0; bin < bins; bin++)
            {
                var (sin, cos) = Math.SinCos(turn * ((long)sample * bin % length));
                for (int part = 0; part < parts; part++)
                {
                    int at = ((((sample * parts) + part) * bins) + bin) * 2;
                    waves[at] = (float)(scale * (part == 0 ? cos : -sin));
                    waves[at + 1] = (float)(scale * (part == 0 ? sin : cos));
                }
            }
        }

        return new HostTensor(
            $"{n.Node.Name}/Waves", new Shape(samples * parts, bins * 2), waves, isFixed: false);
    }
}
