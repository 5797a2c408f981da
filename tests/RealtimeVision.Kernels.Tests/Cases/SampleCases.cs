using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Pictures read at places that data decide: GridSample and RoiAlign.</summary>
public static class SampleCases
{
    public static IEnumerable<OperatorCase> All() => [.. Grids(), .. Boxes()];

    private static IEnumerable<OperatorCase> Grids()
    {
        int seed = 700;
        foreach (var mode in Enum.GetValues<UpsampleMode>())
        {
            foreach (var padding in Enum.GetValues<SamplePadding>())
            {
                foreach (bool align in new[] { false, true })
                {
                    yield return Grid(
                        $"{mode} {padding} {align}", new(mode, padding, align),
                        HostTensor.Random(++seed, 2, 5, 7, 3), Places(++seed, 2.9f, 2, 4, 6));
                    yield return Grid(
                        $"{mode} {padding} {align} of one pixel", new(mode, padding, align),
                        HostTensor.Random(++seed, 1, 1, 1, 2), Places(++seed, 3, 1, 3, 3));
                }
            }

            foreach (int c in new[] { 1, 4, 5, 8, 19, 33 })
            {
                yield return Grid(
                    $"{mode} channels {c}", new(mode), HostTensor.Random(++seed, 1, 6, 5, c),
                    Places(++seed, 1.2f, 1, 3, 5));
            }

            yield return Grid(
                $"{mode} more than one piece", new(mode, SamplePadding.Border),
                HostTensor.Random(++seed, 1, 40, 50, 16), Places(++seed, 1.1f, 1, 60, 70));
        }

        var wild = HostTensor.Of(
            new Shape(1, 1, 4, 2),
            [float.NaN, 0, float.PositiveInfinity, 0, 0, float.NegativeInfinity, 1e30f, -1e30f]);
        yield return new OperatorCase(
            "GridSample of places that are no numbers", new GridSample(UpsampleMode.Bilinear),
            [HostTensor.Random(++seed, 1, 4, 4, 3), wild],
            [HostTensor.Of(new Shape(1, 1, 4, 3), new float[12])]);

        static OperatorCase Grid(string name, GridSample op, HostTensor x, HostTensor grid) => new(
            $"GridSample {name}", op, [x, grid], [Reference.GridSample(op, x, grid)])
        {
            Tolerance = 3e-5,
        };
    }

    private static IEnumerable<OperatorCase> Boxes()
    {
        int seed = 800;
        foreach (bool max in new[] { false, true })
        {
            foreach (bool half in new[] { false, true })
            {
                foreach (int samples in new[] { 0, 1, 2, 3 })
                {
                    yield return Box(
                        $"{(max ? "max" : "mean")} of {samples} {half}",
                        new(2, 3, 0.5f, samples, half, max), HostTensor.Random(++seed, 2, 9, 8, 3),
                        ++seed);
                }
            }

            foreach (int c in new[] { 1, 4, 17, 35 })
            {
                yield return Box(
                    $"{(max ? "max" : "mean")} channels {c}", new(3, 2, 0.5f, 2, Max: max),
                    HostTensor.Random(++seed, 2, 9, 8, c), ++seed);
            }
        }

        yield return new OperatorCase(
            "RoiAlign of boxes without size",
            new RoiAlign(2, 2),
            [
                HostTensor.Random(++seed, 1, 4, 4, 2),
                HostTensor.Of(new Shape(2, 4), [3, 3, 3, 3, float.NaN, 0, 2, float.NaN]),
                HostTensor.OfInts(new Shape(2), [0, 0]),
            ],
            [HostTensor.Of(new Shape(2, 2, 2, 2), new float[16])]);

        static OperatorCase Box(string name, RoiAlign op, HostTensor x, int seed)
        {
            var corners = HostTensor.Random(seed, 5, 4);
            var boxes = HostTensor.Of(
                corners.Shape,
                [.. corners.Floats.ToArray().Select((v, i) => (v * 8) + (i % 4 < 2 ? 3 : 14))]);
            var pictures = HostTensor.OfInts(new Shape(5), [0, 1, 1, 0, 1]);
            return new OperatorCase(
                $"RoiAlign {name}", op, [x, boxes, pictures],
                [Reference.RoiAlign(op, x, boxes, pictures)])
            {
                Tolerance = 3e-5,
            };
        }
    }

    private static HostTensor Places(int seed, float reach, int n, int h, int w) =>
        HostTensor.Random(seed, n, h, w, 2).Map(v => v * reach);
}
