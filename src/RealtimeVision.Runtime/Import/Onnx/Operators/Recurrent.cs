using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>LSTM.</summary>
internal static class Recurrent
{
    // Inputs of ONNX's LSTM.
    private const int X = 0;
    private const int W = 1;
    private const int R = 2;
    private const int B = 3;
    private const int Lengths = 4;
    private const int InitialH = 5;
    private const int InitialC = 6;
    private const int Peepholes = 7;

    // ONNX has the gates in the order i, o, f, c; ours is i, f, g, o, where g is its c.
    private static readonly int[] GateOrder = [0, 2, 3, 1];

    private static readonly string[] Activations = ["Sigmoid", "Tanh", "Tanh"];

    public static IEnumerable<OperatorMapper> All => [new("LSTM", Lstm, Refusal)];

    private static string? Refusal(OnnxNode node)
    {
        string[]? activations = node.Texts("activations");
        return node.HasInput(Peepholes) ? "peephole weights are not supported"
            : node.Int("layout", 0) != 0 ? "layout 1 (batch first) is not supported"
            : node.Has("clip") ? "clip is not supported"
            : node.Flag("input_forget") ? "input_forget is not supported"
            : activations?.Where(
                (a, i) =>
                    !a.Equals(Activations[i % 3], StringComparison.OrdinalIgnoreCase)).Any() == true
                ? $"activations {string.Join(", ", activations)} are not supported"
            : null;
    }

    private static ImportedTensor?[] Lstm(NodeContext n)
    {
        var x = n.Floats(X);
        if (x.Rank != 3)
        {
            throw new ShapeException($"{x.Shape} is no sequence [steps, batch, features]");
        }

        var direction = Direction(n);
        int directions = direction == RecurrentDirection.Bidirectional ? 2 : 1;
        int hidden = n.Input(R).Rank == 3 ? n.Input(R).Shape[2] : n.Node.Int("hidden_size");
        RequireFullLengths(n, x.Shape[0]);

        // Weights [D, 4 H, F] become [D, F, 4 H].
        var inputs = new Value?[6];
        inputs[Kernels.Operators.Lstm.Sequence] = n.Graph.InOrder(x);
        inputs[Kernels.Operators.Lstm.InputWeights] = Weights(n, W, directions, hidden);
        inputs[Kernels.Operators.Lstm.RecurrentWeights] = Weights(n, R, directions, hidden);
        inputs[Kernels.Operators.Lstm.Bias] = n.Optional(B) is null
            ? null
            : Bias(n, directions, hidden);
        inputs[Kernels.Operators.Lstm.InitialHidden] = State(n, InitialH);
        inputs[Kernels.Operators.Lstm.InitialCell] = State(n, InitialC);
        var outputs = n.Graph.AddAll(new Lstm(hidden, direction), inputs);

        // Results of both directions lie side by side: [T, N, D, H], which the file has as [T, D,
        // N, H].
        var all = new GraphTensor(outputs[0]);
        var y = n.Graph.Reshape(all, new(x.Shape[0], x.Shape[1], directions, hidden)).Permuted(
            [0, 2, 1, 3]);
        return [y, new GraphTensor(outputs[1]), new GraphTensor(outputs[2])];
    }

    private static RecurrentDirection Direction(NodeContext n)
    {
        string direction = n.Node.Text("direction", "forward");
        return direction switch
        {
            "forward" => RecurrentDirection.Forward,
            "reverse" => RecurrentDirection.Reverse,
            "bidirectional" => RecurrentDirection.Bidirectional,
            _ => throw n.Node.Bad($"'{direction}' is no direction", "direction"),
        };
    }

    private static void RequireFullLengths(NodeContext n, int steps)
    {
        if (n.Optional(Lengths) is not null
            && Array.Exists(
                n.ConstantInts(Lengths, "the lengths of its sequences"), length => length != steps))
        {
            throw NodeContext.Unsupported(
                "sequences shorter than the batch (sequence_lens) are not supported");
        }
    }

    private static Value? State(NodeContext n, int input) =>
        n.Optional(input) is null ? null : n.Graph.InOrder(n.Input(input));

    private static Value Weights(NodeContext n, int input, int directions, int hidden)
    {
        var weights = n.Constant(input, "its weights");
        if (weights.Rank != 3 || weights.Shape[0] != directions || weights.Shape[1] != 4 * hidden)
        {
            throw new ShapeException(
                $"weights {weights.Shape} are not [{directions}, {4 * hidden}, ...]");
        }

        int[] rows = GateRows(hidden);
        var reordered = weights.Derive(
            "gates", w => w.Take(w.Shape, IndexWalk.Gather(w.Shape, 1, rows)));
        return n.Graph.InOrder(reordered, [0, 2, 1]);
    }

    // [D, 8 H]: biases of the inputs, then of the recurrent weights; only their sum matters.
    private static Value Bias(NodeContext n, int directions, int hidden)
    {
        var bias = n.Constant(B, "its bias");
        if (bias.Rank != 2 || bias.Shape[0] != directions || bias.Shape[1] != 8 * hidden)
        {
            throw new ShapeException($"bias {bias.Shape} is not [{directions}, {8 * hidden}]");
        }

        int[] rows = GateRows(hidden);
        var summed = bias.Derive("gates", b =>
        {
            var sums = new float[directions * 4 * hidden];
            for (int d = 0; d < directions; d++)
            {
                for (int i = 0; i < rows.Length; i++)
                {
                    int at = (d * 8 * hidden) + rows[i];
                    sums[(d * rows.Length) + i] = b.Floats[at] + b.Floats[at + (4 * hidden)];
                }
            }

            return new HostTensor(b.Name, new Shape(directions, 4 * hidden), sums, b.IsFixed);
        });
        return n.Graph.InOrder(summed);
    }

    private static int[] GateRows(int hidden) =>
        [.. Enumerable.Range(0, 4 * hidden).Select(
            i => (GateOrder[i / hidden] * hidden) + (i % hidden))];
}
