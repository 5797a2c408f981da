using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Upsample2D(Upsample2D op, HostTensor x)
    {
        var y = op.Infer([x.Type])[0].Shape;
        var results = new float[y.Count];
        var rows = Weights(op, x.Shape.H, y.H, op.ScaleH, op.Crop.Top, op.Crop.Bottom);
        var columns = Weights(op, x.Shape.W, y.W, op.ScaleW, op.Crop.Left, op.Crop.Right);
        for (int i = 0; i < results.Length; i++)
        {
            int c = i % y.C;
            int n = i / (y.C * y.W * y.H);
            var row = rows[i / (y.C * y.W) % y.H];
            var column = columns[i / y.C % y.W];
            if (row is null || column is null)
            {
                results[i] = op.Extrapolation;
                continue;
            }

            double sum = 0;
            foreach (var (iy, rowWeight) in row)
            {
                foreach (var (ix, weight) in column)
                {
                    int pixel = (((n * x.Shape.H) + iy) * x.Shape.W) + ix;
                    sum += rowWeight * weight * x.Floats[(pixel * y.C) + c];
                }
            }

            results[i] = (float)sum;
        }

        return HostTensor.Of(y, results);
    }

    /// <summary>For each output the inputs that count; null where it lies outside.</summary>
    private static Dictionary<int, double>?[] Weights(
        Upsample2D op, int size, int outputs, float? scale, float start, float end)
    {
        var weights = new Dictionary<int, double>?[outputs];
        double narrowing = (double)outputs / size;
        double width = op.Antialias ? Math.Max(1 / (scale ?? narrowing), 1) : 1;
        for (int i = 0; i < outputs; i++)
        {
            double place = op.Coordinates == CoordinateTransform.CropAndResize
                ? outputs == 1
                    ? (start + end) * (size - 1) / 2.0
                    : (start * (size - 1.0)) + (i * (end - (double)start) * (size - 1) / (outputs - 1))
                : Place(i, size, outputs, scale, op.Coordinates);
            if (op.Coordinates == CoordinateTransform.CropAndResize
                && (place < 0 || place > size - 1))
            {
                continue;
            }

            var counted = weights[i] = [];
            if (op.Mode == UpsampleMode.Nearest)
            {
                counted[Math.Clamp(Nearest(place, op.Rounding), 0, size - 1)] = 1;
                continue;
            }

            double sum = 0;
            for (int pixel = -100; pixel < size + 100; pixel++)
            {
                int inside = Math.Clamp(pixel, 0, size - 1);
                double weight = op.ExcludeOutside && pixel != inside ? 0
                    : Kernel(op.Mode, Math.Abs(pixel - place) / width, op.CubicCoefficient);
                if (weight != 0)
                {
                    counted[inside] = counted.GetValueOrDefault(inside) + weight;
                    sum += weight;
                }
            }

            foreach (int pixel in counted.Keys)
            {
                counted[pixel] /= sum;
            }
        }

        return weights;
    }

    /// <summary>Linear and cubic interpolation: the weight of a pixel at a distance.</summary>
    private static double Kernel(UpsampleMode mode, double d, double a) => mode switch
    {
        UpsampleMode.Bilinear => Math.Max(1 - d, 0),
        _ when d < 1 => ((a + 2) * d * d * d) - ((a + 3) * d * d) + 1,
        _ when d < 2 => (a * d * d * d) - (5 * a * d * d) + (8 * a * d) - (4 * a),
        _ => 0,
    };

    private static int Nearest(double place, NearestRounding rounding) => (int)(rounding switch
    {
        NearestRounding.Floor => Math.Floor(place),
        NearestRounding.Ceil => Math.Ceiling(place),
        NearestRounding.RoundPreferFloor => Math.Ceiling(place - 0.5),
        _ => Math.Floor(place + 0.5),
    });

    private static double Place(
        int i, int size, int outputs, float? scale, CoordinateTransform coordinates)
    {
        // A decimal quotient that has 28 digits tells a whole number from its neighbours.
        decimal perPixel = scale is { } s ? 1 / (decimal)s : (decimal)size / outputs;
        decimal place = coordinates switch
        {
            CoordinateTransform.AlignCorners => outputs == 1
                ? 0
                : (decimal)i * (size - 1) / (outputs - 1),
            CoordinateTransform.Asymmetric => scale is null
                ? (decimal)i * size / outputs
                : i * perPixel,
            CoordinateTransform.PyTorchHalfPixel when outputs == 1 => 0,
            CoordinateTransform.HalfPixelNearest => (i + 0.5m) * perPixel,
            CoordinateTransform.HalfPixelSymmetric =>
                ((i + 0.5m) * perPixel) - 0.5m + ((size - (outputs * perPixel)) / 2),
            _ => ((i + 0.5m) * perPixel) - 0.5m,
        };
        return (double)decimal.Round(place, 12);
    }
}
