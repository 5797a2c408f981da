using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor GridSample(GridSample op, HostTensor x, HostTensor grid)
    {
        var y = op.Infer([x.Type, grid.Type])[0].Shape;
        var results = new float[y.Count];
        for (int i = 0; i < results.Length; i++)
        {
            int c = i % y.C;
            int n = i / (y.C * y.W * y.H);
            int place = 2 * (i / y.C);
            double sum = 0;
            foreach (var (iy, rowWeight) in Taps(op, x.Shape.H, grid.Floats[place + 1]))
            {
                foreach (var (ix, weight) in Taps(op, x.Shape.W, grid.Floats[place]))
                {
                    int pixel = (((n * x.Shape.H) + iy) * x.Shape.W) + ix;
                    sum += rowWeight * weight * x.Floats[(pixel * y.C) + c];
                }
            }

            results[i] = (float)sum;
        }

        return HostTensor.Of(y, results);
    }

    private static IEnumerable<(int Pixel, double Weight)> Taps(GridSample op, int size, double at)
    {
        var (low, high) = op.AlignCorners ? (0, size - 1) : (-0.5, size - 0.5);
        double place = low + ((at + 1) / 2 * (high - low));
        place = op.Mode == UpsampleMode.Nearest ? Math.Round(place) : place;
        place = op.Padding == SamplePadding.Reflection ? Mirrored(place) : place;
        var (first, count) = op.Mode switch
        {
            UpsampleMode.Nearest => ((int)Math.Round(place), 1),
            UpsampleMode.Bilinear => ((int)Math.Floor(place), 2),
            _ => ((int)Math.Floor(place) - 1, 4),
        };
        for (int pixel = first; pixel < first + count; pixel++)
        {
            double weight = count == 1 ? 1 : Kernel(op.Mode, Math.Abs(place - pixel), -0.75);
            int inside = op.Padding == SamplePadding.Reflection
                ? (int)Math.Round(Mirrored(pixel))
                : Math.Clamp(pixel, 0, size - 1);
            if (inside == pixel || op.Padding != SamplePadding.Zeros)
            {
                yield return (Math.Clamp(inside, 0, size - 1), weight);
            }
        }

        double Mirrored(double p)
        {
            while (high > low && (p < low || p > high))
            {
                p = p < low ? (2 * low) - p : (2 * high) - p;
            }

            return high > low ? p : 0;
        }
    }

    public static HostTensor RoiAlign(
        RoiAlign op, HostTensor x, HostTensor boxes, HostTensor pictures)
    {
        var y = op.Infer([x.Type, boxes.Type, pictures.Type])[0].Shape;
        var results = new float[y.Count];
        for (int i = 0; i < results.Length; i++)
        {
            int c = i % y.C;
            int r = i / (y.C * y.W * y.H);
            var values = new List<double>();
            int samples = 0;
            foreach (var row in Samples(1, i / (y.C * y.W) % y.H, y.H, x.Shape.H))
            {
                foreach (var column in Samples(0, i / y.C % y.W, y.W, x.Shape.W))
                {
                    samples++;
                    foreach (var (iy, rowWeight) in row)
                    {
                        foreach (var (ix, weight) in column)
                        {
                            int pixel = (((pictures.Ints[r] * x.Shape.H) + iy) * x.Shape.W) + ix;
                            values.Add(rowWeight * weight * x.Floats[(pixel * y.C) + c]);
                        }
                    }
                }
            }

            results[i] = (float)(op.Max ? values.Max() : values.Sum() / samples);

            List<(int Pixel, double Weight)[]> Samples(int axis, int cell, int cells, int size)
            {
                double offset = op.HalfPixel ? 0.5 : 0;
                double start = (boxes.Floats[(4 * r) + axis] * op.SpatialScale) - offset;
                double end = (boxes.Floats[(4 * r) + axis + 2] * op.SpatialScale) - offset;
                double length = (op.HalfPixel ? end - start : Math.Max(end - start, 1)) / cells;
                int count = op.SamplingRatio > 0 ? op.SamplingRatio : (int)Math.Ceiling(length);
                return [.. Enumerable.Range(0, count).Select(s =>
                    Around(start + (length * (cell + ((s + 0.5) / count))), size))];
            }
        }

        return HostTensor.Of(y, results);
    }

    // The two pixels around a place, of which neither counts where it is a pixel outside.
    private static (int Pixel, double Weight)[] Around(double place, int size)
    {
        double counts = place < -1 || place > size ? 0 : 1;
        place = Math.Clamp(place, 0, size - 1);
        int low = (int)place;
        return
        [
            (low, (1 - place + low) * counts),
            (Math.Min(low + 1, size - 1), (place - low) * counts),
        ];
    }

    /// <summary>
    /// What a linear map of pictures, the same for all channels, makes of gradients on the way back:
    /// found by what it makes of each pixel alone.
    /// </summary>
    public static HostTensor Adjoint(Shape x, HostTensor dy, Func<HostTensor, HostTensor> map)
    {
        var results = new float[x.Count];
        int pixels = (int)x.Count / x.C;
        for (int pixel = 0; pixel < pixels; pixel++)
        {
            var one = new float[pixels];
            one[pixel] = 1;
            var weights = map(HostTensor.Of(new Shape(x.N, x.H, x.W, 1), one)).Floats;
            var sums = new double[x.C];
            for (int i = 0; i < weights.Length; i++)
            {
                for (int c = 0; c < x.C && weights[i] != 0; c++)
                {
                    sums[c] += (double)weights[i] * dy.Floats[(i * x.C) + c];
                }
            }

            for (int c = 0; c < x.C; c++)
            {
                results[(pixel * x.C) + c] = (float)sums[c];
            }
        }

        return HostTensor.Of(x, results);
    }

    /// <summary>By differences, in double precision.</summary>
    public static HostTensor GridSamplePlaceGradient(
        GridSample op, HostTensor x, HostTensor grid, HostTensor dy)
    {
        const double Distance = 1e-6;
        var y = dy.Shape;
        var results = new float[grid.Shape.Count];
        for (int i = 0; i < results.Length; i++)
        {
            double[] at = [grid.Floats[i / 2 * 2], grid.Floats[(i / 2 * 2) + 1]];
            double middle = at[i % 2];
            at[i % 2] = middle + Distance;
            double above = Sample();
            at[i % 2] = middle - Distance;
            results[i] = (float)((above - Sample()) / (2 * Distance));

            double Sample()
            {
                double sum = 0;
                int n = i / 2 / (y.W * y.H);
                foreach (var (iy, rowWeight) in Taps(op, x.Shape.H, at[1]))
                {
                    foreach (var (ix, weight) in Taps(op, x.Shape.W, at[0]))
                    {
                        int pixel = (((n * x.Shape.H) + iy) * x.Shape.W) + ix;
                        for (int c = 0; c < y.C; c++)
                        {
                            sum += rowWeight * weight * x.Floats[(pixel * y.C) + c]
                                * dy.Floats[(i / 2 * y.C) + c];
                        }
                    }
                }

                return sum;
            }
        }

        return HostTensor.Of(grid.Shape, results);
    }
}
