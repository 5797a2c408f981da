using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Cases of the operators that begin and end a frame.</summary>
public static class FrameCases
{
    private static readonly PerChannel ImageNetMean = new(0.485f, 0.456f, 0.406f);
    private static readonly PerChannel ImageNetStd = new(0.229f, 0.224f, 0.225f);

    public static IEnumerable<OperatorCase> All() =>
        [.. FrameToTensorCases(), .. MaskCases(), .. SmoothingCases(), .. OverlayCases()];

    public static FrameGeometry Rgb(int width, int height) =>
        new(width, height, 3, 0, 1, 2, 3 * width);

    private static IEnumerable<OperatorCase> FrameToTensorCases()
    {
        int seed = 600;
        foreach (var fit in Enum.GetValues<FrameFit>())
        {
            foreach (var order in Enum.GetValues<ColourOrder>())
            {
                yield return Frame(
                    $"{fit} {order}", Tensor(24, 32, fit, order), Rgb(40, 21), ++seed);
            }
        }

        // Enlarged, shrunk by less and by more than 2, and the limit itself, along both axes and
        // one only.
        foreach (var (w, h) in new[]
        {
            (16, 12), (7, 5), (1, 1), (1, 40), (40, 1), (31, 23), (32, 24), (33, 25), (50, 47),
            (61, 90), (300, 10), (10, 300),
        })
        {
            yield return Frame(
                $"{w}x{h} stretched", Tensor(12, 16, FrameFit.Stretch), Rgb(w, h), ++seed);
            yield return Frame(
                $"{w}x{h} in a letterbox", Tensor(12, 16, FrameFit.Letterbox), Rgb(w, h), ++seed);
        }

        yield return Frame("odd rest", Tensor(15, 16, FrameFit.Letterbox), Rgb(40, 20), ++seed);
        yield return Frame("BGRA", Tensor(9, 11), new(20, 17, 4, 2, 1, 0, 80), ++seed);
        yield return Frame("gray bytes", Tensor(9, 11), new(20, 17, 1, 0, 0, 0, 20), ++seed);
        yield return Frame(
            "gray bytes, gray tensor",
            Tensor(9, 11, order: ColourOrder.Gray),
            new(20, 17, 1, 0, 0, 0, 20),
            ++seed);
        yield return Frame("rows with gaps", Tensor(9, 11), new(20, 17, 3, 0, 1, 2, 64), ++seed);
        yield return Frame("larger buffer", Tensor(9, 11), Rgb(20, 17), ++seed, spare: 1000);
        yield return Frame("region", Tensor(9, 11), Rgb(40, 30) with
        {
            RegionX = 5,
            RegionY = 7,
            RegionWidth = 21,
            RegionHeight = 9,
        }, ++seed);
        var corner = Tensor(9, 11, FrameFit.LetterboxTopLeft);
        yield return Frame("large region", corner, Rgb(90, 70) with
        {
            RegionX = 1,
            RegionY = 2,
            RegionWidth = 88,
            RegionHeight = 61,
        }, ++seed);
        yield return Frame("region of one pixel", Tensor(3, 5), Rgb(9, 8) with
        {
            RegionX = 8,
            RegionY = 7,
            RegionWidth = 1,
            RegionHeight = 1,
        }, ++seed);
        yield return Frame("without normalising", new(
            10, 12, FrameFit.Stretch, ColourOrder.Bgr, 0, 0, 1), Rgb(13, 14), ++seed);
        yield return Frame("640x360", Tensor(160, 160, FrameFit.Letterbox), Rgb(640, 360), ++seed);
        yield return Frame(
            "invalid: no pixels",
            Tensor(4, 5),
            Rgb(20, 17) with { Width = 0 },
            ++seed,
            capacity: 99);
        yield return Frame(
            "invalid: too few bytes",
            Tensor(4, 5),
            Rgb(20, 17),
            ++seed,
            capacity: (20 * 17 * 3) - 1);
        yield return Frame("invalid: region outside", Tensor(4, 5), Rgb(20, 17) with
        {
            RegionX = 15,
            RegionY = 0,
            RegionWidth = 6,
            RegionHeight = 3,
        }, ++seed);
    }

    private static IEnumerable<OperatorCase> MaskCases()
    {
        int seed = 700;
        foreach (int classes in new[] { 1, 2, 3, 7, 19, 150, 256 })
        {
            var scores = HostTensor.Random(++seed, 2, 5, 7, classes);
            yield return new OperatorCase(
                $"ClassMask of {classes} classes",
                new ClassMask(),
                [scores],
                [Reference.ClassMask(scores)]);
        }

        var ties = HostTensor.Of(new Shape(1, 1, 2, 3), [1, 1, 0, 0, 2, 2]);
        yield return new OperatorCase(
            "ClassMask of equal scores", new ClassMask(), [ties], [Reference.ClassMask(ties)]);
        const float NaN = float.NaN;
        var unordered = HostTensor.Of(
            new Shape(1, 1, 4, 3), [1, NaN, 2, NaN, 1, 2, 1, 2, NaN, NaN, NaN, NaN]);
        yield return new OperatorCase(
            "ClassMask of NaN", new ClassMask(), [unordered], [Reference.ClassMask(unordered)]);
        var large = HostTensor.Random(++seed, 1, 120, 130, 5);
        yield return new OperatorCase(
            "ClassMask of many pixels", new ClassMask(), [large], [Reference.ClassMask(large)]);

        int[][] shapes = [[2, 5, 7, 1], [1, 9, 11], [1, 300, 301, 1], [1, 1, 1]];
        foreach (int[] sizes in shapes)
        {
            var x = HostTensor.Random(++seed, sizes);
            foreach (var values in Enum.GetValues<MaskValues>())
            {
                var op = new ThresholdMask(values);
                HostTensor?[] inputs = values == MaskValues.Binary ? [x, Number(0.3f)] : [x];
                yield return new OperatorCase(
                    $"ThresholdMask {values} {x.Shape}",
                    op,
                    inputs,
                    [Reference.ThresholdMask(op, x, 0.3f)]);
            }
        }

        var edges = HostTensor.Of(
            new Shape(1, 2, 10),
            [
                0, 1, -5, 7, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.5f,
                0.499f, 0.501f,
                0.998f, 0.999f, 0.0019f, 0.002f, 1e-30f, -0f, 1e30f, 0.25f, 0.75f, 0.3f,
            ]);
        var probability = new ThresholdMask(MaskValues.Probability);
        var binary = new ThresholdMask(MaskValues.Binary);
        yield return new OperatorCase(
            "ThresholdMask Probability edges",
            probability,
            [edges],
            [Reference.ThresholdMask(probability, edges, 0)]);
        yield return new OperatorCase(
            "ThresholdMask Binary edges",
            binary,
            [edges, Number(0.5f)],
            [Reference.ThresholdMask(binary, edges, 0.5f)]);
    }

    private static IEnumerable<OperatorCase> SmoothingCases()
    {
        int seed = 800;
        foreach (var (strength, reset) in new[] { (0.25f, 0f), (1f, 0f), (0f, 0f), (0.25f, 1f) })
        {
            foreach (int[] sizes in new[] { [1, 5, 7, 3], new[] { 1, 300, 301 } })
            {
                var x = HostTensor.Random(++seed, sizes);
                var state = HostTensor.Random(++seed, sizes);
                yield return new OperatorCase(
                    $"TemporalSmoothing {x.Shape} by {strength}, reset {reset}",
                    new TemporalSmoothing(),
                    [x, state, Number(strength), Number(reset)],
                    [Reference.TemporalSmoothing(x, state, strength, reset)]);
            }
        }

        var first = HostTensor.Random(++seed, 1, 4, 5);
        var unset = first.Map(_ => float.NaN);
        yield return new OperatorCase(
            "TemporalSmoothing does not look at the state when it is reset",
            new TemporalSmoothing(),
            [first, unset, Number(0.5f), Number(1)],
            [first]);
    }

    private static IEnumerable<OperatorCase> OverlayCases()
    {
        int seed = 900;
        foreach (var sampling in Enum.GetValues<MaskSampling>())
        {
            foreach (var (h, w, mh, mw) in new[]
            {
                (12, 16, 12, 16), (13, 17, 5, 7), (9, 8, 30, 41), (1, 1, 1, 1), (7, 9, 1, 1),
                (180, 240, 64, 64),
            })
            {
                yield return Overlay(
                    $"{sampling} {mh}x{mw} on {h}x{w}", new(sampling), h, w, mh, mw, 0.6f, ++seed);
            }

            var box = Letterbox.Fit(40, 21, 32, 32, FrameFit.Letterbox);
            yield return Overlay(
                $"{sampling} of a letterbox", new(sampling, box), 21, 40, 32, 32, 0.5f, ++seed);
            yield return Overlay($"{sampling} opaque", new(sampling), 11, 12, 5, 6, 1, ++seed);
            yield return Overlay($"{sampling} invisible", new(sampling), 11, 12, 5, 6, 0, ++seed);
            yield return Overlay(
                $"{sampling} more than opaque", new(sampling), 11, 12, 5, 6, 7, ++seed);
        }
    }

    private static FrameToTensor Tensor(
        int height,
        int width,
        FrameFit fit = FrameFit.Stretch,
        ColourOrder order = ColourOrder.Rgb) =>
        new(height, width, fit, order, new PerChannel(0.5f, 0.25f, 0), ImageNetMean, ImageNetStd);

    private static OperatorCase Frame(
        string name,
        FrameToTensor op,
        FrameGeometry geometry,
        int seed,
        int spare = 0,
        int? capacity = null)
    {
        var pixels = Bytes(seed, capacity ?? ((geometry.RowBytes * geometry.Height) + spare));
        int length = geometry.IsWhole ? FrameGeometry.FrameLength : FrameGeometry.RegionLength;
        var integers = new int[length];
        geometry.CopyTo(integers);
        return new OperatorCase(
            $"FrameToTensor {name}",
            op,
            [
                HostTensor.OfBytes(new Shape(pixels.Length), pixels),
                HostTensor.OfInts(new Shape(integers.Length), integers),
            ],
            [Reference.FrameToTensor(op, pixels, geometry)])
        { Tolerance = 2e-6 };
    }

    private static OperatorCase Overlay(
        string name, ColourOverlay op, int h, int w, int mh, int mw, float opacity, int seed)
    {
        var frame = HostTensor.OfBytes(new Shape(h, w, 3), Bytes(seed, h * w * 3));
        var mask = HostTensor.OfBytes(new Shape(mh, mw), Bytes(seed + 1000, mh * mw));
        var palette = HostTensor.OfBytes(new Shape(256, 4), Bytes(seed + 2000, 1024));
        return new OperatorCase(
            $"ColourOverlay {name}",
            op,
            [frame, mask, palette, Number(opacity)],
            [Reference.ColourOverlay(op, frame, mask, palette, opacity)]);
    }

    private static HostTensor Number(float value) => HostTensor.Of(new Shape(1), [value]);

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
