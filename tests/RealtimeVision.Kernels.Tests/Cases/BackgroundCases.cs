using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Cases of the operators that refine a mask and put another background behind it.</summary>
public static class BackgroundCases
{
    private static readonly FrameGeometry[] Formats =
    [
        FrameCases.Rgb(37, 22), new(37, 22, 3, 2, 1, 0, 3 * 37), new(37, 22, 4, 0, 1, 2, 4 * 37),
        new(37, 22, 4, 2, 1, 0, 4 * 37), new(37, 22, 1, 0, 0, 0, 37), new(37, 22, 2, 0, 1, 1, 2 * 37),
        new(37, 22, 3, 0, 1, 2, 128), FrameCases.Rgb(1, 1), FrameCases.Rgb(3, 2), FrameCases.Rgb(1, 30),
        FrameCases.Rgb(50, 1), FrameCases.Rgb(97, 41),
    ];

    public static IEnumerable<OperatorCase> All() =>
        [.. FilterCases(), .. UpsampleCases(), .. BlurCases(), .. CompositeCases()];

    private static IEnumerable<OperatorCase> FilterCases()
    {
        int seed = 1000;
        var op = new GuidedFilter(2, 1e-3f, FrameFit.Stretch, ColourOrder.Rgb, 0, 1);
        foreach (var (h, w) in new[] { (9, 11), (1, 1), (1, 40), (40, 1), (3, 70), (33, 31) })
        {
            yield return Filter($"{h}x{w}", op, h, w, 1, FrameCases.Rgb(40, 30), ++seed);
        }

        foreach (var fit in Enum.GetValues<FrameFit>())
        {
            foreach (var (fw, fh) in new[] { (40, 17), (17, 40), (300, 2), (1, 1) })
            {
                yield return Filter(
                    $"{fit} of {fw}x{fh}", op with { Fit = fit }, 12, 16, 1, FrameCases.Rgb(fw, fh), ++seed);
                yield return Filter(
                    $"{fit} of {fw}x{fh}, strided", op with { Fit = fit }, 6, 8, 4, FrameCases.Rgb(fw, fh), ++seed);
            }
        }

        PerChannel mean = new(0.485f, 0.456f, 0.406f);
        PerChannel std = new(0.229f, 0.224f, 0.225f);
        foreach (var order in Enum.GetValues<ColourOrder>())
        {
            yield return Filter(
                $"{order}, normalised", op with { Order = order, Mean = mean, Std = std }, 10, 14, 2,
                FrameCases.Rgb(40, 30), ++seed);
        }

        foreach (int radius in new[] { 1, 5, 30, 64 })
        {
            yield return Filter(
                $"radius {radius}", op with { Radius = radius, Epsilon = 0.01f }, 21, 37, 1,
                FrameCases.Rgb(40, 30), ++seed);
        }

        yield return Filter("bilinear", op, 9, 11, 1, FrameCases.Rgb(40, 30), ++seed, MaskUpsampling.Bilinear);
        yield return Filter(
            "bilinear in a letterbox", op with { Fit = FrameFit.Letterbox }, 9, 19, 1,
            FrameCases.Rgb(40, 40), ++seed, MaskUpsampling.Bilinear);
        yield return Filter("64x96", op with { Radius = 4 }, 64, 96, 1, FrameCases.Rgb(640, 480), ++seed);
    }

    private static IEnumerable<OperatorCase> UpsampleCases()
    {
        int seed = 1200;
        foreach (var mode in new[] { MaskUpsampling.Bilinear, MaskUpsampling.Guided })
        {
            foreach (var frame in Formats)
            {
                yield return Upsample(
                    $"{mode} of {frame}", new(8, 12, FrameFit.Stretch), 8, 12, frame, mode, ++seed);
            }

            foreach (var fit in Enum.GetValues<FrameFit>())
            {
                yield return Upsample(
                    $"{mode} {fit}", new(16, 16, fit), 16, 16, FrameCases.Rgb(41, 19), mode, ++seed);
                yield return Upsample(
                    $"{mode} {fit}, strided", new(32, 32, fit), 8, 8, FrameCases.Rgb(19, 41), mode, ++seed);
            }

            yield return Upsample(
                $"{mode} with contrast", new(9, 12, FrameFit.Stretch, 0.25f, 0.625f), 9, 12, FrameCases.Rgb(37, 30), mode,
                ++seed);
            yield return Upsample(
                $"{mode} of one pixel", new(1, 1, FrameFit.Stretch), 1, 1, FrameCases.Rgb(20, 9), mode, ++seed);
            yield return Upsample(
                $"{mode} shrinks", new(64, 80, FrameFit.Stretch), 64, 80, FrameCases.Rgb(33, 20), mode, ++seed);
            yield return Upsample(
                $"{mode} 320x240", new(64, 64, FrameFit.Stretch), 64, 64, FrameCases.Rgb(320, 240), mode, ++seed);
        }
    }

    private static IEnumerable<OperatorCase> BlurCases()
    {
        int seed = 1400;
        foreach (var frame in Formats)
        {
            yield return Blur($"{frame}", frame, 1.5f, ++seed);
        }

        foreach (float sigma in new[] { 0.05f, 0.4f, 6, 64, 1000 })
        {
            yield return Blur($"sigma {sigma}", FrameCases.Rgb(90, 71), sigma, ++seed);
        }

        yield return Blur("nothing behind", FrameCases.Rgb(30, 20), 2, ++seed, front: 255);
        yield return Blur("nothing in front", FrameCases.Rgb(30, 20), 2, ++seed, front: 0);
        yield return Blur("320x240", FrameCases.Rgb(320, 240), 3, ++seed);
    }

    private static IEnumerable<OperatorCase> CompositeCases()
    {
        int seed = 1600;
        foreach (var kind in new[] { BackgroundKind.Blur, BackgroundKind.Colour, BackgroundKind.Picture })
        {
            foreach (var frame in Formats)
            {
                yield return Composite($"{kind} {frame}", frame, kind, ++seed);
            }

            yield return Composite($"{kind} 320x240", FrameCases.Rgb(320, 240), kind, ++seed);
        }
    }

    private static OperatorCase Filter(
        string name, GuidedFilter op, int h, int w, int stride, FrameGeometry frame, int seed,
        MaskUpsampling mode = MaskUpsampling.Guided)
    {
        var picture = HostTensor.Random(
            seed, 1, h * stride, w * stride, op.Order == ColourOrder.Gray ? 1 : 3);
        var p = HostTensor.Random(seed + 5000, 1, h, w, 1).Map(v => (v + 1) / 2);
        return new OperatorCase(
            $"GuidedFilter {name}", op, [picture, p, Geometry(frame), Ints((int)mode)],
            [Reference.GuidedFilter(op, picture, p, frame, mode)])
        { Tolerance = 2e-5 };
    }

    private static OperatorCase Upsample(
        string name, GuidedUpsample op, int h, int w, FrameGeometry frame, MaskUpsampling mode, int seed)
    {
        var pixels = Pixels(frame, seed);
        var lines = HostTensor.Random(seed + 5000, 2, h, w);
        return new OperatorCase(
            $"GuidedUpsample {name}", op, [Bytes(pixels), Geometry(frame), lines, Ints((int)mode)],
            [Reference.GuidedUpsample(op, pixels, frame, lines, mode)])
        { ByteTolerance = 1, Looked = frame.Width * frame.Height };
    }

    private static OperatorCase Blur(
        string name, FrameGeometry frame, float sigma, int seed, byte? front = null)
    {
        var pixels = Pixels(frame, seed);
        var mask = Pixels(frame, seed + 5000);
        if (front is { } all)
        {
            Array.Fill(mask, all);
        }

        int small = (frame.Width + 3) / 4 * ((frame.Height + 3) / 4) * frame.BytesPerPixel;
        return new OperatorCase(
            $"BackgroundBlur {name}", new BackgroundBlur(),
            [Bytes(pixels), Geometry(frame), Bytes(mask), HostTensor.Of(new Shape(1), [sigma])],
            [Reference.BackgroundBlur(pixels, frame, mask, sigma)])
        { Looked = small };
    }

    private static OperatorCase Composite(
        string name, FrameGeometry frame, BackgroundKind kind, int seed)
    {
        var pixels = Pixels(frame, seed);
        var mask = Pixels(frame, seed + 5000);
        var picture = Pixels(frame, seed + 6000);
        var blurred = HostTensor.Random(seed + 7000, BackgroundBlur.Count(pixels.Length)).Map(v => (v + 1) * 127.5f);
        int colour = unchecked((int)0x80F02010);
        return new OperatorCase(
            $"BackgroundComposite {name}", new BackgroundComposite(),
            [Bytes(pixels), Geometry(frame), Bytes(mask), blurred, Bytes(picture), Ints((int)kind, colour)],
            [Reference.BackgroundComposite(pixels, frame, mask, blurred, picture, kind, colour)])
        {
            ByteTolerance = 1,
            Looked = frame.RowBytes == frame.Width * frame.BytesPerPixel
                ? pixels.Length
                : frame.Width * frame.BytesPerPixel,
        };
    }

    private static byte[] Pixels(FrameGeometry frame, int seed)
    {
        var bytes = new byte[frame.RowBytes * frame.Height];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static HostTensor Bytes(byte[] bytes) => HostTensor.OfBytes(new Shape(bytes.Length), bytes);

    private static HostTensor Ints(params int[] values) => HostTensor.OfInts(new Shape(values.Length), values);

    private static HostTensor Geometry(FrameGeometry frame)
    {
        var integers = new int[FrameGeometry.FrameLength];
        frame.CopyTo(integers);
        return Ints(integers);
    }
}
