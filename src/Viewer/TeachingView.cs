namespace RealtimeVision.Viewer;

/// <summary>A class that is taught.</summary>
/// <param name="Key">The number of its key, 1 to 9; 0 for one without.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Frames">Frames that are kept of it.</param>
/// <param name="IsLive">Whether the classifier knows it.</param>
/// <param name="IsHeld">Whether frames are collected for it now.</param>
public readonly record struct TeachingRow(
    int Key, string Name, int Frames, bool IsLive, bool IsHeld)
{
    /// <summary>The newest frame that was collected of it; null for none.</summary>
    public Thumbnail? Thumbnail { get; init; }
}

/// <summary>
/// What the viewer shows of teaching. The live loop clears and fills it again, when there is
/// something new.
/// </summary>
public sealed class TeachingView
{
    /// <summary>The classes.</summary>
    public List<TeachingRow> Classes { get; } = [];

    /// <summary>What is being done, and what is missing, a line each.</summary>
    public List<string> Lines { get; } = [];
}
