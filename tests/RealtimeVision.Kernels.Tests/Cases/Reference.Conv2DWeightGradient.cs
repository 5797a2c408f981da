using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Conv2DWeightGradient(
        Conv2DWeightGradient op, HostTensor x, HostTensor dy)
    {
        var shape = op.Infer([x.Type, dy.Type])[0].Shape;
        var sums = new float[shape.Count];
        int groupO = dy.Shape.C / op.Groups;
        for (int i = 0; i < sums.Length; i++)
        {
            int o = i % shape[3];
            int c = (i / shape[3] % shape[2]) + (o / groupO * shape[2]);
            int kx = i / (shape[3] * shape[2]) % shape[1];
            int ky = i / (shape[3] * shape[2] * shape[1]);
            double sum = 0;
            for (int pixel = 0; pixel < dy.Shape.N * dy.Shape.H * dy.Shape.W; pixel++)
            {
                int ox = pixel % dy.Shape.W;
                int oy = pixel / dy.Shape.W % dy.Shape.H;
                int n = pixel / dy.Shape.W / dy.Shape.H;
                int iy = (oy * op.Stride.Height) - op.Padding.Top + (ky * op.Dilation.Height);
                int ix = (ox * op.Stride.Width) - op.Padding.Left + (kx * op.Dilation.Width);
                if (iy >= 0 && ix >= 0 && iy < x.Shape.H && ix < x.Shape.W)
                {
                    int at = (((((n * x.Shape.H) + iy) * x.Shape.W) + ix) * x.Shape.C) + c;
                    sum += (double)x.Floats[at] * dy.Floats[(pixel * dy.Shape.C) + o];
                }
            }

            sums[i] = (float)sum;
        }

        return HostTensor.Of(shape, sums);
    }
}
