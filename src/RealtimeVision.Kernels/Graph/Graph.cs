namespace RealtimeVision.Kernels.Graph;

/// <summary>A tensor of a graph: an input, a variable, or what a node computes.</summary>
public sealed class Value
{
    internal Value(string name, TensorType type, Node? producer, int outputIndex, Variable? variable)
    {
        Name = name;
        Type = type;
        Producer = producer;
        OutputIndex = outputIndex;
        Variable = variable;
    }

    /// <summary>Its name in the model, or one made from its node's.</summary>
    public string Name { get; set; }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>Shape of <see cref="Type"/>.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The node that computes it; null for inputs and variables.</summary>
    public Node? Producer { get; }

    /// <summary>Which of its producer's outputs it is.</summary>
    public int OutputIndex { get; }

    /// <summary>What it holds from run to run; null for inputs and computed values.</summary>
    public Variable? Variable { get; }

    /// <summary>
    /// True for a variable that nothing writes: it can be folded and packed ahead.
    /// </summary>
    public bool IsConstant => Variable is { IsConstant: true };

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Type}";
}

/// <summary>
/// What lasts from run to run: weights, statistics, recurrent state. Belongs to the model; graphs
/// made of the same model for other sizes share it.
/// </summary>
public sealed class Variable
{
    private readonly byte[] _data;

    /// <summary>Makes a variable of a copy-free byte array, little-endian, row-major.</summary>
    /// <exception cref="ArgumentException">The array's length is not that of the type.</exception>
    public Variable(string name, TensorType type, byte[] data, bool isConstant = true)
    {
        if (data.LongLength != type.Bytes)
        {
            throw new ArgumentException($"{name}: {data.LongLength} bytes given, {type} has {type.Bytes}");
        }

        Name = name;
        Type = type;
        _data = data;
        IsConstant = isConstant;
    }

    /// <summary>Its name in the model.</summary>
    public string Name { get; }

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>True where nothing writes it.</summary>
    public bool IsConstant { get; }

    /// <summary>The value (of a state: the value it starts with).</summary>
    public ReadOnlySpan<byte> Data => _data;

    /// <summary>The value as elements of <typeparamref name="T"/>.</summary>
    public ReadOnlySpan<T> As<T>()
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, T>(_data);

    /// <summary>A constant of 32-bit floats.</summary>
    public static Variable Constant(string name, Shape shape, ReadOnlySpan<float> values) =>
        new(name, new TensorType(ElementType.Float32, shape),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(values).ToArray());
}

/// <summary>One operator at work on values of a graph.</summary>
public sealed class Node
{
    internal Node(Operator op, string name, Value?[] inputs)
    {
        Operator = op;
        Name = name;
        Inputs = inputs;
        var types = Array.ConvertAll(inputs, i => i?.Type ?? TensorType.Absent);
        TensorType[] outputs;
        try
        {
            outputs = op.Infer(types);
        }
        catch (ShapeException e)
        {
            throw new ShapeException($"node '{name}': {e.Message}", e);
        }

        Outputs = new Value[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            Outputs[i] = new Value(i == 0 ? name : $"{name}:{i}", outputs[i], this, i, null);
        }
    }

    /// <summary>What it does.</summary>
    public Operator Operator { get; }

    /// <summary>Its name in the model; unique where the model's names are.</summary>
    public string Name { get; }

    /// <summary>What it reads; null where an optional input is absent.</summary>
    public IReadOnlyList<Value?> Inputs { get; }

    /// <summary>What it computes.</summary>
    public Value[] Outputs { get; }

    /// <summary>Types of the inputs, absent ones as <see cref="TensorType.Absent"/>.</summary>
    public TensorType[] InputTypes() => [.. Inputs.Select(i => i?.Type ?? TensorType.Absent)];

    /// <inheritdoc/>
    public override string ToString() => $"{Operator.Name} '{Name}'";
}

/// <summary>
/// Operators and the values between them, for fixed sizes. Nodes are in an order in which they can
/// run: a node can only be added after what it reads. A pass makes a new graph of an old one.
/// </summary>
public sealed class Graph
{
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _outputs = [];
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Variable, Value> _variables = [];
    private readonly List<Assignment> _assignments = [];

    /// <summary>What a caller gives, in order.</summary>
    public IReadOnlyList<Value> Inputs => _inputs;

    /// <summary>What a caller gets, in order.</summary>
    public IReadOnlyList<Value> Outputs => _outputs;

    /// <summary>Nodes in an order in which they can run.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Variables that the graph mentions.</summary>
    public IReadOnlyCollection<Variable> Variables => _variables.Keys;

    /// <summary>Declares an input.</summary>
    public Value Input(string name, TensorType type)
    {
        var value = new Value(name, type, null, 0, null);
        _inputs.Add(value);
        return value;
    }

    /// <summary>The value of a variable: one value however often it is asked for.</summary>
    public Value Variable(Variable variable)
    {
        if (!_variables.TryGetValue(variable, out var value))
        {
            value = new Value(variable.Name, variable.Type, null, 0, variable);
            _variables.Add(variable, value);
        }

        return value;
    }

    /// <summary>A constant of 32-bit floats.</summary>
    public Value Constant(string name, Shape shape, ReadOnlySpan<float> values) =>
        Variable(Kernels.Graph.Variable.Constant(name, shape, values));

    /// <summary>Adds a node with one or more outputs.</summary>
    /// <exception cref="ShapeException">The inputs do not fit; the message names the node and the
    /// shapes.</exception>
    public Node Node(Operator op, string name, params Value?[] inputs)
    {
        var node = new Node(op, name, inputs);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Adds a node and gives its first output.</summary>
    /// <exception cref="ShapeException">The inputs do not fit; the message names the node and the
    /// shapes.</exception>
    public Value Add(Operator op, string name, params Value?[] inputs) => Node(op, name, inputs).Outputs[0];

    /// <summary>Declares an output. The same value may be declared under several names.</summary>
    public void Output(Value value, string? name = null)
    {
        OutputNames.Add(name ?? value.Name);
        _outputs.Add(value);
    }

    /// <summary>Names of <see cref="Outputs"/>, in order.</summary>
    public List<string> OutputNames { get; } = [];

    /// <summary>What variables hold after a run.</summary>
    public IReadOnlyList<Assignment> Assignments => _assignments;

    /// <summary>
    /// Lets a variable hold <paramref name="value"/> after a run. Nodes of the run read what it
    /// held before; all assignments take effect together at the end, and none of a run that fails
    /// or is cancelled.
    /// </summary>
    /// <exception cref="ArgumentException">The variable is constant, or assigned
    /// already.</exception>
    /// <exception cref="ShapeException">The value is not of the variable's type.</exception>
    public void Assign(Variable target, Value value)
    {
        if (target.IsConstant)
        {
            throw new ArgumentException($"variable '{target.Name}' is constant", nameof(target));
        }

        if (_assignments.Exists(a => a.Target == target))
        {
            throw new ArgumentException($"variable '{target.Name}' is assigned twice", nameof(target));
        }

        if (target.Type != value.Type)
        {
            throw new ShapeException($"variable '{target.Name}' is {target.Type}, '{value.Name}' is {value.Type}");
        }

        _assignments.Add(new Assignment(target, value));
    }
}

/// <summary>What a variable holds after a run.</summary>
/// <param name="Target">The variable; not constant.</param>
/// <param name="Value">Of the variable's type.</param>
public readonly record struct Assignment(Variable Target, Value Value);
