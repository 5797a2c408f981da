using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>dx, dgamma and dbeta, those that the operator computes.</summary>
    public static HostTensor[] NormGradient(NormGradient op, IReadOnlyList<HostTensor?> inputs)
    {
        var (dy, x, factors) = (inputs[0]!, inputs[1]!, inputs[2]!);
        var (means, gamma) = (inputs[3], inputs[4]);
        int channels = (int)(gamma?.Shape.Count ?? 1);
        var dx = new float[x.Shape.Count];
        var dgamma = new double[channels];
        var dbeta = new double[channels];
        int number = 0;
        foreach (var group in NormGroups(op.Forward, x.Shape))
        {
            double factor = factors.Floats[number];
            double mean = means?.Floats[number] ?? 0;
            double sum = op.Forward is RmsNorm ? 0 : group.Average(Scaled);
            double product = group.Average(i => Scaled(i) * Normalised(i));
            foreach (int i in group)
            {
                dx[i] = (float)(factor * (Scaled(i) - sum - (Normalised(i) * product)));
                dgamma[i % channels] += dy.Floats[i] * Normalised(i);
                dbeta[i % channels] += dy.Floats[i];
            }

            number++;

            double Normalised(int i) => (x.Floats[i] - mean) * factor;
        }

        HostTensor[] ofInput = op.OfInput ? [HostTensor.Of(x.Shape, dx)] : [];
        HostTensor[] ofParameters = op.OfParameters ? [OfGamma(dgamma), OfGamma(dbeta)] : [];
        return [.. ofInput, .. ofParameters];

        double Scaled(int i) => (double)dy.Floats[i] * (gamma?.Floats[i % channels] ?? 1);

        HostTensor OfGamma(double[] values) =>
            HostTensor.Of(gamma!.Shape, Array.ConvertAll(values, v => (float)v));
    }
}
