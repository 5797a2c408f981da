using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

public static partial class Reference
{
    /// <summary>All steps' h and the last h of a Gru or an Rnn.</summary>
    public static HostTensor[] Recurrent(RecurrentOperator op, IReadOnlyList<HostTensor?> inputs)
    {
        var (x, w, r) = (inputs[0]!, inputs[1]!, inputs[2]!);
        var (steps, batch, features, hidden) = (x.Shape[0], x.Shape[1], x.Shape[2], op.Hidden);
        int directions = w.Shape[0];
        int gates = w.Shape[2] / hidden;
        var y = new float[steps * batch * directions * hidden];
        var last = new float[directions * batch * hidden];
        for (int d = 0; d < directions; d++)
        {
            bool isReversed = d == 1 || op.Direction == RecurrentDirection.Reverse;
            for (int n = 0; n < batch; n++)
            {
                int state = ((d * batch) + n) * hidden;
                double[] h =
                    [.. Enumerable.Range(state, hidden).Select(i => (double?)At(4, i) ?? 0)];
                h.Select(v => (float)v).ToArray().CopyTo(last, state);
                for (int step = 0; step < steps; step++)
                {
                    int t = isReversed ? steps - 1 - step : step;
                    if (IsBeyond(inputs, n, t))
                    {
                        continue;
                    }

                    h = op is Gru gru ? NextOfGru(gru, d, n, t, h) : NextOfRnn((Rnn)op, d, n, t, h);
                    for (int j = 0; j < hidden; j++)
                    {
                        y[((((((t * batch) + n) * directions) + d) * hidden) + j)] = (float)h[j];
                        last[state + j] = (float)h[j];
                    }
                }
            }
        }

        return
        [
            HostTensor.Of(new Shape(steps, batch, directions * hidden), y),
            HostTensor.Of(new Shape(directions, batch, hidden), last),
        ];

        double[] NextOfRnn(Rnn rnn, int d, int n, int t, double[] h) =>
        [
            .. Enumerable.Range(0, hidden).Select(j =>
            {
                double sum = Limited(OfInput(d, n, t, j) + OfHidden(d, j, h) + Bias(d, 1, j));
                return rnn.Function switch
                {
                    RnnFunction.Relu => Math.Max(sum, 0),
                    RnnFunction.Sigmoid => Sigmoid(sum),
                    _ => Math.Tanh(sum),
                };
            }),
        ];

        double[] NextOfGru(Gru gru, int d, int n, int t, double[] h)
        {
            int biases = gru.ResetsAfter ? 4 : 3;
            var reset = Gate(0);
            var update = Gate(hidden);
            double[] scaled = [.. h.Select((value, j) => value * reset[j])];
            return
            [
                .. Enumerable.Range(0, hidden).Select(j =>
                {
                    int column = (2 * hidden) + j;
                    double sum = OfInput(d, n, t, column) + Bias(d, biases, column);
                    sum += gru.ResetsAfter
                        ? reset[j] * (OfHidden(d, column, h) + Bias(d, biases, column + hidden))
                        : OfHidden(d, column, scaled);
                    return ((1 - update[j]) * Math.Tanh(Limited(sum))) + (update[j] * h[j]);
                }),
            ];

            double[] Gate(int first) =>
            [
                .. Enumerable.Range(first, hidden).Select(j => Sigmoid(Limited(
                    OfInput(d, n, t, j) + OfHidden(d, j, h) + Bias(d, biases, j)))),
            ];
        }

        double OfInput(int d, int n, int t, int column) => Enumerable.Range(0, features).Sum(k =>
            (double)x.Floats[(((t * batch) + n) * features) + k]
            * w.Floats[(((d * features) + k) * gates * hidden) + column]);

        double OfHidden(int d, int column, double[] h) => Enumerable.Range(0, hidden).Sum(k =>
            h[k] * r.Floats[(((d * hidden) + k) * gates * hidden) + column]);

        double Bias(int d, int biases, int column) => At(3, (d * biases * hidden) + column) ?? 0;

        double Limited(double value) => Math.Clamp(value, -op.Clip, op.Clip);

        float? At(int input, int index) =>
            input < inputs.Count && inputs[input] is { } tensor ? tensor.Floats[index] : null;
    }

    /// <summary>True for a step that a sequence does not have.</summary>
    private static bool IsBeyond(IReadOnlyList<HostTensor?> inputs, int n, int t) =>
        inputs.Count > RecurrentOperator.Lengths
        && inputs[RecurrentOperator.Lengths] is { } lengths && t >= lengths.Ints[n];
}
