using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>What engines are made of, as people choose it while streams run.</summary>
/// <param name="Models">Arguments of the models.</param>
/// <param name="Device">The device's name.</param>
/// <param name="Smoothing">How much of a mask is kept.</param>
internal sealed record EngineChoice(IReadOnlyList<string> Models, string Device, float Smoothing);

/// <summary>How engines are made: models and device are changed while streams run.</summary>
internal sealed class EngineRecipe(
    ModelShelf shelf, VisionOptions options, IReadOnlyList<string> models,
    BackgroundChoices backgrounds, bool? refines)
    : IDisposable
{
    private readonly DeviceShelf _devices = new(options.Threads);
    private readonly ConditionalWeakTable<VisionEngine, EngineChoice> _madeOf = [];
    private EngineChoice _choice = new(models, options.Device.Id, options.Smoothing);
    private EngineChoice? _running;

    /// <summary>What the next engine is made of.</summary>
    public EngineChoice Choice
    {
        get => _choice;
        set => _choice = value;
    }

    /// <summary>The devices that can be chosen; looked for once, on another thread.</summary>
    public Task<DeviceInfo[]> FindDevices() => _devices.Find();

    /// <summary>
    /// The options of the first engines, of what the command line says; loads the models.
    /// </summary>
    /// <exception cref="UsageException">They do not go together.</exception>
    public VisionOptions BuildFirst()
    {
        VisionOptions made = Build(_choice);
        _running = _choice;
        return made.Segmenter is null
            && (backgrounds.Current.Kind != BackgroundKind.None || refines == true)
            ? throw new UsageException("--background and --refine need a segmenter among the models")
            : made;
    }

    /// <summary>
    /// Makes an engine. Where that fails, and nothing else was chosen since, what runs is what the
    /// next choice begins with.
    /// </summary>
    /// <param name="chosen">What it is made of.</param>
    /// <param name="priority">Whose frames are next on the device.</param>
    /// <param name="cancellation">Gives it up.</param>
    public async Task<VisionEngine> CreateAsync(
        EngineChoice chosen, VisionPriority priority, CancellationToken cancellation)
    {
        EngineChoice tried = chosen;
        try
        {
            EngineChoice made = WithOneSegmenter(chosen);
            Interlocked.CompareExchange(ref _choice, made, chosen);
            tried = made;
            VisionEngine engine = await VisionEngine.CreateAsync(
                Build(made) with { Priority = priority }, null, cancellation);
            _madeOf.Add(engine, made);
            return engine;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Interlocked.CompareExchange(ref _choice, Volatile.Read(ref _running)!, tried);
            throw;
        }
    }

    /// <summary>Remembers what an engine that has taken over is made of.</summary>
    public void Took(VisionEngine engine)
    {
        if (_madeOf.TryGetValue(engine, out EngineChoice? made))
        {
            Volatile.Write(ref _running, made);
        }
    }

    /// <summary>Releases the devices, after the engines.</summary>
    public void Dispose() => _devices.Dispose();

    private VisionOptions Build(EngineChoice choice)
    {
        VisionOptions made = shelf.With(
            options with
            {
                Device = _devices.Open(choice.Device),
                Smoothing = choice.Smoothing,
                AllowNoModels = true,
            },
            choice.Models);
        BackgroundEffect background = backgrounds.Current;
        return made.Segmenter?.Model is not { } segmenter ? made : made with
        {
            Background = background,
            RefineEdges = refines
                ?? (background.Kind != BackgroundKind.None || VisionModels.IsOfPersons(segmenter)),
        };
    }

    /// <summary>
    /// Of two segmenters the one that was added last counts. To know one it has to be loaded, which
    /// is why this is not done where it is chosen.
    /// </summary>
    private EngineChoice WithOneSegmenter(EngineChoice choice)
    {
        string[] segmenters =
        [
            .. choice.Models.Where(m => !VisionModels.IsClassifier(shelf.Load(m), Verb.Say)),
        ];
        return segmenters.Length < 2 ? choice : choice with
        {
            Models = [.. choice.Models.Except(segmenters.SkipLast(1))],
        };
    }
}
