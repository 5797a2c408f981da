using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Live;

/// <summary>Trains a head on collected features: a function of them, options and seed.</summary>
internal static class HeadTraining
{
    private const int BatchSize = 32;
    private const int LeastBatchSize = 4;
    private const double WeightDecay = 0.05;
    private const int Patience = 12;

    // Few frames still make some steps an epoch.
    private const int StepsPerEpoch = 8;

    // A step of Adam moves every weight by about the learning rate, so the sums of many features
    // move further. Features are of about the same size, and so should their sums' steps be.
    private const double LearningRateOfOneFeature = 0.05;

    // Many frames need few passes: this is a matter of seconds, on one thread.
    private const int MostSteps = 5000;

    /// <summary>Trains on the calling thread.</summary>
    /// <param name="features">Numbers of a frame.</param>
    /// <param name="classes">Two or more, each with frames to train with.</param>
    /// <param name="options">The head and how it is trained.</param>
    /// <param name="device">Where; one thread suffices.</param>
    /// <param name="told">Is told epochs that are done and the most that there will be.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <exception cref="DivergenceException">The features have no finite loss.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TaughtHead Run(
        int features,
        IReadOnlyList<ClassTakes> classes,
        TeacherOptions options,
        CpuDevice device,
        Action<int, int> told,
        CancellationToken cancellation)
    {
        var raw = TakesDataset.ToTrain(features, classes);
        var standardisation = Standardisation.Of(raw);
        var training = raw.With(standardisation);
        var validation = TakesDataset.ToScore(features, classes, standardisation);
        using var network = new Sequential(
            "head", new Shape(features), TaughtHead.Layers(options.HiddenUnits, classes.Count));
        network.Initialise(options.Seed);
        int batch = Math.Min(
            Math.Clamp(training.Count / StepsPerEpoch, LeastBatchSize, BatchSize), training.Count);
        float rate = (float)(LearningRateOfOneFeature / Math.Sqrt(features));
        int epochs = Math.Clamp(MostSteps / (training.Count / batch), 1, options.Epochs);
        using var trainer = new Trainer(
            network, new Classification(), new AdamW(rate, weightDecay: WeightDecay), device,
            new TrainerOptions
            {
                Epochs = epochs,
                BatchSize = batch,
                Seed = options.Seed,
                LoaderThreads = 1,
                MaxGradientNorm = 1,
                ScoreMetric = "loss",
                EarlyStopping = new EarlyStopping(Patience, MinimumDelta: 1e-4),
            });
        trainer.EpochEnded += e => told(e.Epoch + 1, epochs);
        var result = trainer.Fit(training, validation, cancellation);
        cancellation.ThrowIfCancellationRequested();
        float[][] weights = [.. network.Parameters.Select(p => p.Values.ToArray())];
        standardisation.FoldInto(weights[0], weights[1]);
        return new TaughtHead(
            [.. classes.Select(c => c.Name)], weights,
            validation is null ? null : AccuracyOf(trainer, result));
    }

    private static double AccuracyOf(Trainer trainer, TrainingResult result)
    {
        int best = trainer.Progress.Stopping.BestEpoch;
        return result.History[best < 0 ? ^1 : best].Validation["accuracy"];
    }
}
