using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor AxisProduct(AxisProduct op, HostTensor x)
    {
        int d = op.Axis < 0 ? op.Axis + x.Shape.Rank : op.Axis;
        var shape = x.Shape.With(d, op.Matrix.Rows);
        int inner = (int)shape.Product(d + 1, shape.Rank);
        float[] y = new float[shape.Count];
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / inner % op.Matrix.Rows;
            int outer = i / inner / op.Matrix.Rows;
            double sum = 0;
            for (int k = op.Matrix.Starts[row]; k < op.Matrix.Starts[row + 1]; k++)
            {
                int at = (((outer * op.Matrix.Columns) + op.Matrix.Indices[k]) * inner) + (i % inner);
                sum += (double)op.Matrix.Weights[k] * x.Floats[at];
            }

            y[i] = (float)sum;
        }

        return HostTensor.Of(shape, y);
    }

    // Scatters, where the operator gathers.
    public static HostTensor MaxPool2DGradient(
        MaxPool2DGradient op, HostTensor x, HostTensor y, HostTensor dy)
    {
        var (window, from, to) = (op.Window, x.Shape, y.Shape);
        double[] dx = new double[from.Count];
        for (int i = 0; i < dy.Floats.Length; i++)
        {
            int c = i % to.C;
            int left = (i / to.C % to.W * window.Stride.Width) - window.Padding.Left;
            int top = (i / to.C / to.W % to.H * window.Stride.Height) - window.Padding.Top;
            int n = i / to.C / to.W / to.H;
            int best = -1;
            for (int ky = 0; ky < window.Kernel.Height; ky++)
            {
                for (int kx = 0; kx < window.Kernel.Width; kx++)
                {
                    int iy = top + (ky * window.Dilation.Height);
                    int ix = left + (kx * window.Dilation.Width);
                    if (iy < 0 || iy >= from.H || ix < 0 || ix >= from.W)
                    {
                        continue;
                    }

                    int at = (((((n * from.H) + iy) * from.W) + ix) * from.C) + c;
                    if (best < 0 || x.Floats[at] > x.Floats[best])
                    {
                        best = at;
                    }
                }
            }

            if (best >= 0)
            {
                dx[best] += dy.Floats[i];
            }
        }

        return HostTensor.Of(from, Array.ConvertAll(dx, v => (float)v));
    }
}
