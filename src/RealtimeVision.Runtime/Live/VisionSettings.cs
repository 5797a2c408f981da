namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What may be changed while an engine runs: written by any thread, read where a frame begins.
/// </summary>
internal sealed class VisionSettings
{
    private volatile BackgroundEffect _background = BackgroundEffect.None;
    private volatile bool _refineEdges;
    private volatile float _smoothing;

    public BackgroundEffect Background
    {
        get => _background;
        set => _background = value;
    }

    public bool RefineEdges
    {
        get => _refineEdges;
        set => _refineEdges = value;
    }

    public float Smoothing
    {
        get => _smoothing;
        set => _smoothing = value;
    }

    /// <summary>Whether plans have what effects and refinement need.</summary>
    public bool HasMatte { get; set; }

    /// <summary>Whether plans smooth.</summary>
    public bool HasSmoothing { get; set; }
}
