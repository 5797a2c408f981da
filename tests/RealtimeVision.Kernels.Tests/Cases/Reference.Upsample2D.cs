using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Upsample2D(Upsample2D op, HostTensor x)
    {
        var y = op.Infer([x.Type])[0].Shape;
        var results = new float[y.Count];
        for (int i = 0; i < results.Length; i++)
        {
            int c = i % y.C;
            int n = i / (y.C * y.W * y.H);
            double row = Place(i / (y.C * y.W) % y.H, x.Shape.H, y.H, op.ScaleH, op.Coordinates);
            double column = Place(i / y.C % y.W, x.Shape.W, y.W, op.ScaleW, op.Coordinates);
            if (op.Mode == UpsampleMode.Nearest)
            {
                results[i] = Pixel(Nearest(row, op.Rounding), Nearest(column, op.Rounding));
                continue;
            }

            row = Math.Clamp(row, 0, x.Shape.H - 1);
            column = Math.Clamp(column, 0, x.Shape.W - 1);
            var (top, left) = ((int)row, (int)column);
            double above =
                ((1 - column + left) * Pixel(top, left)) + ((column - left) * Pixel(top, left + 1));
            double below = ((1 - column + left) * Pixel(top + 1, left))
                + ((column - left) * Pixel(top + 1, left + 1));
            results[i] = (float)(((1 - row + top) * above) + ((row - top) * below));

            float Pixel(int iy, int ix)
            {
                iy = Math.Clamp(iy, 0, x.Shape.H - 1);
                ix = Math.Clamp(ix, 0, x.Shape.W - 1);
                return x.Floats[(((((n * x.Shape.H) + iy) * x.Shape.W) + ix) * y.C) + c];
            }
        }

        return HostTensor.Of(y, results);
    }

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
            _ => ((i + 0.5m) * perPixel) - 0.5m,
        };
        return (double)decimal.Round(place, 12);
    }
}
