using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// What changes while a network is trained, on one device: its weights and statistics, the
/// optimiser's memory of them, counters. All plans of a training share it, and it is what a
/// checkpoint holds.
/// </summary>
public sealed class TrainingState : IDisposable
{
    private readonly Dictionary<Parameter, Variable> _variables = [];
    private GradientAccumulator? _accumulator;

    /// <summary>Begins with the values that the network has.</summary>
    /// <param name="network">The network.</param>
    /// <param name="optimiser">Not used by another training.</param>
    /// <param name="device">Where it is trained; outlives the state.</param>
    /// <param name="seed">Of random masks.</param>
    /// <param name="average">
    /// The average of the weights that is scored and kept instead of them; null for none.
    /// </param>
    public TrainingState(
        Network network, Optimiser optimiser, Device device, ulong seed = 0,
        WeightAverage? average = null)
    {
        Network = network;
        Optimiser = optimiser;
        Device = device;
        Seed = seed;
        Average = average;
        Store = new VariableStore(device);
        Constants = new ConstantStore(device);
        foreach (var parameter in network.Parameters)
        {
            _variables.Add(parameter, new Variable(
                parameter.Name, parameter.Type, parameter.Data, isConstant: false));
        }

        StepNumber = new Variable(
            "step", new TensorType(ElementType.Int32, new Shape(1)), new byte[sizeof(int)],
            isConstant: false);
        SkippedInRow = new Variable(
            "skipped in a row", TensorType.Float(), new byte[sizeof(float)], isConstant: false);
    }

    /// <summary>What is trained.</summary>
    public Network Network { get; }

    /// <summary>What turns gradients into steps.</summary>
    public Optimiser Optimiser { get; }

    /// <summary>Where it is trained.</summary>
    public Device Device { get; }

    /// <summary>Seed of random masks.</summary>
    public ulong Seed { get; }

    /// <summary>The average of the weights; null where there is none.</summary>
    public WeightAverage? Average { get; }

    /// <summary>Number of the step, Int32 [1], by which random masks are drawn.</summary>
    public Variable StepNumber { get; }

    /// <summary>Steps left out one after the other up to now, one Float32 number.</summary>
    public Variable SkippedInRow { get; }

    /// <summary>What variables hold.</summary>
    public VariableStore Store { get; }

    /// <summary>What the plans' constants are packed to.</summary>
    internal ConstantStore Constants { get; }

    /// <summary>The variable that a parameter is while it is trained.</summary>
    internal IReadOnlyDictionary<Parameter, Variable> Variables => _variables;

    /// <summary>
    /// The variable that a parameter is when the network is scored: its average where there is one.
    /// </summary>
    internal IReadOnlyDictionary<Parameter, Variable> Scored => Average is null
        ? _variables
        : _variables.ToDictionary(p => p.Key, p => ScoredOf(p.Key, p.Value));

    /// <summary>
    /// All that lasts from step to step, each name once; complete after the first plan.
    /// </summary>
    public IReadOnlyList<Variable> All =>
    [
        .. _variables.Values, .. Optimiser.Variables, .. Average?.Variables ?? [],
        .. _accumulator?.Variables ?? [], StepNumber, SkippedInRow,
    ];

    /// <summary>
    /// Gives the network the values that training has come to; averages where there are any.
    /// </summary>
    public void CopyToNetwork()
    {
        foreach (var (parameter, variable) in _variables)
        {
            var data = new byte[variable.Type.Bytes];
            Store.Read(ScoredOf(parameter, variable), data);
            parameter.SetData(data);
        }
    }

    /// <summary>
    /// Gives the network the values of a checkpoint; averages where there are any.
    /// </summary>
    /// <exception cref="InvalidDataException">It is of another network.</exception>
    public void CopyToNetwork(Checkpoint checkpoint)
    {
        var tensors = checkpoint.Tensors.ToDictionary(t => t.Name, t => t.Bytes);
        foreach (var (parameter, variable) in _variables)
        {
            string name = ScoredOf(parameter, variable).Name;
            if (!tensors.TryGetValue(name, out var bytes) || bytes.Length != variable.Type.Bytes)
            {
                throw new InvalidDataException(
                    $"The checkpoint has no tensor '{name}' of {variable.Type}: it is of another "
                    + "network.");
            }

            parameter.SetData(bytes.ToArray());
        }
    }

    /// <summary>The sums of gradients over several batches: one for all plans.</summary>
    internal GradientAccumulator AccumulatorOf(IReadOnlyList<Variable> weights) =>
        _accumulator ??= new GradientAccumulator(weights);

    /// <summary>Releases what is on the device. No plan of the training may run any more.</summary>
    public void Dispose()
    {
        Store.Dispose();
        Constants.Dispose();
    }

    private Variable ScoredOf(Parameter parameter, Variable variable) =>
        Average is { } average && (parameter.IsTrainable || parameter.Role == ParameterRole.Statistic)
            ? average.Of(variable)
            : variable;
}
