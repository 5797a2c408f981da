using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor Dropout(Dropout op, HostTensor x, params int[] step)
    {
        float[] results = x.Floats.ToArray();
        float scale = (float)(1 / (1 - (double)op.Rate));
        for (int i = 0; i < results.Length; i++)
        {
            uint[] counter =
            [
                (uint)((i / 64 * 16) + (i % 16)), (uint)(op.Stream + (1L << 31)), (uint)step[0],
                step.Length > 1 ? (uint)step[1] : 0,
            ];
            uint word = Philox(counter, (uint)(op.Seed & uint.MaxValue), (uint)(op.Seed >> 32))[
                i / 16 % 4];
            results[i] = word / 4294967296.0 < op.Rate ? 0 : results[i] * scale;
        }

        return HostTensor.Of(x.Shape, results);
    }

    private static uint[] Philox(uint[] x, uint left, uint right)
    {
        for (int round = 0; round < 10; round++)
        {
            var first = (UInt128)x[0] * 0xD2511F53;
            var second = (UInt128)x[2] * 0xCD9E8D57;
            x =
            [
                (uint)(second / (1UL << 32)) ^ x[1] ^ left, (uint)(second % (1UL << 32)),
                (uint)(first / (1UL << 32)) ^ x[3] ^ right, (uint)(first % (1UL << 32)),
            ];
            left = unchecked(left + 0x9E3779B9);
            right = unchecked(right + 0xBB67AE85);
        }

        return x;
    }
}
