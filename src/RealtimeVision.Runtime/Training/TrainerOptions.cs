using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>How a <see cref="Trainer"/> goes about it.</summary>
public sealed record TrainerOptions
{
    /// <summary>Passes over the data.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Samples a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// What order, augmentation and random masks depend on. The network's first values are of the
    /// seed that it was initialised with.
    /// </summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The learning rate of each step.</summary>
    public LearningRateSchedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>The greatest length of all gradients together; null not to clip.</summary>
    public float? MaxGradientNorm { get; init; }

    /// <summary>Batches a step: their gradients' mean is what the step takes.</summary>
    public int BatchesPerStep { get; init; } = 1;

    /// <summary>
    /// What a step leaves of the weights' average, which is scored and kept instead of the weights;
    /// null for no average.
    /// </summary>
    public double? AverageDecay { get; init; }

    /// <summary>
    /// When to end before the last epoch, and whether to keep the best weights instead of the last;
    /// null never to.
    /// </summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>
    /// The validation's metric by which epochs are compared; null for the task's own.
    /// </summary>
    public string? ScoreMetric { get; init; }

    /// <summary>Random changes of training samples.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>What is done to samples of a validation: resizing, say.</summary>
    public IReadOnlyList<Augmentation> ValidationAugmentations { get; init; } = [];

    /// <summary>Ways of mixing training batches.</summary>
    public IReadOnlyList<BatchMixing> Mixing { get; init; } = [];

    /// <summary>What is done to inputs last.</summary>
    public Normalization? Normalization { get; init; }

    /// <summary>
    /// What is done with samples that cannot be read; a validation leaves out what a training
    /// replaces.
    /// </summary>
    public UnreadableSamples Unreadable { get; init; }

    /// <summary>
    /// Threads that make batches, at a lower priority than the kernels' threads; null for one for
    /// each processor, up to 8.
    /// </summary>
    public int? LoaderThreads { get; init; }

    /// <summary>
    /// Steps in a row without a finite loss and finite gradients after which training is given up.
    /// </summary>
    public int MostSkippedInRow { get; init; } = 10;

    /// <summary>
    /// Folder of the checkpoints and the log (<c>log.jsonl</c>); null for neither. A checkpoint is
    /// saved after each epoch, and where training is cancelled.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>How many of the best checkpoints are kept beside the last, at least 1.</summary>
    public int KeepBest { get; init; } = 1;

    /// <summary>Every how many steps the log has a line; 0 for epochs alone.</summary>
    public int LogEverySteps { get; init; } = 50;

    /// <summary>The text of the recipe, for checkpoints; null without one.</summary>
    public string? Recipe { get; init; }

    /// <summary>How plans are compiled.</summary>
    public CompileOptions Compile { get; init; } = CompileOptions.Default;

    /// <summary>How training batches are made, from a position on.</summary>
    internal DataLoaderOptions Loader(LoaderPosition start) => Common() with
    {
        BatchSize = BatchSize,
        Seed = Seed,
        Shuffle = true,
        DropLast = true,
        Augmentations = Augmentations,
        Mixing = Mixing,
        Unreadable = Unreadable,
        Start = start,
        Epochs = Epochs,
    };

    /// <summary>How batches of a validation are made.</summary>
    internal DataLoaderOptions ValidationLoader() =>
        Common() with
        {
            Seed = Seed,
            Augmentations = ValidationAugmentations,
            Unreadable = Unreadable == UnreadableSamples.Fail
                ? UnreadableSamples.Fail
                : UnreadableSamples.LeaveOut,
        };

    private DataLoaderOptions Common()
    {
        var options = new DataLoaderOptions { Normalization = Normalization };
        return LoaderThreads is { } threads ? options with { Threads = threads } : options;
    }
}
