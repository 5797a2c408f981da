using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import.Building;

/// <summary>
/// Adds nodes to a graph for tensors whose axes lie in any order. Transpositions are put off: a
/// tensor is moved only where an operator needs its axes in an order that they do not have, and
/// once for each order.
/// </summary>
internal sealed class GraphWriter(Graph graph)
{
    // What is computed while a graph is built are shapes and tables; a file whose constants unfold
    // to more is left to fail where it runs.
    private const long MaxKnownBytes = 1 << 28;

    private readonly Dictionary<(Value Value, IntList Order), Value> _transposed = [];
    private readonly HashSet<string> _names = [];
    private readonly Dictionary<Value, bool> _known = [];

    /// <summary>
    /// Name that the next nodes get, made unique with the operator's name and a number.
    /// </summary>
    public string NodeName { get; set; } = "";

    /// <summary>Adds a node and gives its outputs.</summary>
    public Value[] AddAll(Operator op, params Value?[] inputs)
    {
        string name = NodeName;
        for (int i = 1; !_names.Add(name); i++)
        {
            name = i == 1 ? $"{NodeName}/{op.Name}" : $"{NodeName}/{op.Name}{i}";
        }

        return graph.Node(op, name, inputs).Outputs;
    }

    /// <summary>Adds a node and gives its first output.</summary>
    public Value Add(Operator op, params Value?[] inputs) => AddAll(op, inputs)[0];

    /// <summary>A constant of the graph.</summary>
    public Value Constant(Variable variable) => graph.Variable(variable);

    /// <summary>
    /// The elements of a tensor, where they depend on constants alone: such a value is computed at
    /// once. Null where they do not.
    /// </summary>
    public HostTensor? Known(ImportedTensor x) => x switch
    {
        HostTensor host => host,
        GraphTensor tensor when IsKnown(tensor.Value) => HostTensor.Of(
            ConstantEvaluation.Evaluate(InOrder(tensor)), tensor.Element switch
            {
                ElementType.Float32 => StorageType.Float32,
                ElementType.Int32 => StorageType.Int64,
                _ => StorageType.UInt8,
            }),
        _ => null,
    };

    /// <summary>A tensor as a value whose dimension i is axis order[i].</summary>
    public Value InOrder(ImportedTensor x, IntList order) => x switch
    {
        HostTensor host => graph.Variable(host.ToVariable(order, Axes.Permute(host.Shape, order))),
        GraphTensor tensor => InOrder(tensor, order),
        _ => throw new ArgumentException($"{x.GetType()} is no imported tensor", nameof(x)),
    };

    /// <summary>A tensor as a value in the file's own order.</summary>
    public Value InOrder(ImportedTensor x) => InOrder(x, Axes.Identity(x.Rank));

    /// <summary>A tensor in the graph: constants become values in the file's order.</summary>
    public GraphTensor ToGraph(ImportedTensor x) => x as GraphTensor ?? new GraphTensor(InOrder(x));

    /// <summary>
    /// The operand of a pointwise function whose result has its axes in <paramref name="order"/>;
    /// it may have fewer axes and sizes of 1 (NumPy's rule).
    /// </summary>
    public Value Operand(ImportedTensor x, IntList order)
    {
        var shape = Axes.WithRank(x.Shape, order.Count);
        if (x is HostTensor host)
        {
            var sizes = Axes.WithoutLeadingOnes(Axes.Permute(shape, order));
            return graph.Variable(host.Reshape(shape).ToVariable(order, sizes));
        }

        return InOrder(Reshape((GraphTensor)x, shape), order);
    }

    /// <summary>
    /// The order of axes for a result of several tensors: that of the largest that has as many axes
    /// as the result, so that the smaller ones are moved.
    /// </summary>
    public static IntList CommonOrder(IEnumerable<ImportedTensor> tensors, int rank) =>
        tensors.OfType<GraphTensor>().Where(t => t.Rank == rank).MaxBy(t => t.Shape.Count)?.Order
            ?? Axes.Identity(rank);

    /// <summary>Pointwise functions of a tensor and operands that broadcast to its shape.</summary>
    public GraphTensor Pointwise(
        GraphTensor x, PointwiseChain chain, params ReadOnlySpan<ImportedTensor> operands)
    {
        var values = new Value?[operands.Length + 1];
        values[0] = x.Value;
        for (int i = 0; i < operands.Length; i++)
        {
            values[i + 1] = Operand(operands[i], x.Order);
        }

        return new GraphTensor(Add(new Pointwise(chain), values), x.Order);
    }

    /// <summary>A pointwise function of a tensor.</summary>
    public GraphTensor Pointwise(GraphTensor x, UnaryFunction function, float a = 0, float b = 0) =>
        Pointwise(x, PointwiseChain.Of(function, a, b));

    /// <summary>The elements as another type; nothing where they are of it.</summary>
    public ImportedTensor Cast(ImportedTensor x, ElementType type) =>
        x.Element == type ? x
        : x is HostTensor host ? host.Cast(type switch
        {
            ElementType.Float32 => StorageType.Float32,
            ElementType.Int32 => StorageType.Int32,
            _ => StorageType.UInt8,
        })
        : new GraphTensor(Add(new Cast(type), ((GraphTensor)x).Value), ((GraphTensor)x).Order);

    /// <summary>An operator whose inputs broadcast to the shape of its output.</summary>
    public GraphTensor Broadcast(Operator op, params ReadOnlySpan<ImportedTensor> inputs)
    {
        var shape = new Shape();
        ImportedTensor[] tensors = [.. inputs];
        foreach (var tensor in tensors)
        {
            shape = Shape.Broadcast(shape, tensor.Shape);
        }

        if (!tensors.OfType<GraphTensor>().Any())
        {
            tensors[0] = ToGraph(tensors[0]);
        }

        var order = CommonOrder(tensors, shape.Rank);
        return new GraphTensor(
            Add(op, Array.ConvertAll(tensors, tensor => Operand(tensor, order))), order);
    }

    /// <summary>A part of a tensor; starts, sizes and steps go by the file's axes.</summary>
    public GraphTensor Slice(GraphTensor x, int[] starts, Shape sizes, int[] steps)
    {
        if (sizes == x.Shape && steps.All(step => step == 1))
        {
            return x;
        }

        var order = x.Order;
        var slice = new Slice(
            ByOrder(starts, order), Axes.Permute(sizes, order), ByOrder(steps, order));
        return new GraphTensor(Add(slice, x.Value), order);
    }

    /// <summary>Entries start, start + step, ... along one axis.</summary>
    public GraphTensor Slice(GraphTensor x, int axis, int start, int size, int step = 1)
    {
        var starts = new int[x.Rank];
        int[] steps = [.. Enumerable.Repeat(1, x.Rank)];
        (starts[axis], steps[axis]) = (start, step);
        return Slice(x, starts, x.Shape.With(axis, size), steps);
    }

    /// <summary>Tensors one after the other along an axis.</summary>
    public GraphTensor Concat(IReadOnlyList<ImportedTensor> parts, int axis)
    {
        var order = CommonOrder(parts, parts[0].Rank);
        Value[] values = [.. parts.Select(part => InOrder(part, order))];
        return new GraphTensor(Add(new Concat(order.Values.IndexOf(axis)), values), order);
    }

    /// <summary>
    /// The elements under other sizes, in the order that they have by the file's axes. Axes that
    /// are merged are brought next to one another first; where they are already, nothing moves.
    /// </summary>
    public GraphTensor Reshape(GraphTensor x, Shape shape)
    {
        if (x.Shape == shape)
        {
            return x;
        }

        if (x.Shape.Count != shape.Count)
        {
            throw new ShapeException(
                $"node '{NodeName}': {x.Shape} has {x.Shape.Count} elements, "
                + $"{shape} has {shape.Count}");
        }

        var regrouping = Regrouping.Of(x.Shape, x.Order, shape);
        var value = InOrder(x, regrouping.SourceOrder);
        var sizes = Axes.Permute(shape, regrouping.TargetOrder);
        return new GraphTensor(Reshape(value, sizes), regrouping.TargetOrder);
    }

    /// <summary>Integers by axis as integers by dimension in memory.</summary>
    public static IntList ByOrder(ReadOnlySpan<int> values, IntList order)
    {
        var ordered = new int[order.Count];
        for (int i = 0; i < ordered.Length; i++)
        {
            ordered[i] = values[order[i]];
        }

        return [.. ordered];
    }

    private bool IsKnown(Value value)
    {
        if (!_known.TryGetValue(value, out bool known))
        {
            known = value.IsConstant
                || (value.Producer is { } node && value.Type.Bytes <= MaxKnownBytes
                    && node.Inputs.All(i => i is null || IsKnown(i)));
            _known.Add(value, known);
        }

        return known;
    }

    private Value Reshape(Value value, Shape sizes) =>
        value.Shape == sizes ? value : Add(new Reshape(sizes), value);

    private Value InOrder(GraphTensor x, IntList order)
    {
        if (x.Order == order)
        {
            return x.Value;
        }

        if (Axes.AreEquivalent(x.Shape, x.Order, order))
        {
            return Reshape(x.Value, Axes.Permute(x.Shape, order));
        }

        IntList permutation = [.. order.Values.ToArray().Select(x.DimensionOf)];
        if (!_transposed.TryGetValue((x.Value, permutation), out var value))
        {
            value = Add(new Transpose(permutation), x.Value);
            _transposed.Add((x.Value, permutation), value);
        }

        return value;
    }
}
