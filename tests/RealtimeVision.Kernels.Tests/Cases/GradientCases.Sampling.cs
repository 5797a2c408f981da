using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>Gradients of pictures that are read at places that data decide.</summary>
public static partial class GradientCases
{
    private static IEnumerable<OperatorCase> Samplings() => [.. Grids(), .. Boxes()];

    private static IEnumerable<OperatorCase> Grids()
    {
        int seed = 9700;
        foreach (var mode in Enum.GetValues<UpsampleMode>())
        {
            foreach (var padding in Enum.GetValues<SamplePadding>())
            {
                foreach (bool align in new[] { false, true })
                {
                    var op = new GridSample(mode, padding, align);
                    foreach (var test in Of($"{mode} {padding} {align}", op, [2, 5, 4, 3], [4, 6], 2.9f))
                    {
                        yield return test;
                    }

                    foreach (var test in Of($"{mode} {padding} {align} of one pixel", op, [1, 1, 1, 2], [3, 3], 3))
                    {
                        yield return test;
                    }
                }
            }

            foreach (int c in new[] { 1, 4, 17, 35 })
            {
                foreach (var test in Of($"{mode} channels {c}", new(mode), [1, 6, 5, c], [3, 5], 1.2f))
                {
                    yield return test;
                }
            }

            // More than one band on every device.
            var border = new GridSample(mode, SamplePadding.Border);
            foreach (var test in Of($"{mode} bands", border, [1, 12, 11, 40], [30, 30], 1.1f))
            {
                yield return test;
            }
        }

        IEnumerable<OperatorCase> Of(string name, GridSample op, int[] x, int[] size, float reach)
        {
            var picture = HostTensor.Random(++seed, x);
            var grid = HostTensor.Random(++seed, x[0], size[0], size[1], 2).Map(v => v * reach);
            var dy = HostTensor.Random(++seed, x[0], size[0], size[1], x[3]);
            yield return new OperatorCase(
                $"GridSampleInputGradient {name}", new GridSampleInputGradient(op, x[1], x[2]),
                [dy, grid],
                [Reference.Adjoint(picture.Shape, dy, e => Reference.GridSample(op, e, grid))])
            {
                Tolerance = 3e-5,
            };

            // The picture of one pixel is the same everywhere but where it ends.
            if (op.Mode != UpsampleMode.Nearest
                && (picture.Shape.H > 1 || op.Padding == SamplePadding.Zeros))
            {
                yield return new OperatorCase(
                    $"GridSamplePlaceGradient {name}", new GridSamplePlaceGradient(op),
                    [picture, grid, dy], [Reference.GridSamplePlaceGradient(op, picture, grid, dy)])
                {
                    Tolerance = 1e-4,
                };
            }
        }
    }

    private static IEnumerable<OperatorCase> Boxes()
    {
        int seed = 9900;
        foreach (bool half in new[] { false, true })
        {
            foreach (int samples in new[] { 0, 1, 3 })
            {
                yield return Box(
                    $"of {samples} {half}", new(2, 3, 0.5f, samples, half), [2, 9, 8, 3], ++seed);
            }
        }

        foreach (int c in new[] { 1, 17, 300 })
        {
            yield return Box($"channels {c}", new(5, 4, 0.5f, 2), [2, 9, 8, c], ++seed);
        }

        static OperatorCase Box(string name, RoiAlign op, int[] sizes, int seed)
        {
            var boxes = HostTensor.Of(
                new Shape(5, 4),
                [
                    .. HostTensor.Random(seed, 5, 4).Floats.ToArray()
                        .Select((v, i) => (v * 8) + (i % 4 < 2 ? 3 : 14)),
                ]);
            var pictures = HostTensor.OfInts(new Shape(5), [0, 1, 1, 0, 1]);
            var dy = HostTensor.Random(seed + 1, 5, op.OutH, op.OutW, sizes[3]);
            var gradient = new RoiAlignGradient(op, sizes[0], sizes[1], sizes[2]);
            return new OperatorCase(
                $"RoiAlignGradient {name}", gradient, [dy, boxes, pictures],
                [
                    Reference.Adjoint(
                        new Shape(sizes), dy, e => Reference.RoiAlign(op, e, boxes, pictures)),
                ])
            {
                Tolerance = 3e-5,
            };
        }
    }
}
