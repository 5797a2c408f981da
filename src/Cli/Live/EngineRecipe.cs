using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>How engines are made: models and device are changed while streams run.</summary>
internal sealed class EngineRecipe(
    ModelShelf shelf, VisionOptions options, BackgroundChoices backgrounds, bool? refines)
    : IDisposable
{
    private readonly DeviceShelf _devices = new(options.Threads);

    /// <summary>Arguments of the models.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];

    /// <summary>Whether something is taught, which takes no model.</summary>
    public bool HasTeacher => options.Teacher is not null;

    /// <summary>The device.</summary>
    public string Device { get; set; } = options.Device.Id;

    /// <summary>How much of a mask is kept, for the next engine.</summary>
    public float Smoothing { get; set; } = options.Smoothing;

    /// <summary>The options of the next engine; loads the models.</summary>
    /// <param name="isAsked">
    /// Whether a background was asked for together with the models, so that it has to be possible.
    /// </param>
    /// <exception cref="UsageException">They do not go together.</exception>
    public VisionOptions Build(bool isAsked = false)
    {
        VisionOptions made = shelf.With(
            options with { Device = _devices.Open(Device), Smoothing = Smoothing }, Models);
        BackgroundEffect background = backgrounds.Current;
        if (made.Segmenter?.Model is { } segmenter)
        {
            return made with
            {
                Background = background,
                RefineEdges = refines
                    ?? (background.Kind != BackgroundKind.None || VisionModels.IsOfPersons(segmenter)),
            };
        }

        return isAsked && (background.Kind != BackgroundKind.None || refines == true)
            ? throw new UsageException("--background and --refine need a segmenter among the models")
            : made;
    }

    /// <summary>Releases the devices, after the engines.</summary>
    public void Dispose() => _devices.Dispose();
}
