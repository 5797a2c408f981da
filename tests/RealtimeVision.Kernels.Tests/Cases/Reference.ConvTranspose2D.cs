using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor ConvTranspose2D(ConvTranspose2D op, IReadOnlyList<HostTensor?> inputs)
    {
        var (x, w) = (inputs[0]!, inputs[1]!);
        var y = op.Infer([.. inputs.Select(i => i?.Type ?? TensorType.Absent)])[0].Shape;
        var (kh, kw, groupO, c) = (w.Shape[0], w.Shape[1], w.Shape[2], w.Shape[3]);
        var sums = new double[y.Count];
        if (inputs.Count > 2 && inputs[2] is { } bias)
        {
            for (int i = 0; i < sums.Length; i++)
            {
                sums[i] = bias.Floats[i % y.C];
            }
        }

        for (int i = 0; i < x.Shape.Count; i++)
        {
            int channel = i % c;
            int ix = i / c % x.Shape.W;
            int iy = i / (c * x.Shape.W) % x.Shape.H;
            int n = i / (c * x.Shape.W * x.Shape.H);
            for (int tap = 0; tap < kh * kw; tap++)
            {
                int oy = (iy * op.Stride.Height) - op.Padding.Top + (tap / kw * op.Dilation.Height);
                int ox = (ix * op.Stride.Width) - op.Padding.Left + (tap % kw * op.Dilation.Width);
                if (oy < 0 || ox < 0 || oy >= y.H || ox >= y.W)
                {
                    continue;
                }

                int first = channel / (c / op.Groups) * groupO;
                for (int o = 0; o < groupO; o++)
                {
                    sums[(((((n * y.H) + oy) * y.W) + ox) * y.C) + first + o] +=
                        (double)x.Floats[i] * w.Floats[(((tap * groupO) + o) * c) + channel];
                }
            }
        }

        return Chain(sums, y, op.Epilogue, [.. inputs.Skip(op.FirstOperand)]);
    }
}
