using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Pool2D(Pool2D op, HostTensor x)
    {
        var y = op.Infer([x.Type])[0].Shape;
        var window = op.Window;
        var results = new float[y.Count];
        for (int i = 0; i < results.Length; i++)
        {
            int c = i % y.C;
            int ox = i / y.C % y.W;
            int oy = i / (y.C * y.W) % y.H;
            int n = i / (y.C * y.W * y.H);
            double sum = 0;
            double largest = double.NegativeInfinity;
            int inside = 0;
            int padded = 0;
            for (int tap = 0; tap < window.Kernel.Height * window.Kernel.Width; tap++)
            {
                int iy = (oy * window.Stride.Height) - window.Padding.Top
                    + (tap / window.Kernel.Width * window.Dilation.Height);
                int ix = (ox * window.Stride.Width) - window.Padding.Left
                    + (tap % window.Kernel.Width * window.Dilation.Width);
                bool isPadded = iy < x.Shape.H + window.Padding.Bottom
                    && ix < x.Shape.W + window.Padding.Right;
                padded += isPadded ? 1 : 0;
                if (iy < 0 || ix < 0 || iy >= x.Shape.H || ix >= x.Shape.W)
                {
                    continue;
                }

                double value = x.Floats[(((((n * x.Shape.H) + iy) * x.Shape.W) + ix) * y.C) + c];
                sum += value;
                largest = Math.Max(largest, value);
                inside++;
            }

            results[i] = op switch
            {
                MaxPool2D => (float)largest,
                SumPool2D => (float)sum,
                AvgPool2D { CountIncludePad: true } => (float)(sum / padded),
                _ => inside == 0 ? 0 : (float)(sum / inside),
            };
        }

        return HostTensor.Of(y, results);
    }

    public static (HostTensor Largest, HostTensor Indices) MaxPoolWithIndices2D(
        MaxPoolWithIndices2D op, HostTensor x)
    {
        var largest = Pool2D(new MaxPool2D(op.Window, op.CeilMode), x);
        var (y, window) = (largest.Shape, op.Window);
        var indices = new int[y.Count];
        for (int i = 0; i < indices.Length; i++)
        {
            int c = i % y.C;
            int n = i / (y.C * y.W * y.H);
            int top = (i / (y.C * y.W) % y.H * window.Stride.Height) - window.Padding.Top;
            int left = (i / y.C % y.W * window.Stride.Width) - window.Padding.Left;
            for (int tap = 0; tap < window.Kernel.Height * window.Kernel.Width; tap++)
            {
                int iy = top + (tap / window.Kernel.Width * window.Dilation.Height);
                int ix = left + (tap % window.Kernel.Width * window.Dilation.Width);
                if (iy >= 0 && ix >= 0 && iy < x.Shape.H && ix < x.Shape.W
                    && x.Floats[(((((n * x.Shape.H) + iy) * x.Shape.W) + ix) * y.C) + c]
                        == largest.Floats[i])
                {
                    int plane = ((n * y.C) + c) * x.Shape.H * x.Shape.W;
                    indices[i] = plane
                        + (op.ColumnMajor ? (ix * x.Shape.H) + iy : (iy * x.Shape.W) + ix);
                    break;
                }
            }
        }

        return (largest, HostTensor.OfInts(y, indices));
    }

    public static HostTensor MaxUnpool2D(MaxUnpool2D op, HostTensor x, HostTensor indices)
    {
        var y = op.Infer([x.Type, indices.Type])[0].Shape;
        var results = new float[y.Count];
        for (int i = 0; i < x.Shape.Count; i++)
        {
            int c = i % y.C;
            int n = i / (x.Shape.H * x.Shape.W * y.C);
            int place = indices.Ints[i] - (((n * y.C) + c) * y.H * y.W);
            if (place >= 0 && place < y.H * y.W)
            {
                results[(((n * y.H * y.W) + place) * y.C) + c] = x.Floats[i];
            }
        }

        return HostTensor.Of(y, results);
    }

    public static HostTensor GlobalAvgPool2D(HostTensor x)
    {
        var sums = new double[x.Shape.N * x.Shape.C];
        for (int i = 0; i < x.Shape.Count; i++)
        {
            sums[(i / (x.Shape.H * x.Shape.W * x.Shape.C) * x.Shape.C) + (i % x.Shape.C)] +=
                x.Floats[i];
        }

        var means = Array.ConvertAll(sums, s => (float)(s / (x.Shape.H * x.Shape.W)));
        return HostTensor.Of(new Shape(x.Shape.N, 1, 1, x.Shape.C), means);
    }
}
