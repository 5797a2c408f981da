using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Layers;

/// <summary>A layer at its place in a network.</summary>
/// <param name="Name">Its name, unique in the network.</param>
/// <param name="WeightsName">
/// What its weights are stored under: its own name, or that of the place where the same layer object
/// stands first.
/// </param>
/// <param name="Layer">The layer.</param>
/// <param name="Inputs">The places that it reads.</param>
/// <param name="Type">Element type and shape of what it gives for one sample.</param>
/// <param name="ParameterCount">How many numbers its weights have; 0 where they are another
/// place's.</param>
public sealed record LayerNode(
    string Name, string WeightsName, Layer Layer, IReadOnlyList<LayerNode> Inputs, TensorType Type,
    long ParameterCount);

/// <summary>
/// A network of layers and its weights: a model that can be trained. Weights have their first values
/// until they are trained or loaded.
/// </summary>
public class Network : Model
{
    private readonly List<LayerNode> _nodes = [];
    private readonly LayerNode[] _inputs;
    private readonly LayerNode[] _outputs;
    private readonly OrderedDictionary<string, Parameter> _parameters = [];
    private readonly Dictionary<string, Variable> _states = [];

    /// <summary>Makes a network of what lies between symbols.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="inputs">Made by <see cref="Symbol.Input(ReadOnlySpan{int})"/>.</param>
    /// <param name="outputs">What the network gives.</param>
    /// <exception cref="ArgumentException">An output depends on an input that is not given, or two
    /// layers have the same name.</exception>
    public Network(string name, IReadOnlyList<Symbol> inputs, IReadOnlyList<Symbol> outputs)
    {
        Name = name;
        var naming = new Naming();
        var places = new Dictionary<Symbol, LayerNode>();
        foreach (var input in inputs)
        {
            Place(input, naming, places);
        }

        foreach (var output in outputs)
        {
            Place(output, naming, places);
        }

        _inputs = [.. inputs.Select(s => places[s])];
        _outputs = [.. outputs.Select(s => places[s])];
        if (outputs.FirstOrDefault(s => s.Steps != 1) is { } steps)
        {
            throw new ArgumentException(
                $"output {steps} of {name} is one for each of {steps.Steps} steps: {nameof(UnfoldTime)} "
                + "has to follow",
                nameof(outputs));
        }

        if (_nodes.Find(n => n.Layer is Input && !_inputs.Contains(n)) is { } missing)
        {
            throw new ArgumentException(
                $"{name} depends on input {missing.Type}, which is not among its inputs",
                nameof(inputs));
        }

        Inputs = [.. _inputs.Select(n => Declare(n.Name, n.Type, ((Input)n.Layer).IsResizable))];
        bool isResizable = _inputs.Any(n => ((Input)n.Layer).IsResizable);
        Outputs = [.. _outputs.Select(n => Declare(n.Name, n.Type, isResizable))];
    }

    /// <summary>A network of one input and one output.</summary>
    /// <param name="name">What a person calls it.</param>
    /// <param name="input">Made by <see cref="Symbol.Input(ReadOnlySpan{int})"/>.</param>
    /// <param name="output">What the network gives.</param>
    public Network(string name, Symbol input, Symbol output)
        : this(name, [input], [output])
    {
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorDeclaration> Inputs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorDeclaration> Outputs { get; }

    /// <summary>Layers in an order in which they can run, inputs among them.</summary>
    public IReadOnlyList<LayerNode> Layers => _nodes;

    /// <summary>Weights and statistics, in the order of the layers.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters.Values;

    /// <summary>
    /// Numbers that are trained or frozen: all parameters but running statistics, as the field
    /// counts them.
    /// </summary>
    public long ParameterCount =>
        Parameters.Where(p => p.Role != ParameterRole.Statistic).Sum(p => p.Type.Shape.Count);

    internal IReadOnlyList<LayerNode> InputNodes => _inputs;

    internal IReadOnlyList<LayerNode> OutputNodes => _outputs;

    /// <summary>A parameter by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Parameter Parameter(string name) => _parameters.TryGetValue(name, out var parameter)
        ? parameter
        : throw new KeyNotFoundException($"{Name} has no parameter '{name}'");

    /// <summary>
    /// Gives all parameters the first values of a seed; those of an <see cref="ImportedModel"/> stay
    /// as they are.
    /// </summary>
    public void Initialise(ulong seed)
    {
        foreach (var parameter in Parameters)
        {
            parameter.Initialise(seed);
        }
    }

    /// <summary>A table of the layers: name, kind, shape of the output, parameters.</summary>
    public string Summary() => NetworkSummary.Of(this);

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs) =>
        Build(new InferenceContext(graph, this), inputs);

    /// <summary>
    /// As <see cref="Build(Graph, IReadOnlyList{Value})"/>, for a stream of which one sample is seen
    /// a run: recurrent layers keep their state from run to run.
    /// </summary>
    public IReadOnlyList<Value> BuildStreaming(Graph graph, IReadOnlyList<Value> inputs) =>
        Build(new StreamingContext(graph, this), inputs);

    /// <summary>Builds the nodes in a context, and tells what each place gives.</summary>
    internal IReadOnlyList<Value> Build(
        LayerContext context, IReadOnlyList<Value> inputs, Action<LayerNode, Value>? built = null)
    {
        var values = new Dictionary<LayerNode, Value>();
        for (int i = 0; i < _inputs.Length; i++)
        {
            values[_inputs[i]] = inputs[i];
        }

        foreach (var node in _nodes)
        {
            if (node.Layer is not Input)
            {
                context.Enter(node);
                values[node] = node.Layer.Apply(context, [.. node.Inputs.Select(n => values[n])]);
                built?.Invoke(node, values[node]);
            }
        }

        return [.. _outputs.Select(n => values[n])];
    }

    /// <summary>What a layer keeps from run to run of a stream: the same for all plans.</summary>
    internal Variable State(string name, Shape shape)
    {
        if (!_states.TryGetValue(name, out var state))
        {
            var type = new TensorType(ElementType.Float32, shape);
            state = new Variable(name, type, new byte[type.Bytes], isConstant: false);
            _states.Add(name, state);
        }

        return state;
    }

    private static TensorDeclaration Declare(string name, TensorType type, bool isResizable)
    {
        bool isPicture = type.Shape.Rank == 3;
        var storage = type.Element switch
        {
            ElementType.Int32 => StorageType.Int32,
            ElementType.UInt8 => StorageType.UInt8,
            _ => StorageType.Float32,
        };
        var sizes = type.Shape.Sizes.ToArray().Select((size, d) =>
            isResizable && isPicture && d < 2 ? new Dimension(-1) : new Dimension(size));
        return new TensorDeclaration(
            name, storage, [new Dimension(-1, "batch"), .. sizes],
            isPicture ? TensorLayout.Nhwc : TensorLayout.Unknown);
    }

    // Depth first, without recursion: networks may be deeper than a thread's stack.
    private void Place(Symbol output, Naming naming, Dictionary<Symbol, LayerNode> places)
    {
        var open = new Stack<Symbol>([output]);
        while (open.TryPeek(out var symbol))
        {
            if (places.ContainsKey(symbol))
            {
                open.Pop();
                continue;
            }

            bool isReady = true;
            foreach (var input in symbol.Inputs.Reverse())
            {
                if (!places.ContainsKey(input))
                {
                    open.Push(input);
                    isReady = false;
                }
            }

            if (isReady)
            {
                open.Pop();
                places[symbol] = Place(symbol, naming, [.. symbol.Inputs.Select(i => places[i])]);
            }
        }
    }

    private LayerNode Place(Symbol symbol, Naming naming, LayerNode[] inputs)
    {
        var (name, weightsName) = naming.NameOf(symbol);
        long count = 0;
        if (name == weightsName)
        {
            foreach (var spec in symbol.Parameters)
            {
                bool isTrainable = spec.Role != ParameterRole.Statistic && !symbol.Layer.Frozen;
                var parameter = new Parameter($"{name}/{spec.Name}", spec, isTrainable);
                _parameters.Add(parameter.Name, parameter);
                count += spec.Type.Shape.Count;
            }
        }
        else
        {
            RequireSameWeights(symbol, weightsName);
        }

        var node = new LayerNode(name, weightsName, symbol.Layer, inputs, symbol.Type, count);
        _nodes.Add(node);
        return node;
    }

    private void RequireSameWeights(Symbol symbol, string weightsName)
    {
        foreach (var spec in symbol.Parameters)
        {
            var first = Parameter($"{weightsName}/{spec.Name}");
            if (first.Type != spec.Type)
            {
                throw new ArgumentException(
                    $"layer '{weightsName}' is used again where its {spec.Name} would be "
                    + $"{spec.Type.Shape}; it is {first.Type.Shape}");
            }
        }
    }
}
