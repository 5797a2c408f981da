using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Conv2D(Conv2D op, IReadOnlyList<HostTensor?> inputs)
    {
        var (x, w) = (inputs[0]!, inputs[1]!);
        var y = op.Infer([.. inputs.Select(i => i?.Type ?? TensorType.Absent)])[0].Shape;
        var (kh, kw, groupC, groupO) = (w.Shape[0], w.Shape[1], w.Shape[2], w.Shape[3] / op.Groups);
        var sums = new double[y.Count];
        for (int i = 0; i < sums.Length; i++)
        {
            int o = i % y.C;
            int ox = i / y.C % y.W;
            int oy = i / (y.C * y.W) % y.H;
            int n = i / (y.C * y.W * y.H);
            double sum = inputs.Count > 2 && inputs[2] is { } bias ? bias.Floats[o] : 0;
            for (int ky = 0; ky < kh; ky++)
            {
                for (int kx = 0; kx < kw; kx++)
                {
                    int iy = (oy * op.Stride.Height) - op.Padding.Top + (ky * op.Dilation.Height);
                    int ix = (ox * op.Stride.Width) - op.Padding.Left + (kx * op.Dilation.Width);
                    if (iy < 0 || ix < 0 || iy >= x.Shape.H || ix >= x.Shape.W)
                    {
                        continue;
                    }

                    for (int c = 0; c < groupC; c++)
                    {
                        int at = (((((n * x.Shape.H) + iy) * x.Shape.W) + ix) * x.Shape.C) + (o / groupO * groupC) + c;
                        sum += (double)x.Floats[at] * w.Floats[(((((ky * kw) + kx) * groupC) + c) * y.C) + o];
                    }
                }
            }

            sums[i] = sum;
        }

        return Chain(sums, y, op.Epilogue, [.. inputs.Skip(op.FirstOperand)]);
    }
}
