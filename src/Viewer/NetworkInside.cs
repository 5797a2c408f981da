namespace RealtimeVision.Viewer;

/// <summary>How long an operator takes.</summary>
/// <param name="Name">Its node and kind.</param>
/// <param name="Milliseconds">On average lately.</param>
public readonly record struct OperatorTime(string Name, float Milliseconds);

/// <summary>
/// What is inside a network: of a layer its numbers, and of the network the time of its operators.
/// The live loop fills it.
/// </summary>
public sealed class NetworkInside
{
    /// <summary>Name of the network, or of the layer that is looked at.</summary>
    public string Layer { get; set; } = "";

    /// <summary>What the layer does, and the shape of what it gives.</summary>
    public string Detail { get; set; } = "";

    /// <summary>The class whose map is shown; null where none is.</summary>
    public string? Class { get; set; }

    /// <summary>Why nothing is seen; null where all is well.</summary>
    public string? Problem { get; set; }

    /// <summary>
    /// How many of the layer's numbers lie in each of equal parts from <see cref="Least"/> to <see
    /// cref="Most"/>. Clear and fill it again; it is kept.
    /// </summary>
    public List<int> Histogram { get; } = [];

    /// <summary>The least of the layer's numbers.</summary>
    public float Least { get; set; }

    /// <summary>The largest of the layer's numbers.</summary>
    public float Most { get; set; }

    /// <summary>
    /// The operators that take longest, the longest first. Clear and fill it again; it is kept.
    /// </summary>
    public List<OperatorTime> Operators { get; } = [];

    /// <summary>Time of all operators together, milliseconds.</summary>
    public float TotalMilliseconds { get; set; }
}
