using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    public static HostTensor BatchNorm(BatchNorm op, IReadOnlyList<HostTensor?> inputs)
    {
        var x = inputs[0]!;
        var results = new float[x.Shape.Count];
        for (int i = 0; i < results.Length; i++)
        {
            int c = i % x.Shape[-1];
            double deviation = Math.Sqrt((double)inputs[4]!.Floats[c] + op.Epsilon);
            double normal = (x.Floats[i] - (double)inputs[3]!.Floats[c]) / deviation;
            results[i] = (float)((normal * inputs[1]!.Floats[c]) + inputs[2]!.Floats[c]);
        }

        return HostTensor.Of(x.Shape, results);
    }
}
