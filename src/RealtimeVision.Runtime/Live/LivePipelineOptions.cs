namespace RealtimeVision.Runtime.Live;

/// <summary>What the source of a pipeline is doing.</summary>
public enum SourceState
{
    /// <summary>Not started.</summary>
    Idle,

    /// <summary>Frames are read.</summary>
    Running,

    /// <summary>The stream stands still.</summary>
    Paused,

    /// <summary>The source was lost and is tried again.</summary>
    Lost,

    /// <summary>The source has ended, or its limit of frames is reached.</summary>
    Ended,

    /// <summary>The source was lost and cannot be tried again; see <see
    /// cref="LivePipeline.Error"/>.</summary>
    Failed,

    /// <summary>The pipeline was stopped.</summary>
    Stopped,
}

/// <summary>How a pipeline reads its source.</summary>
public sealed record LivePipelineOptions
{
    /// <summary>Number of frames after which the stream ends; null for all.</summary>
    public long? FrameLimit { get; init; }

    /// <summary>The stream stands still from the start.</summary>
    public bool StartPaused { get; init; }

    /// <summary>Time before a lost source is tried again; doubled after every try.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time between two tries.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(10);
}
