using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>All that a recipe stands for, but the network: made and checked before anything is
/// trained.</summary>
internal sealed class TrainingSetup
{
    private TrainingSetup(
        RecipeFile file, RecipeData data, LearningTask task, TrainerOptions options,
        TensorType sample)
    {
        File = file;
        Data = data;
        Task = task;
        Options = options;
        Sample = sample;
    }

    public RecipeFile File { get; }

    public RecipeData Data { get; }

    public LearningTask Task { get; }

    public TrainerOptions Options { get; }

    /// <summary>Type of one sample as batches have it.</summary>
    public TensorType Sample { get; }

    /// <summary>How samples are read to be scored.</summary>
    public DataLoaderOptions Scoring => ScoringOf(File, Options.Normalization);

    /// <summary>Opens the data and checks that all fits.</summary>
    /// <param name="file">The recipe.</param>
    /// <param name="place">Where the data are instead; null where the recipe says.</param>
    /// <param name="trained">How the model was trained, where there is one: its inputs are
    /// normalised as they were then.</param>
    /// <exception cref="RecipeException">The recipe does not suit its data.</exception>
    /// <exception cref="DatasetException">The data are missing, or bad.</exception>
    public static TrainingSetup Open(RecipeFile file, string? place, ModelCard? trained = null)
    {
        var training = file.Recipe.Training;
        var data = RecipeData.Open(file, place, trained);
        var task = RecipeTask.Create(file, data.Train);
        CheckAugmentations(file, data.Train);
        if (data.Train.Count < training.BatchSize)
        {
            throw file.Error(
                "training.batch_size",
                $"{training.BatchSize} is more than there are samples to train with, "
                + $"{data.Train.Count}");
        }

        var normalization = trained is null || data.Series is not null
            ? data.NormalizationOf(
                training.Normalisation, file.Unreadable != UnreadableSamples.Fail)
            : trained.Normalization();
        var options = new TrainerOptions
        {
            Epochs = training.Epochs,
            BatchSize = training.BatchSize,
            BatchesPerStep = training.BatchesPerStep,
            Seed = file.Recipe.Seed,
            Schedule = training.Schedule,
            MaxGradientNorm = training.ClipNorm,
            AverageDecay = training.AverageDecay,
            EarlyStopping = StoppingOf(training.EarlyStopping),
            ScoreMetric = training.EarlyStopping?.Metric,
            Augmentations = training.Augmentation,
            ValidationAugmentations = Certain(training.Augmentation),
            Mixing = training.Mixing,
            Normalization = normalization,
            Unreadable = file.Unreadable,
        };
        return new TrainingSetup(file, data, task, options, SampleOf(file, data.Train, options));
    }

    /// <summary>How samples of a recipe are read to be scored.</summary>
    public static DataLoaderOptions ScoringOf(RecipeFile file, Normalization? normalization) => new()
    {
        BatchSize = file.Recipe.Training.BatchSize,
        Seed = file.Recipe.Seed,
        Augmentations = Certain(file.Recipe.Training.Augmentation),
        Normalization = normalization,
        Unreadable = file.Unreadable == UnreadableSamples.Fail
            ? UnreadableSamples.Fail
            : UnreadableSamples.LeaveOut,
    };

    // What pictures are scored with: the size that they are trained at, and nothing random.
    private static Augmentation[] Certain(IReadOnlyList<Augmentation> augmentations) =>
    [
        .. augmentations.Where(a => a is Resize or CenterCrop or RandomResizedCrop)
            .Select(a => a is RandomResizedCrop crop ? new Resize(crop.Size) : a),
    ];

    private static EarlyStopping? StoppingOf(EarlyStoppingRecipe? recipe) => recipe is null
        ? null
        : new EarlyStopping(recipe.Patience, recipe.MinimumDelta, recipe.RestoreBest);

    private static void CheckAugmentations(RecipeFile file, Dataset train)
    {
        var training = file.Recipe.Training;
        int channels = train.InputType.Shape.Rank == 0 ? 1 : train.InputType.Shape[-1];
        Check(training.Augmentation, "augmentation", a => a.Validate(channels));
        Check(training.Mixing, "mixing", m => m.Validate());

        void Check<T>(IReadOnlyList<T> items, string key, Action<T> validate)
        {
            for (int i = 0; i < items.Count; i++)
            {
                try
                {
                    validate(items[i]);
                }
                catch (ArgumentException e)
                {
                    throw file.Error($"training.{key}[{i}]", e.Message.TrimEnd('.'), e);
                }
            }
        }
    }

    // A loader knows best what it makes of samples, and what does not fit them.
    private static TensorType SampleOf(RecipeFile file, Dataset train, TrainerOptions options)
    {
        try
        {
            using var loader = new DataLoader(train, new DataLoaderOptions
            {
                BatchSize = options.BatchSize,
                Threads = 1,
                Prefetch = 1,
                Augmentations = options.Augmentations,
                Mixing = options.Mixing,
                Normalization = options.Normalization,
            });
            return loader.InputType;
        }
        catch (ArgumentException e)
        {
            throw file.Error("training", e.Message.TrimEnd('.'), e);
        }
    }
}
