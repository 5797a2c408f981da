using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Execution;

/// <summary>How a session compiles, and how much it keeps.</summary>
public sealed record SessionOptions
{
    /// <summary>How graphs are compiled.</summary>
    public CompileOptions Compile { get; init; } = CompileOptions.Default;

    /// <summary>
    /// Bytes of arenas that plans may keep; the newest plan is kept whatever it takes.
    /// </summary>
    public long PlanCacheBytes { get; init; } = 512L << 20;
}

/// <summary>
/// A model on a device: plans for the sizes that it was run at, the weights that they share, and
/// the variables that runs change.
/// </summary>
/// <remarks>
/// Owns neither the model nor the device. One thread at a time runs; preparing may go on beside it.
/// </remarks>
public sealed class Session : IDisposable
{
    private readonly SessionOptions _options;
    private readonly PlanCache _plans;

    /// <summary>Makes a session; nothing is compiled yet.</summary>
    public Session(Model model, Device device, SessionOptions? options = null)
    {
        Model = model;
        Device = device;
        _options = options ?? new SessionOptions();
        _plans = new PlanCache(_options.PlanCacheBytes);
        Constants = new ConstantStore(device);
        Variables = new VariableStore(device);
    }

    /// <summary>The model.</summary>
    public Model Model { get; }

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>Weights on the device.</summary>
    public ConstantStore Constants { get; }

    /// <summary>What changes from run to run, on the device.</summary>
    public VariableStore Variables { get; }

    /// <summary>Plans kept now.</summary>
    public int PlanCount => _plans.Count;

    /// <summary>Bytes of their arenas.</summary>
    public long PlanBytes => _plans.Bytes;

    /// <summary>
    /// The plan for inputs of these shapes, compiled on the first call. Borrowed: it may be
    /// released as soon as a plan for other shapes is asked for. May be called beside a run, to
    /// have a plan ready.
    /// </summary>
    /// <param name="inputs">The inputs' shapes, in order, and the elements of those that decide
    /// shapes; fewer leave out inputs whose declared sizes are fixed.</param>
    /// <exception cref="InputException">A shape does not fit the model.</exception>
    public ExecutionPlan GetPlan(params ReadOnlySpan<InputSpec> inputs)
    {
        var key = inputs.ToArray();
        return _plans.GetOrAdd(new PlanKey(key), () => Compile(key));
    }

    /// <summary>
    /// A plan of its own for inputs of these shapes, which shares weights and variables with the
    /// session.
    /// </summary>
    /// <param name="inputs">See <see cref="GetPlan"/>.</param>
    /// <exception cref="InputException">A shape does not fit the model.</exception>
    public ExecutionPlan Compile(params ReadOnlySpan<InputSpec> inputs) =>
        Compile(Model.Instantiate(inputs));

    /// <summary>
    /// A plan of its own for a graph, say one that has the model within; shares weights and
    /// variables.
    /// </summary>
    public ExecutionPlan Compile(Graph graph, CancellationToken cancellation = default) =>
        ExecutionPlan.Compile(graph, Device, Constants, Variables, _options.Compile, cancellation);

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">One tensor an input, by its declared name.</param>
    /// <param name="cancellation">See <see cref="ExecutionPlan.Run"/>.</param>
    /// <returns>The outputs by their declared names, owned by the caller.</returns>
    /// <exception cref="InputException">An input is missing, unknown, or of another type or
    /// shape.</exception>
    public IReadOnlyDictionary<string, Tensor> Run(
        IReadOnlyDictionary<string, Tensor> inputs, CancellationToken cancellation = default)
    {
        var plan = GetPlan(SpecsOf(inputs));
        for (int i = 0; i < plan.Inputs.Count; i++)
        {
            plan.SetInput(i, inputs[plan.Inputs[i].Name].Bytes);
        }

        plan.Run(cancellation);
        var outputs = new Dictionary<string, Tensor>();
        for (int i = 0; i < plan.Outputs.Count; i++)
        {
            outputs[plan.Outputs[i].Name] = plan.ReadOutput(i);
        }

        return outputs;
    }

    /// <summary>Releases plans, weights and variables on the device.</summary>
    public void Dispose()
    {
        _plans.Dispose();
        Constants.Dispose();
        Variables.Dispose();
    }

    private InputSpec[] SpecsOf(IReadOnlyDictionary<string, Tensor> inputs)
    {
        foreach (string name in inputs.Keys)
        {
            if (!Model.Inputs.Any(d => d.Name == name))
            {
                throw new InputException(
                    $"{Model.Name} has no input '{name}'; "
                    + $"it takes {string.Join(", ", Model.Inputs)}");
            }
        }

        var specs = new InputSpec[Model.Inputs.Count];
        for (int i = 0; i < specs.Length; i++)
        {
            var declaration = Model.Inputs[i];
            if (!inputs.TryGetValue(declaration.Name, out var tensor))
            {
                throw new InputException($"{Model.Name}: input {declaration} was not given");
            }

            if (declaration.Problem(tensor.Type) is { } problem)
            {
                throw new InputException($"{Model.Name}: {problem}");
            }

            // The caller may write to the tensor again; what a plan is known by may not change.
            specs[i] = declaration.DecidesShapes
                ? new InputSpec(new Tensor(tensor.Type, tensor.Bytes.ToArray()))
                : new InputSpec(tensor.Shape);
        }

        return specs;
    }
}
