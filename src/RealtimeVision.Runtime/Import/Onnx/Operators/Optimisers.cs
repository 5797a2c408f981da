using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Steps of optimisers (domain ai.onnx.preview.training). Each takes the learning rate R, the
/// number of steps done T, and then, for any number of parameters, the parameters X, their
/// gradients G and the optimiser's state.
/// </summary>
internal static class Optimisers
{
    private const string Domain = "ai.onnx.preview.training.";

    public static IEnumerable<OperatorMapper> All =>
    [
        new(Domain + "Adagrad", n => Each(n, 1, Adagrad)),
        new(Domain + "Adam", n => Each(n, 2, Adam)),
        new(Domain + "Momentum", n => Each(n, 1, Momentum)),
    ];

    // One parameter's new value and state, of its value, gradient and state.
    private delegate Term[] Step(NodeContext n, Term rate, Term x, Term gradient, Term[] state);

    // Outputs go by kind as inputs do: all new parameters, then all new states.
    private static ImportedTensor?[] Each(NodeContext n, int states, Step step)
    {
        int kinds = states + 2;
        int count = (n.InputCount - 2) / kinds;
        if (count * kinds != n.InputCount - 2)
        {
            throw n.Node.Bad($"{n.InputCount - 2} tensors are not {kinds} for each parameter");
        }

        var rate = Term.Of(n, 0);
        float decay = n.Node.Float("norm_coefficient", 0);
        var outputs = new ImportedTensor?[(states + 1) * count];
        for (int i = 0; i < count; i++)
        {
            var x = Of(0);
            var results = step(
                n, rate, x, (decay * x) + Of(1), [.. Enumerable.Range(2, states).Select(Of)]);
            for (int kind = 0; kind < results.Length; kind++)
            {
                outputs[(kind * count) + i] = results[kind].Tensor;
            }

            Term Of(int kind) => Term.Of(n, 2 + (kind * count) + i);
        }

        return outputs;
    }

    private static Term[] Adagrad(NodeContext n, Term rate, Term x, Term g, Term[] state)
    {
        var decayed = rate / ((n.Node.Float("decay_factor", 0) * Term.Of(n, 1)) + 1);
        var squares = state[0] + (g * g);
        return [x - (decayed * g / (squares.Sqrt() + n.Node.Float("epsilon", 0))), squares];
    }

    private static Term[] Momentum(NodeContext n, Term rate, Term x, Term g, Term[] state)
    {
        float alpha = n.Node.Float("alpha", 0);
        var scaled = (n.Node.Float("beta", 0) * g).Where(n.Input(1), g);
        var velocity = (alpha * state[0]) + scaled;
        string mode = n.Node.Text("mode", "standard");
        return mode switch
        {
            "standard" => [x - (rate * velocity), velocity],
            "nesterov" => [x - (rate * (g + (alpha * velocity))), velocity],
            _ => throw n.Node.Bad($"'{mode}' is neither standard nor nesterov", "mode"),
        };
    }

    private static Term[] Adam(NodeContext n, Term rate, Term x, Term g, Term[] state)
    {
        float alpha = n.Node.Float("alpha", 0.9f);
        float beta = n.Node.Float("beta", 0.999f);
        var steps = Term.Of(n, 1);
        var mean = (alpha * state[0]) + ((1 - alpha) * g);
        var squares = (beta * state[1]) + ((1 - beta) * (g * g));
        var corrected = rate * (1 - steps.PowerOf(beta)).Sqrt() / (1 - steps.PowerOf(alpha));
        var adjusted = corrected.Where(n.Input(1), rate);
        var next = x - (adjusted * mean / (squares.Sqrt() + n.Node.Float("epsilon", 0)));
        return [(1 - n.Node.Float("norm_coefficient_post", 0)) * next, mean, squares];
    }
}
