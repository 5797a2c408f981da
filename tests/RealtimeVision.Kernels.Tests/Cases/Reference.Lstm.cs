using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>All steps' h, the last h and the last c.</summary>
    public static HostTensor[] Lstm(Lstm op, IReadOnlyList<HostTensor?> inputs)
    {
        var (x, w, r) = (inputs[0]!, inputs[1]!, inputs[2]!);
        var (steps, batch, features, hidden) = (x.Shape[0], x.Shape[1], x.Shape[2], op.Hidden);
        int directions = w.Shape[0];
        var y = new float[steps * batch * directions * hidden];
        var lastH = new float[directions * batch * hidden];
        var lastC = new float[directions * batch * hidden];
        for (int d = 0; d < directions; d++)
        {
            bool isReversed = d == 1 || op.Direction == RecurrentDirection.Reverse;
            for (int n = 0; n < batch; n++)
            {
                int state = ((d * batch) + n) * hidden;
                double[] h = [.. Enumerable.Range(state, hidden).Select(i => (double)Given(4, i))];
                double[] c = [.. Enumerable.Range(state, hidden).Select(i => (double)Given(5, i))];
                h.Select(v => (float)v).ToArray().CopyTo(lastH, state);
                c.Select(v => (float)v).ToArray().CopyTo(lastC, state);
                for (int step = 0; step < steps; step++)
                {
                    int t = isReversed ? steps - 1 - step : step;
                    if (IsBeyond(inputs, n, t))
                    {
                        continue;
                    }

                    var gates = new double[4 * hidden];
                    for (int j = 0; j < gates.Length; j++)
                    {
                        gates[j] = Given(3, (d * 4 * hidden) + j);
                        for (int k = 0; k < features; k++)
                        {
                            gates[j] += (double)x.Floats[(((t * batch) + n) * features) + k]
                                * w.Floats[(((d * features) + k) * 4 * hidden) + j];
                        }

                        for (int k = 0; k < hidden; k++)
                        {
                            gates[j] += h[k] * r.Floats[(((d * hidden) + k) * 4 * hidden) + j];
                        }
                    }

                    for (int j = 0; j < hidden; j++)
                    {
                        double i = Sigmoid(Limited(gates[j] + (Peephole(d, 0, j) * c[j])));
                        double f = Sigmoid(Limited(gates[hidden + j] + (Peephole(d, 1, j) * c[j])));
                        c[j] = (f * c[j]) + (i * Math.Tanh(Limited(gates[(2 * hidden) + j])));
                        double o = gates[(3 * hidden) + j] + (Peephole(d, 2, j) * c[j]);
                        h[j] = Sigmoid(Limited(o)) * Math.Tanh(c[j]);
                        y[((((t * batch) + n) * directions) + d) * hidden + j] = (float)h[j];
                        (lastH[state + j], lastC[state + j]) = ((float)h[j], (float)c[j]);
                    }
                }
            }
        }

        return
        [
            HostTensor.Of(new Shape(steps, batch, directions * hidden), y),
            HostTensor.Of(new Shape(directions, batch, hidden), lastH),
            HostTensor.Of(new Shape(directions, batch, hidden), lastC),
        ];

        double Limited(double x) => Math.Clamp(x, -op.Clip, op.Clip);

        double Peephole(int d, int gate, int j) => Given(6, (((d * 3) + gate) * hidden) + j);

        float Given(int input, int index) =>
            input < inputs.Count && inputs[input] is { } tensor ? tensor.Floats[index] : 0f;
    }
}
