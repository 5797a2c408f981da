using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>LSTM, GRU and RNN.</summary>
internal static class Recurrent
{
    // Inputs of all of them, and of LSTM alone.
    private const int X = 0;
    private const int W = 1;
    private const int R = 2;
    private const int B = 3;
    private const int Lengths = 4;
    private const int InitialH = 5;
    private const int InitialC = 6;
    private const int Peepholes = 7;

    // ONNX has the gates of LSTM in the order i, o, f, c; ours is i, f, g, o, where g is its c. It
    // has those of GRU in the order z, r, h; ours is r, z, n. Its bias has the gates of the input,
    // then those of h, of which mostly the sums matter.
    private static readonly Blocks LstmWeights = new(4, [[0], [2], [3], [1]]);
    private static readonly Blocks LstmBias = new(8, [[0, 4], [2, 6], [3, 7], [1, 5]]);
    private static readonly Blocks LstmPeepholes = new(3, [[0], [2], [1]]);
    private static readonly Blocks GruWeights = new(3, [[1], [0], [2]]);
    private static readonly Blocks GruBias = new(6, [[1, 4], [0, 3], [2, 5]]);
    private static readonly Blocks GruBiasResetAfter = new(6, [[1, 4], [0, 3], [2], [5]]);
    private static readonly Blocks RnnWeights = new(1, [[0]]);
    private static readonly Blocks RnnBias = new(2, [[0, 1]]);

    private static readonly string[] LstmFunctions = ["Sigmoid", "Tanh", "Tanh"];
    private static readonly string[] GruFunctions = ["Sigmoid", "Tanh"];

    public static IEnumerable<OperatorMapper> All =>
    [
        new("LSTM", Lstm, n => Refusal(n, LstmFunctions)),
        new("GRU", Gru, n => Refusal(n, GruFunctions)),
        new("RNN", Rnn, RnnRefusal),
    ];

    private static string? Refusal(OnnxNode node, string[] functions)
    {
        string[]? activations = node.Texts("activations");
        return node.Flag("input_forget") ? "input_forget is not supported"
            : activations?.Where((a, i) => !AreSame(a, functions[i % functions.Length])).Any() == true
                ? $"activations {string.Join(", ", activations)} are not supported"
            : null;
    }

    private static string? RnnRefusal(OnnxNode node) =>
        node.Texts("activations") is { Length: > 0 } activations
            && (FunctionOf(activations[0]) is null
                || activations.Any(a => !AreSame(a, activations[0])))
                ? $"activations {string.Join(", ", activations)} are not supported"
                : null;

    private static ImportedTensor?[] Lstm(NodeContext n)
    {
        var layer = new Layer(n);
        return layer.Outputs(
            new Lstm(layer.Hidden, layer.Direction),
            [
                layer.Weights(W, LstmWeights), layer.Weights(R, LstmWeights), layer.Bias(LstmBias),
                layer.State(InitialH), layer.State(InitialC),
                layer.Optional(Peepholes, LstmPeepholes, "peephole weights"),
            ]);
    }

    private static ImportedTensor?[] Gru(NodeContext n)
    {
        var layer = new Layer(n);
        bool resetsAfter = n.Node.Flag("linear_before_reset");
        return layer.Outputs(
            new Gru(layer.Hidden, layer.Direction, resetsAfter),
            [
                layer.Weights(W, GruWeights), layer.Weights(R, GruWeights),
                layer.Bias(resetsAfter ? GruBiasResetAfter : GruBias), layer.State(InitialH),
            ]);
    }

    private static ImportedTensor?[] Rnn(NodeContext n)
    {
        var layer = new Layer(n);
        var function = n.Node.Texts("activations") is { Length: > 0 } activations
            ? FunctionOf(activations[0])!.Value
            : RnnFunction.Tanh;
        return layer.Outputs(
            new Rnn(layer.Hidden, layer.Direction, function),
            [
                layer.Weights(W, RnnWeights), layer.Weights(R, RnnWeights), layer.Bias(RnnBias),
                layer.State(InitialH),
            ]);
    }

    private static RnnFunction? FunctionOf(string activation) =>
        Enum.GetValues<RnnFunction>().Where(f => AreSame(f.ToString(), activation))
            .Select(f => (RnnFunction?)f).FirstOrDefault();

    private static bool AreSame(string a, string b) =>
        a.Equals(b, StringComparison.OrdinalIgnoreCase);

    /// <summary>Which blocks of rows of a file's tensor make a block of ours, as their sum.</summary>
    /// <param name="Count">Blocks that the file has.</param>
    /// <param name="Sources">For each of ours, those of the file.</param>
    private sealed record Blocks(int Count, int[][] Sources);

    /// <summary>What the mappers of all layers share: checks, the order of axes, outputs.</summary>
    private sealed class Layer
    {
        private readonly NodeContext _n;
        private readonly GraphTensor _x;
        private readonly int _directions;
        private readonly bool _isBatchFirst;
        private readonly Value? _lengths;

        public Layer(NodeContext n)
        {
            _n = n;
            _x = n.Floats(X);
            _isBatchFirst = n.Node.Flag("layout");
            if (_x.Rank != 3)
            {
                throw new ShapeException($"{_x.Shape} is no sequence [steps, batch, features]");
            }

            string direction = n.Node.Text("direction", "forward");
            Direction = direction switch
            {
                "forward" => RecurrentDirection.Forward,
                "reverse" => RecurrentDirection.Reverse,
                "bidirectional" => RecurrentDirection.Bidirectional,
                _ => throw n.Node.Bad($"'{direction}' is no direction", "direction"),
            };
            _directions = Direction == RecurrentDirection.Bidirectional ? 2 : 1;
            Hidden = n.Input(R).Rank == 3 ? n.Input(R).Shape[2] : n.Node.Int("hidden_size");
            _lengths = SequenceLengths(_x.Shape[_isBatchFirst ? 1 : 0]);
        }

        public RecurrentDirection Direction { get; }

        public int Hidden { get; }

        // Our steps come before our sequences, and directions before both.
        private IntList Order => _isBatchFirst ? [1, 0, 2] : [0, 1, 2];

        /// <summary>[D, gates H, ...] as [D, ..., gates H].</summary>
        public Value Weights(int input, Blocks blocks) =>
            _n.Graph.InOrder(Regrouped(input, blocks, 3, "weights"), [0, 2, 1]);

        public Value? Bias(Blocks blocks) => Optional(B, blocks, "bias");

        public Value? Optional(int input, Blocks blocks, string what) =>
            _n.Optional(input) is null
                ? null
                : _n.Graph.InOrder(Regrouped(input, blocks, 2, what));

        public Value? State(int input) =>
            _n.Optional(input) is null ? null : _n.Graph.InOrder(_n.Floats(input), Order);

        public ImportedTensor?[] Outputs(RecurrentOperator op, Value?[] inputs)
        {
            float clip = _n.Node.Float("clip", 0);
            var all = new Value?[_lengths is null ? inputs.Length + 1 : RecurrentOperator.Lengths + 1];
            all[0] = _n.Graph.InOrder(_x, Order);
            inputs.CopyTo(all, 1);
            if (_lengths is not null)
            {
                all[RecurrentOperator.Lengths] = _lengths;
            }

            var outputs = _n.Graph.AddAll(clip > 0 ? op with { Clip = clip } : op, all);

            // Results of both directions lie side by side: [T, N, D, H], which the file has as
            // [T, D, N, H], or as [N, T, D, H].
            var h = outputs[0];
            var y = _n.Graph.Reshape(
                new GraphTensor(h), new(h.Shape[0], h.Shape[1], _directions, Hidden));
            int[] permutation = _isBatchFirst ? [1, 0, 2, 3] : [0, 2, 1, 3];
            return
            [
                y.Permuted(permutation),
                .. outputs.Skip(1).Select(state =>
                    new GraphTensor(state).Permuted(Order.Values)),
            ];
        }

        private ImportedTensor Regrouped(int input, Blocks blocks, int rank, string what)
        {
            var x = _n.Input(input);
            int rows = blocks.Count * Hidden;
            if (x.Rank != rank || x.Shape[0] != _directions || x.Shape[1] != rows)
            {
                string rest = rank == 3 ? ", ..." : "";
                throw new ShapeException(
                    $"{what} {x.Shape} are not [{_directions}, {rows}{rest}]");
            }

            if (x is HostTensor host)
            {
                string order = string.Join(' ', blocks.Sources.Select(s => string.Join('+', s)));
                return host.Derive($"gates {order}", h => Regrouped(h, blocks));
            }

            var tensor = _n.Floats(x);
            return _n.Graph.Concat([.. blocks.Sources.Select(sources => sources.Select(BlockOf)
                .Aggregate((sum, block) =>
                    _n.Graph.Pointwise(sum, PointwiseChain.Of(Binary.Add), block)))], 1);

            GraphTensor BlockOf(int block) =>
                _n.Graph.Slice(tensor, 1, block * Hidden, Hidden);
        }

        private static HostTensor Regrouped(HostTensor x, Blocks blocks)
        {
            int directions = x.Shape[0];
            int count = blocks.Sources.Length;
            int size = x.Count / (directions * blocks.Count);
            var elements = new float[directions * count * size];
            for (int i = 0; i < elements.Length; i++)
            {
                var (block, at) = Math.DivRem(i, size);
                int first = block / count * blocks.Count;
                foreach (int source in blocks.Sources[block % count])
                {
                    elements[i] += x.Floats[((first + source) * size) + at];
                }
            }

            var shape = x.Shape.With(1, x.Shape[1] / blocks.Count * count);
            return new HostTensor(x.Name, shape, elements, x.IsFixed);
        }

        /// <summary>Lengths of the sequences; null where all are as long as the batch.</summary>
        private Value? SequenceLengths(int steps) => _n.Optional(Lengths) switch
        {
            null => null,
            HostTensor { IsFloat: false } host when Array.TrueForAll(
                host.Integers, length => length == steps) => null,
            { Element: ElementType.Int32 } lengths => _n.Graph.InOrder(lengths),
            var other => throw _n.Node.Bad(
                $"lengths are of {other.Element}, not integers", $"input[{Lengths}]"),
        };
    }
}
