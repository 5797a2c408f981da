namespace RealtimeVision.Runtime.Live;

/// <summary>What to see of a network while it runs: see <see cref="NetworkView.Look"/>.</summary>
public sealed record NetworkLook
{
    /// <summary>Which model: its place in <see cref="NetworkView.Models"/>.</summary>
    public int Model { get; init; }

    /// <summary>
    /// Name of the layer, of <see cref="NetworkView.LayersOf"/>; null for the last that has maps, of
    /// a segmenter the last before its scores.
    /// </summary>
    public string? Layer { get; init; }

    /// <summary>Whether the layer's maps and their histogram are wanted.</summary>
    public bool HasMaps { get; init; } = true;

    /// <summary>Most maps that are shown, the first of them.</summary>
    public int MostMaps { get; init; } = 64;

    /// <summary>Wished width of the tiled maps, as a multiple of their height.</summary>
    public double Aspect { get; init; } = 16.0 / 9;

    /// <summary>
    /// Whether the Grad-CAM of a class by the layer is wanted: see <see cref="NetworkView.Class"/>.
    /// </summary>
    public bool HasClassMap { get; init; }
}
