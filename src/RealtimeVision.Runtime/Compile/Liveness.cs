using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile;

/// <summary>
/// Where a value's bytes are: in a buffer of the arena, or with the variable that it is a view of.
/// </summary>
/// <param name="Buffer">Number of the buffer; -1 where it is a variable's.</param>
/// <param name="Variable">The variable, else null.</param>
public readonly record struct Storage(int Buffer, Variable? Variable);

/// <summary>
/// When the values of a graph are needed, in its own order of nodes, and which share a buffer:
/// views with what they are views of, and results that are written over an input which nothing
/// reads later.
/// </summary>
public sealed class Liveness
{
    private readonly Graph _graph;
    private readonly Dictionary<Value, Storage> _storage = [];
    private readonly List<BufferLife> _buffers = [];
    // Values that must outlive the run, or that the caller writes before it: nothing may be written
    // over them.
    private readonly List<bool> _isPinned = [];

    private Liveness(Graph graph) => _graph = graph;

    /// <summary>Buffers of the arena, scratch memory of nodes not among them.</summary>
    public IReadOnlyList<BufferLife> Buffers => _buffers;

    /// <summary>Number of results that are written over an input.</summary>
    public int InPlaceCount { get; private set; }

    /// <summary>The liveness of a graph's values.</summary>
    public static Liveness Of(Graph graph)
    {
        var liveness = new Liveness(graph);
        liveness.Analyse();
        return liveness;
    }

    /// <summary>Where a value of the graph is.</summary>
    public Storage StorageOf(Value value) =>
        value.Variable is { } variable ? new Storage(-1, variable) : _storage[value];

    private void Analyse()
    {
        var lastUse = LastUses();
        foreach (var input in _graph.Inputs)
        {
            Allocate(input, 0, _graph.Nodes.Count, true);
        }

        for (int i = 0; i < _graph.Nodes.Count; i++)
        {
            var node = _graph.Nodes[i];
            for (int k = 0; k < node.Outputs.Length; k++)
            {
                var output = node.Outputs[k];
                int last = Math.Max(lastUse.GetValueOrDefault(output, i), i);
                if (k == 0 && node.Operator.IsView)
                {
                    Share(output, StorageOf(node.Inputs[0]!), last);
                }
                else if (k == 0 && InPlaceInput(node, i) is { } input)
                {
                    Share(output, StorageOf(input), last);
                    InPlaceCount++;
                }
                else
                {
                    Allocate(output, i, last, false);
                }
            }
        }
    }

    /// <summary>For each value the last node that reads it or a view of it.</summary>
    private Dictionary<Value, int> LastUses()
    {
        var lastUse = new Dictionary<Value, int>();
        int end = _graph.Nodes.Count;
        foreach (var value in _graph.Outputs.Concat(_graph.Assignments.Select(a => a.Value)))
        {
            lastUse[value] = end;
        }

        for (int i = end - 1; i >= 0; i--)
        {
            var node = _graph.Nodes[i];
            foreach (var input in node.Inputs)
            {
                if (input is not null)
                {
                    lastUse.TryAdd(input, i);
                }
            }

            // Going backwards, all readers of the view have been met: the source is needed as long
            // as the view.
            if (node.Operator.IsView && lastUse.TryGetValue(node.Outputs[0], out int last))
            {
                var source = node.Inputs[0]!;
                lastUse[source] = Math.Max(lastUse[source], last);
            }
        }

        return lastUse;
    }

    private Value? InPlaceInput(Node node, int index)
    {
        var types = node.InputTypes();
        for (int j = 0; j < node.Inputs.Count; j++)
        {
            if (node.Inputs[j] is not { } input || StorageOf(input) is not { Buffer: >= 0 } storage)
            {
                continue;
            }

            bool isFree = !_isPinned[storage.Buffer]
                && _buffers[storage.Buffer].Last == index
                && _buffers[storage.Buffer].Bytes >= node.Outputs[0].Type.Bytes
                && node.Inputs.Where((_, k) => k != j).All(
                    other => other is null || StorageOf(other).Buffer != storage.Buffer);
            if (isFree && node.Operator.CanRunInPlace(j, types))
            {
                return input;
            }
        }

        return null;
    }

    private void Allocate(Value value, int first, int last, bool isPinned)
    {
        _storage[value] = new Storage(_buffers.Count, null);
        _buffers.Add(new BufferLife(value.Type.Bytes, first, last));
        _isPinned.Add(isPinned);
    }

    private void Share(Value value, Storage storage, int last)
    {
        _storage[value] = storage;
        if (storage.Buffer >= 0)
        {
            var buffer = _buffers[storage.Buffer];
            _buffers[storage.Buffer] = buffer with { Last = Math.Max(buffer.Last, last) };
        }
    }
}
