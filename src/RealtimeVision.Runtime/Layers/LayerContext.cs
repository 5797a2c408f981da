using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// What a layer adds its nodes to: it gives the weights that the layer asks for, whatever they are
/// in this graph (constants at inference, variables in training).
/// </summary>
public abstract class LayerContext
{
    private string _scope = "layer";
    private int _nodes;

    private protected LayerContext(Graph graph) => Graph = graph;

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>
    /// True where the layer is being trained: dropout drops, normalisations use the batch.
    /// </summary>
    public virtual bool IsTraining => false;

    /// <summary>
    /// True where one sample after another of a stream is seen, and recurrent layers keep their
    /// state from run to run.
    /// </summary>
    public virtual bool IsStreaming => false;

    /// <summary>Name of the layer that adds nodes now.</summary>
    public string Scope => _scope;

    /// <summary>Adds a node and gives its first output.</summary>
    public Value Add(Operator op, params Value?[] inputs) => AddNode(op, inputs).Outputs[0];

    /// <summary>Adds a node of several outputs.</summary>
    public Node AddNode(Operator op, params Value?[] inputs) => Graph.Node(op, NodeName(), inputs);

    /// <summary>Weights that are trained.</summary>
    /// <param name="name">Their name in the layer.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="initialiser">How their first values are drawn.</param>
    /// <param name="fans">
    /// For the initialiser; null where the last two dimensions are inputs and outputs and those
    /// before them taps.
    /// </param>
    public Value Weight(string name, Shape shape, Initialiser initialiser, Fans? fans = null) =>
        Parameter(new(
            name, new(ElementType.Float32, shape), ParameterRole.Weight, initialiser,
            fans ?? Fans.Of(shape)));

    /// <summary>A bias, or a scale: trained, but not shrunk by weight decay.</summary>
    /// <param name="name">Its name in the layer.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="initialiser">Its first values.</param>
    public Value Bias(string name, Shape shape, Initialiser initialiser = Initialiser.Zeros) =>
        Parameter(new(
            name, new(ElementType.Float32, shape), ParameterRole.Bias, initialiser, Fans.Of(shape)));

    /// <summary>Numbers that follow the data: see <see cref="Update"/>.</summary>
    /// <param name="name">Their name in the layer.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="initialiser">Their first values.</param>
    public Value Statistic(string name, Shape shape, Initialiser initialiser) =>
        Parameter(new(
            name, new(ElementType.Float32, shape), ParameterRole.Statistic, initialiser,
            Fans.Of(shape)));

    /// <summary>A parameter whose first values are there already.</summary>
    internal Value Given(string name, Shape shape, ParameterRole role, Func<byte[]> values) =>
        Parameter(new(
            name, new(ElementType.Float32, shape), role, Initialiser.Zeros, Fans.Of(shape), values));

    /// <summary>
    /// What a statistic is after a step that is taken. Asked for in training only.
    /// </summary>
    public virtual void Update(string statistic, Value next) =>
        throw new InvalidOperationException($"{Scope}/{statistic} changes in training only");

    /// <summary>
    /// Number of the training step, Int32 [1], which random masks are drawn by. Asked for in training
    /// only.
    /// </summary>
    public virtual Value Step() =>
        throw new InvalidOperationException($"{Scope} asks for the step outside of training");

    /// <summary>
    /// What was given to <see cref="Keep"/> in the run before; zeros at first. Asked for in streaming
    /// only.
    /// </summary>
    public virtual Value State(string name, Shape shape) =>
        throw new InvalidOperationException($"{Scope}/{name} lasts in streams only");

    /// <summary>Keeps a value for the next run. In streaming only.</summary>
    public virtual void Keep(string name, Value next) =>
        throw new InvalidOperationException($"{Scope}/{name} lasts in streams only");

    /// <summary>
    /// A number for the layer's random masks: the same in every run, different for other layers.
    /// </summary>
    public int RandomStream => (int)(Initialisers.Hash(_scope) & int.MaxValue);

    /// <summary>The seed of the random masks. Asked for in training only.</summary>
    public virtual ulong Seed => 0;

    /// <summary>Begins the nodes of another layer.</summary>
    internal virtual void Enter(LayerNode node)
    {
        _scope = node.Name;
        _nodes = 0;
    }

    private protected abstract Value Parameter(ParameterSpec spec);

    // The first node of a layer has its name, so that messages and tables of steps speak of layers.
    private string NodeName() => _nodes++ == 0 ? _scope : $"{_scope}:{_nodes}";
}

/// <summary>
/// Finds out the shapes of a layer's output and weights, which take no memory here.
/// </summary>
internal sealed class TracingContext() : LayerContext(new Graph())
{
    private readonly List<ParameterSpec> _parameters = [];

    public IReadOnlyList<ParameterSpec> Parameters => _parameters;

    private protected override Value Parameter(ParameterSpec spec)
    {
        if (_parameters.Exists(p => p.Name == spec.Name))
        {
            throw new InvalidOperationException($"a layer asks twice for weights '{spec.Name}'");
        }

        _parameters.Add(spec);
        return Graph.Input(spec.Name, spec.Type);
    }
}

/// <summary>Builds a network's nodes for given inputs.</summary>
internal abstract class BuildingContext(Graph graph, Network network) : LayerContext(graph)
{
    protected LayerNode Node { get; private set; } = null!;

    protected Network Network => network;

    internal override void Enter(LayerNode node)
    {
        base.Enter(node);
        Node = node;
    }

    protected Parameter Find(string name) => network.Parameter($"{Node.WeightsName}/{name}");
}

/// <summary>Inference: weights are constants.</summary>
internal class InferenceContext(Graph graph, Network network) : BuildingContext(graph, network)
{
    private protected override Value Parameter(ParameterSpec spec) =>
        Graph.Variable(Find(spec.Name).Constant);
}

/// <summary>
/// Inference on a stream: as <see cref="InferenceContext"/>, and state lasts from run to run.
/// </summary>
internal sealed class StreamingContext(Graph graph, Network network)
    : InferenceContext(graph, network)
{
    public override bool IsStreaming => true;

    public override Value State(string name, Shape shape) =>
        Graph.Variable(Network.State($"{Node.Name}/{name}", shape));

    public override void Keep(string name, Value next) =>
        Graph.Assign(Network.State($"{Node.Name}/{name}", next.Shape), next);
}

/// <summary>
/// Training, or a look at what is being trained: weights are the trainer's variables.
/// </summary>
internal sealed class TrainingContext(
    Graph graph,
    Network network,
    IReadOnlyDictionary<Parameter, Variable> variables,
    Value? step = null,
    ulong seed = 0)
    : BuildingContext(graph, network)
{
    private readonly List<(Variable Target, Value Next)> _updates = [];

    // Without a step it is a look: nothing is dropped and no statistic changes.
    public override bool IsTraining => step is not null && !Node.Layer.Frozen;

    /// <summary>What statistics are after the step.</summary>
    public IReadOnlyList<(Variable Target, Value Next)> Updates => _updates;

    public override void Update(string statistic, Value next) =>
        _updates.Add((variables[Find(statistic)], next));

    public override Value Step() => step ?? base.Step();

    public override ulong Seed => seed;

    private protected override Value Parameter(ParameterSpec spec) =>
        Graph.Variable(variables[Find(spec.Name)]);
}
