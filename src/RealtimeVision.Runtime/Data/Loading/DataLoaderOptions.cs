namespace RealtimeVision.Runtime.Data;

/// <summary>What a loader does with a sample that cannot be read.</summary>
public enum UnreadableSamples
{
    /// <summary>The batch is an error that names the sample.</summary>
    Fail,

    /// <summary>It is left out and counted; its batch is smaller.</summary>
    LeaveOut,

    /// <summary>It is counted, and another one, drawn by the seed, takes its place.</summary>
    Replace,
}

/// <summary>A batch of a pass over the data.</summary>
/// <param name="Epoch">Number of the pass, from 0.</param>
/// <param name="Batch">Number of the batch in the pass, from 0.</param>
public readonly record struct LoaderPosition(int Epoch, int Batch);

/// <summary>How a <see cref="DataLoader"/> makes batches.</summary>
public sealed record DataLoaderOptions
{
    /// <summary>Samples a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>What order, augmentation and mixing depend on.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether each epoch has an order of its own; without it samples come as the dataset has them.
    /// </summary>
    public bool Shuffle { get; init; }

    /// <summary>
    /// Whether samples that do not fill a batch are left to another epoch; without it the last
    /// batch is smaller.
    /// </summary>
    public bool DropLast { get; init; }

    /// <summary>
    /// Threads that make batches; the result does not depend on it. They run at a lower priority
    /// than the kernels, so the default is one for each processor, up to 8.
    /// </summary>
    public int Threads { get; init; } = Math.Min(Environment.ProcessorCount, 8);

    /// <summary>
    /// Batches made ahead, at least one for each thread; what bounds the memory.
    /// </summary>
    public int Prefetch { get; init; } = 4;

    /// <summary>Random changes of samples; none for evaluation.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>What is done to values last; null leaves them as they are.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>
    /// Ways of mixing batches, one of which is drawn for each; labels become weights of the classes
    /// where there is any.
    /// </summary>
    public IReadOnlyList<BatchMixing> Mixing { get; init; } = [];

    /// <summary>The first batch: where a run that was interrupted goes on.</summary>
    public LoaderPosition Start { get; init; }

    /// <summary>Passes over the data, those before the start counted; null for no end.</summary>
    public int? Epochs { get; init; }

    /// <summary>What is done with samples that cannot be read.</summary>
    public UnreadableSamples Unreadable { get; init; }
}
