using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>One unit after the other, all steps back: the outputs in their order.</summary>
    public static HostTensor[] RecurrentGradient(
        RecurrentGradient op, IReadOnlyList<HostTensor?> inputs)
    {
        var layer = op.Forward;
        var (x, share, r) = (inputs[0]!, inputs[1]!, inputs[2]!);
        var (directions, steps, batch, columns) = (x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3]);
        int hidden = layer.Hidden;
        int gates = columns / hidden;
        bool isSplit = layer is Gru { ResetsAfter: true };
        var dSums = new float[x.Shape.Count];
        var dShare = new float[x.Shape.Count];
        var dH0 = new float[directions * batch * hidden];
        var dC0 = new float[dH0.Length];
        var cells = new float[x.Shape.Count / gates];
        for (int d = 0; d < directions; d++)
        {
            for (int n = 0; n < batch; n++)
            {
                int state = ((d * batch) + n) * hidden;
                var c = new double[steps + 1, hidden];
                for (int j = 0; j < hidden; j++)
                {
                    c[0, j] = Given(5, state + j);
                    for (int s = 0; layer is Lstm && s < steps; s++)
                    {
                        c[s + 1, j] = c[s, j];
                        cells[(Row(d, s, n) * hidden) + j] = (float)c[s, j];
                        if (IsBeyond(d, s, n))
                        {
                            continue;
                        }

                        double sumI = Sum(d, s, n, 0, j) + (Peephole(d, 0, j) * c[s, j]);
                        double sumF = Sum(d, s, n, 1, j) + (Peephole(d, 1, j) * c[s, j]);
                        var (i, f) = (Sigmoid(Limited(sumI)), Sigmoid(Limited(sumF)));
                        c[s + 1, j] = (f * c[s, j]) + (i * Math.Tanh(Limited(Sum(d, s, n, 2, j))));
                        cells[(Row(d, s, n) * hidden) + j] = (float)c[s + 1, j];
                    }
                }

                double[] dh = [.. Enumerable.Range(state, hidden).Select(i => (double)Given(8, i))];
                double[] dc = [.. Enumerable.Range(state, hidden).Select(i => (double)Given(9, i))];
                for (int s = steps - 1; s >= 0; s--)
                {
                    if (IsBeyond(d, s, n))
                    {
                        continue;
                    }

                    var gradients = new double[columns];
                    for (int j = 0; j < hidden; j++)
                    {
                        int y = (((Time(d, s) * batch) + n) * directions) + d;
                        double up = dh[j] + Given(7, (y * hidden) + j);
                        int at = (Row(d, s, n) * columns) + j;
                        double before = Given(3, (Row(d, s, n) * hidden) + j);
                        double[] sums =
                            [.. Enumerable.Range(0, gates).Select(g => Sum(d, s, n, g, j))];
                        double[] slopes;
                        (slopes, dh[j], dc[j]) = layer switch
                        {
                            Lstm _ => OfLstm(sums, up, dc[j], c[s, j], c[s + 1, j], d, j),
                            Gru { ResetsAfter: true } => OfGru(sums, OfHidden(d, s, n, j), up, before),
                            Gru => OfResettingGru(sums, up, before),
                            Rnn rnn => ([up * SlopeOf(rnn.Function, sums[0])], 0, 0),
                            _ => throw new ArgumentException($"{layer}"),
                        };
                        for (int g = 0; g < gates; g++)
                        {
                            dSums[at + (g * hidden)] = (float)slopes[g];
                            double ofShare = isSplit && g == 2 ? slopes[3] : slopes[g];
                            dShare[at + (g * hidden)] = (float)ofShare;
                            gradients[(g * hidden) + j] = ofShare;
                        }
                    }

                    int gated = columns;
                    if (layer is Gru { ResetsAfter: false })
                    {
                        gated -= hidden;
                        for (int k = 0; k < hidden; k++)
                        {
                            double ofScaled = 0;
                            for (int j = gated; j < columns; j++)
                            {
                                ofScaled += gradients[j]
                                    * r.Floats[(((d * hidden) + k) * columns) + j];
                            }

                            double before = Given(3, (Row(d, s, n) * hidden) + k);
                            var (reset, slope) = SigmoidAt(Sum(d, s, n, 0, k));
                            dh[k] += ofScaled * reset;
                            gradients[k] = ofScaled * before * slope;
                            dSums[(Row(d, s, n) * columns) + k] = (float)gradients[k];
                        }
                    }

                    for (int k = 0; k < hidden; k++)
                    {
                        for (int j = 0; j < gated; j++)
                        {
                            dh[k] += gradients[j] * r.Floats[(((d * hidden) + k) * columns) + j];
                        }
                    }
                }

                for (int j = 0; j < hidden; j++)
                {
                    (dH0[state + j], dC0[state + j]) = ((float)dh[j], (float)dc[j]);
                }
            }
        }

        var sumGradient = HostTensor.Of(x.Shape, dSums);
        var states = new Graph.Shape(directions, batch, hidden);
        var ofH0 = HostTensor.Of(states, dH0);
        return layer switch
        {
            Lstm _ =>
            [
                sumGradient, ofH0, HostTensor.Of(states, dC0),
                HostTensor.Of(x.Shape.With(3, hidden), cells),
            ],
            Gru { ResetsAfter: true } => [sumGradient, ofH0, HostTensor.Of(x.Shape, dShare)],
            _ => [sumGradient, ofH0],
        };

        (double[] Slopes, double DHidden, double DCell) OfLstm(
            double[] sums, double dh, double dc, double before, double cell, int d, int j)
        {
            double[] p = [Peephole(d, 0, j), Peephole(d, 1, j), Peephole(d, 2, j)];
            var (i, ofI) = SigmoidAt(sums[0] + (p[0] * before));
            var (f, ofF) = SigmoidAt(sums[1] + (p[1] * before));
            var (g, ofG) = TanhAt(sums[2]);
            var (o, ofO) = SigmoidAt(sums[3] + (p[2] * cell));
            double t = Math.Tanh(cell);
            double dO = dh * t * ofO;
            double all = dc + (dh * o * (1 - (t * t))) + (p[2] * dO);
            double[] slopes = [all * g * ofI, all * before * ofF, all * i * ofG, dO];
            return (slopes, 0, (all * f) + (p[0] * slopes[0]) + (p[1] * slopes[1]));
        }

        (double[] Slopes, double DHidden, double DCell) OfGru(
            double[] sums, double ofHidden, double dh, double before)
        {
            var (r, ofR) = SigmoidAt(sums[0]);
            var (z, ofZ) = SigmoidAt(sums[1]);
            var (n, ofN) = TanhAt(sums[2] + (r * ofHidden));
            double dN = dh * (1 - z) * ofN;
            return ([dN * ofHidden * ofR, dh * (before - n) * ofZ, dN, dN * r], dh * z, 0);
        }

        (double[] Slopes, double DHidden, double DCell) OfResettingGru(
            double[] sums, double dh, double before)
        {
            var (z, ofZ) = SigmoidAt(sums[1]);
            var (n, ofN) = TanhAt(sums[2]);
            return ([0, dh * (before - n) * ofZ, dh * (1 - z) * ofN], dh * z, 0);
        }

        double SlopeOf(RnnFunction function, double sum) => function switch
        {
            RnnFunction.Relu => sum > 0 && sum <= layer.Clip ? 1 : 0,
            RnnFunction.Sigmoid => SigmoidAt(sum).Slope,
            _ => TanhAt(sum).Slope,
        };

        (double Value, double Slope) SigmoidAt(double sum)
        {
            double y = Sigmoid(Limited(sum));
            return (y, Math.Abs(sum) > layer.Clip ? 0 : y * (1 - y));
        }

        (double Value, double Slope) TanhAt(double sum)
        {
            double y = Math.Tanh(Limited(sum));
            return (y, Math.Abs(sum) > layer.Clip ? 0 : 1 - (y * y));
        }

        int Time(int d, int s) =>
            d == 1 || layer.Direction == RecurrentDirection.Reverse ? steps - 1 - s : s;

        bool IsBeyond(int d, int s, int n) =>
            inputs[10] is { } lengths && Time(d, s) >= lengths.Ints[n];

        int Row(int d, int s, int n) => (((d * steps) + Time(d, s)) * batch) + n;

        double Sum(int d, int s, int n, int gate, int j)
        {
            int at = (Row(d, s, n) * columns) + (gate * hidden) + j;
            int biases = columns + (isSplit ? hidden : 0);
            double ofHidden = isSplit && gate == 2 ? 0 : share.Floats[at];
            return x.Floats[at] + ofHidden + Given(4, (d * biases) + (gate * hidden) + j);
        }

        double OfHidden(int d, int s, int n, int j) =>
            share.Floats[(Row(d, s, n) * columns) + (2 * hidden) + j]
                + Given(4, (d * 4 * hidden) + (3 * hidden) + j);

        double Limited(double sum) => Math.Clamp(sum, -layer.Clip, layer.Clip);

        double Peephole(int d, int gate, int j) => Given(6, (((d * 3) + gate) * hidden) + j);

        float Given(int input, int index) =>
            inputs[input] is { } tensor ? tensor.Floats[index] : 0f;
    }
}
