using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static class Upsample2DCases
{
    public static IEnumerable<OperatorCase> All()
    {
        foreach (string name in
            GoldenFile.Names("upsample_").Concat(GoldenFile.Names("downsample_")))
        {
            var golden = GoldenFile.Open(name);
            yield return new OperatorCase(
                $"Upsample2D golden {name}",
                GoldenOperator(golden),
                [golden.Picture("in.x")],
                [golden.Picture("out.y")]);
        }

        int seed = 400;
        foreach (int c in new[] { 1, 3, 4, 7, 16, 24, 40 })
        {
            foreach (int factor in new[] { 2, 4, 8 })
            {
                yield return Case(
                    $"nearest x{factor} channels {c}",
                    new(
                        5 * factor,
                        6 * factor,
                        UpsampleMode.Nearest,
                        CoordinateTransform.Asymmetric,
                        NearestRounding.Floor),
                    2, 5, 6, c, ++seed);
            }

            yield return Case(
                $"bilinear channels {c}", new(11, 12, UpsampleMode.Bilinear), 2, 5, 6, c, ++seed);
        }

        foreach (var coordinates in Enum.GetValues<CoordinateTransform>())
        {
            foreach (var (h, w) in new[] { (10, 14), (13, 9), (3, 4), (1, 1), (15, 2), (5, 7) })
            {
                foreach (var mode in new[] { UpsampleMode.Bilinear, UpsampleMode.Bicubic })
                {
                    yield return Case(
                        $"{mode} {coordinates} to {h}x{w}",
                        new(h, w, mode, coordinates), 2, 5, 7, 6, ++seed);
                }

                foreach (var rounding in Enum.GetValues<NearestRounding>())
                {
                    yield return Case(
                        $"nearest {coordinates} {rounding} to {h}x{w}",
                        new(h, w, UpsampleMode.Nearest, coordinates, rounding), 1, 5, 7, 6, ++seed);
                }
            }
        }

        foreach (var mode in Enum.GetValues<UpsampleMode>())
        {
            foreach (var coordinates in new[]
            {
                CoordinateTransform.HalfPixel, CoordinateTransform.Asymmetric,
                CoordinateTransform.HalfPixelSymmetric, CoordinateTransform.HalfPixelNearest,
            })
            {
                yield return Case(
                    $"{mode} {coordinates} with scales",
                    new(12, 8, mode, coordinates, NearestRounding.Floor, 2.5f, 1.25f),
                    2, 5, 7, 18, ++seed);
                yield return Case(
                    $"{mode} {coordinates} with smaller scales",
                    new(3, 5, mode, coordinates, NearestRounding.RoundPreferFloor, 0.6f, 0.75f),
                    2, 5, 7, 18, ++seed);
            }

            foreach (int c in new[] { 1, 3, 5, 16, 33 })
            {
                yield return Case(
                    $"{mode} of a part, channels {c}",
                    new(9, 11, mode, CoordinateTransform.CropAndResize)
                    {
                        Crop = new(-0.1f, 0.25f, 0.9f, 1.2f), Extrapolation = 3.5f,
                    },
                    1, 5, 7, c, ++seed);
                yield return Case(
                    $"{mode} against aliasing, channels {c}",
                    new(3, 4, mode) { Antialias = true }, 1, 8, 13, c, ++seed);
            }

            foreach (var (h, w) in new[] { (1, 1), (10, 2), (7, 13) })
            {
                yield return Case(
                    $"{mode} against aliasing to {h}x{w}",
                    new(h, w, mode) { Antialias = true }, 1, 8, 13, 2, ++seed);
            }

            yield return Case(
                $"{mode} of a part to one pixel",
                new(1, 1, mode, CoordinateTransform.CropAndResize)
                {
                    Crop = new(0.5f, 0.5f, 0.9f, 0.6f),
                },
                2, 5, 7, 4, ++seed);
            yield return Case(
                $"{mode} without what is outside",
                new(9, 4, mode) { ExcludeOutside = true, CubicCoefficient = -0.5f },
                2, 5, 7, 4, ++seed);
            yield return Case(
                $"{mode} against aliasing, without what is outside",
                new(3, 4, mode) { ExcludeOutside = true, Antialias = true },
                2, 11, 17, 4, ++seed);
            yield return Case($"{mode} of many rows", new(160, 160, mode), 1, 80, 80, 24, ++seed);
        }
    }

    /// <summary>The operator of a golden case.</summary>
    public static Upsample2D GoldenOperator(GoldenFile golden)
    {
        var (h, w) = golden.Pair("size");
        bool nearest = golden.Attributes.GetProperty("mode").GetString() == "nearest";
        var coordinates = nearest ? CoordinateTransform.Asymmetric
            : golden.Bool("align_corners")
                ? CoordinateTransform.AlignCorners : CoordinateTransform.HalfPixel;
        var mode = nearest ? UpsampleMode.Nearest : UpsampleMode.Bilinear;
        return new Upsample2D(h, w, mode, coordinates, NearestRounding.Floor);
    }

    private static OperatorCase Case(
        string name, Upsample2D op, int n, int h, int w, int c, int seed)
    {
        var x = HostTensor.Random(seed, n, h, w, c);
        return new OperatorCase($"Upsample2D {name}", op, [x], [Reference.Upsample2D(op, x)]);
    }
}
