using System.Diagnostics.CodeAnalysis;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// A look inside the networks of a running engine: maps of a layer, their histogram, Grad-CAM of a
/// class and times of operators.
/// </summary>
/// <remarks>
/// What is looked at runs as a plan of its own behind the engine's, on the same frame and with the
/// same weights; it is compiled in the background. The engine's own plans are the same whether
/// anybody looks or not, so that looking away costs nothing. All members may be called by any
/// thread; what is seen is for one consumer.
/// </remarks>
public sealed class NetworkView
{
    private const int Top = -1;

    private readonly Lock _lock = new();
    private readonly FrameModel[] _models;
    private readonly IReadOnlyList<ModelLayer>?[] _layers;
    private volatile NetworkLook? _look;
    private volatile ModelFrameProcessor? _processor;
    private volatile string? _problem;
    private volatile int _class = Top;
    private NetworkSight? _taken;
    private NetworkSight? _ready;
    private NetworkSight? _spare;

    /// <summary>Told when something is wanted, or can be seen, that was not before.</summary>
    internal Action? Wanted { get; set; }

    internal NetworkView(IEnumerable<FrameModel> models)
    {
        _models = [.. models];
        _layers = new IReadOnlyList<ModelLayer>?[_models.Length];
        Models = [.. _models.Select(m => m.Manifest)];
    }

    /// <summary>The models: the segmenter, where there is one, then the classifiers.</summary>
    public IReadOnlyList<ModelManifest> Models { get; }

    /// <summary>
    /// What is looked at, from one of the next frames on; null, as at first, for nothing. While no
    /// frame comes, the newest one is looked at. At <see cref="Pace.EveryFrame"/> the next frame
    /// waits until it can be seen, unless the engine is ticked.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such model.</exception>
    /// <exception cref="ExplainException">There is no such layer; near names are told.</exception>
    public NetworkLook? Look
    {
        get => _look;
        set
        {
            if (value is not null)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(value.Model, nameof(value));
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                    value.Model, _models.Length, nameof(value));
                if (value.Layer is { } name && !LayersOf(value.Model).Any(l => l.Name == name))
                {
                    throw new ExplainException(
                        $"there is no layer '{name}'; near it are " + string.Join(
                            ", ", NearNames.Of(name, LayersOf(value.Model).Select(l => l.Name))));
                }
            }

            lock (_lock)
            {
                (_problem, _look, _ready, _spare) = (null, value, null, null);
            }

            Wanted?.Invoke();
        }
    }

    /// <summary>
    /// The class whose map is wanted, from the next frame on, or of the newest one while none comes;
    /// null for the one that the model sees.
    /// </summary>
    public int? Class
    {
        get => _class == Top ? null : _class;
        set
        {
            _class = value is >= 0 ? value.Value : Top;
            Wanted?.Invoke();
        }
    }

    /// <summary>Why nothing is seen: an operator without gradient, say; null where all is well.</summary>
    public string? Problem => _problem;

    /// <summary>The layers of a model, in the order in which they run.</summary>
    /// <param name="model">Its place in <see cref="Models"/>.</param>
    public IReadOnlyList<ModelLayer> LayersOf(int model)
    {
        lock (_lock)
        {
            return _layers[model] ??= List(_models[model]);
        }
    }

    /// <summary>
    /// What the steps of a model's own plan are, and what each cost on average lately; empty before
    /// the first frame. On a GPU asking lets the next frame be measured, which takes longer then: who
    /// asks again has its times, and nobody else pays.
    /// </summary>
    /// <param name="model">Its place in <see cref="Models"/>.</param>
    public IReadOnlyList<StepInfo> StepsOf(int model)
    {
        ExecutionPlan? plan = PlanOf(model);
        plan?.MeasureNextRun();
        return plan?.DescribeSteps() ?? [];
    }

    /// <summary>Takes the newest sight that was not taken yet; never blocks.</summary>
    /// <param name="sight">What was seen. It is the caller's, and does not change, until this method
    /// gives the next one.</param>
    /// <returns>False where there is no newer one; the one taken before stays valid.</returns>
    public bool TryGetLatest([NotNullWhen(true)] out NetworkSight? sight)
    {
        lock (_lock)
        {
            if (_ready is null)
            {
                sight = null;
                return false;
            }

            (_spare, _taken, _ready) = (_taken, _ready, null);
            sight = _taken;
            return true;
        }
    }

    /// <summary>A model's own plan; null before the first frame.</summary>
    internal ExecutionPlan? PlanOf(int model) => _processor?.PlanOf(model);

    /// <summary>Whether a plan is kept for somebody who looks.</summary>
    internal bool HasInspector => _processor is { HasInspector: true };

    /// <summary>Tells which plans run now.</summary>
    internal void Attach(ModelFrameProcessor processor)
    {
        if (!ReferenceEquals(_processor, processor))
        {
            _processor = processor;
        }
    }

    /// <summary>Tells why nothing can be seen.</summary>
    internal void Fail(NetworkLook look, Exception e)
    {
        if (ReferenceEquals(_look, look))
        {
            _problem = e.Message;
        }
    }

    /// <summary>A sight to be written: one that nobody reads, where there is one.</summary>
    internal NetworkSight? Rent(NetworkLook look, ModelLayer layer)
    {
        lock (_lock)
        {
            NetworkSight? free = _spare ?? _ready;
            _ready = _spare is null ? null : _ready;
            _spare = null;
            return free is not null && ReferenceEquals(free.Look, look) && free.Layer == layer
                ? free : null;
        }
    }

    /// <summary>Gives a sight that was written to the consumer.</summary>
    internal void Publish(NetworkSight sight)
    {
        lock (_lock)
        {
            if (ReferenceEquals(sight.Look, _look))
            {
                (_spare, _ready) = (_ready ?? _spare, sight);
            }
        }
    }

    private static IReadOnlyList<ModelLayer> List(FrameModel model)
    {
        var graph = new Graph();
        Value picture = graph.Input(
            "picture", TensorType.Float(1, model.Height, model.Width, model.Channels));
        return LayerList.Apply(model, graph, picture, 1).Layers.Layers;
    }
}
