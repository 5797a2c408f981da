using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Computes once what several nodes compute alike (common subexpressions): the same operator, with
/// the same parameters, of the same values. Constants of equal content become one first.
/// </summary>
/// <param name="constants">Knows constants of equal content, those of other graphs too.</param>
public sealed class MergeCommonNodes(ConstantStore constants) : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph)
    {
        var known = new Dictionary<Key, Node>();
        return GraphRewriter.Run(graph, (rewriter, node) =>
        {
            var inputs = Array.ConvertAll(
                rewriter.MapInputs(node),
                value => value is { IsConstant: true }
                    ? rewriter.Target.Variable(constants.Unique(value.Variable!))
                    : value);
            var key = new Key(node.Operator, inputs);
            if (!known.TryGetValue(key, out var first))
            {
                first = rewriter.Target.Node(node.Operator, node.Name, inputs);
                for (int i = 0; i < first.Outputs.Length; i++)
                {
                    first.Outputs[i].Name = node.Outputs[i].Name;
                }

                known.Add(key, first);
            }

            for (int i = 0; i < first.Outputs.Length; i++)
            {
                rewriter.Replace(node.Outputs[i], first.Outputs[i]);
            }

            return true;
        });
    }

    private readonly struct Key(Operator op, Value?[] inputs) : IEquatable<Key>
    {
        private readonly Operator _op = op;
        private readonly Value?[] _inputs = inputs;

        public bool Equals(Key other) =>
            _op.Equals(other._op) && _inputs.AsSpan().SequenceEqual(other._inputs);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(_op);
            foreach (var input in _inputs)
            {
                hash.Add(input);
            }

            return hash.ToHashCode();
        }
    }
}
