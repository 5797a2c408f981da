using System.Globalization;

namespace RealtimeVision.Runtime.Live;

/// <summary>A class that is being taught.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Frames">Frames that are kept of it, those that are being collected included.</param>
/// <param name="IsLive">Whether the live classifier knows it.</param>
public sealed record TaughtClass(string Name, int Frames, bool IsLive);

/// <summary>What a <see cref="Teacher"/> is doing at one moment. Never changes.</summary>
public sealed record TeachingStatus
{
    /// <summary>The classes, in the order in which they were begun.</summary>
    public IReadOnlyList<TaughtClass> Classes { get; init; } = [];

    /// <summary>The class that frames are collected for; null where none are.</summary>
    public string? Collecting { get; init; }

    /// <summary>Frames that were collected in this go.</summary>
    public long Collected { get; init; }

    /// <summary>Whether a head is being trained.</summary>
    public bool IsTraining { get; init; }

    /// <summary>Passes over the frames that are done; 0 where nothing is trained.</summary>
    public int Epoch { get; init; }

    /// <summary>The most passes over the frames; 0 where nothing is trained.</summary>
    public int Epochs { get; init; }

    /// <summary>Whether there is a classifier that labels frames.</summary>
    public bool IsLive { get; init; }

    /// <summary>
    /// Share of the frames held out of training that the live classifier knows, 0 to 1; null without
    /// a classifier, or where there were too few frames to hold some out.
    /// </summary>
    public double? Accuracy { get; init; }

    /// <summary>
    /// How long the last training took that came to an end; null before the first.
    /// </summary>
    public TimeSpan? TrainingTime { get; init; }

    /// <summary>How many changes can be undone.</summary>
    public int UndoDepth { get; init; }

    /// <summary>What is missing for a classifier, in a sentence; null where nothing is.</summary>
    public string? Advice { get; init; }

    /// <summary>Why the last training failed, in a sentence; null where it did not.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// All of it in a line: <c>collecting 'left', 12 frames; training, epoch 3 of 100; live,
    /// accuracy 98 %</c>.
    /// </summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (Collecting is not null)
        {
            parts.Add($"collecting '{Collecting}', {Collected} frame{(Collected == 1 ? "" : "s")}");
        }

        if (IsTraining)
        {
            parts.Add(Epoch == 0 ? "training" : $"training, epoch {Epoch} of {Epochs}");
        }

        if (IsLive)
        {
            parts.Add(Accuracy is { } accuracy
                ? string.Create(CultureInfo.InvariantCulture, $"live, accuracy {accuracy * 100:F0} %")
                : "live");
        }

        if (Problem is not null)
        {
            parts.Add(Problem);
        }

        if (Advice is not null)
        {
            parts.Add(Advice);
        }

        return string.Join("; ", parts);
    }
}
