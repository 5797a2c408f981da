using System.Diagnostics;
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Trains a network: batches in, steps, a validation after each epoch, until the epochs are done,
/// the score stays, or it is told to stop.
/// </summary>
/// <remarks>
/// The same seed gives the same weights, bit for bit, at any number of threads on a device, and a
/// training that was interrupted and resumed the same as one that was not. All callbacks come on
/// the caller's thread.
/// </remarks>
public sealed partial class Trainer : IDisposable
{
    private readonly LearningTask _task;
    private readonly TrainerOptions _options;
    private readonly Dictionary<(int Count, StepPart Part), TrainingStep> _steps = [];
    private readonly SortedSet<string> _unreadable = new(StringComparer.Ordinal);
    private Evaluator? _evaluator;
    private bool _keepsBest;

    /// <summary>Makes ready to train; nothing is compiled yet.</summary>
    /// <param name="network">What is trained, from the values that it has.</param>
    /// <param name="task">What it learns.</param>
    /// <param name="optimiser">Not used by another training.</param>
    /// <param name="device">Where; outlives the trainer.</param>
    /// <param name="options">How.</param>
    public Trainer(
        Network network, LearningTask task, Optimiser optimiser, Device device,
        TrainerOptions? options = null)
    {
        _task = task;
        _options = options ?? new TrainerOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.Epochs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.MostSkippedInRow);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(_options.BatchesPerStep);
        var average = _options.AverageDecay is { } decay ? new WeightAverage(decay) : null;
        State = new TrainingState(network, optimiser, device, _options.Seed, average);
        BaseRate = MemoryMarshal.Cast<byte, float>(optimiser.LearningRate.Data)[0];
    }

    /// <summary>Is told after each step.</summary>
    public event Action<TrainingProgress>? Stepped;

    /// <summary>Is told after each epoch and its validation.</summary>
    public event Action<EpochRecord>? EpochEnded;

    /// <summary>What changes while training.</summary>
    public TrainingState State { get; }

    /// <summary>Where the training is: what a checkpoint holds beside the variables.</summary>
    public TrainerProgress Progress { get; private set; } = new();

    /// <summary>The optimiser's learning rate, from which the schedule departs.</summary>
    private float BaseRate { get; }

    /// <summary>
    /// Trains from where the training is. When it returns, the network has the weights of the best
    /// epoch where there is a validation and early stopping says so, else the last ones.
    /// </summary>
    /// <param name="training">Samples to train with.</param>
    /// <param name="validation">Samples to score with after each epoch; null for none.</param>
    /// <param name="cancellation">Looked at between steps: training stops after a step.</param>
    /// <exception cref="DatasetException">A sample cannot be read.</exception>
    /// <exception cref="ShapeException">Network, task and samples do not fit each
    /// other.</exception>
    /// <exception cref="DivergenceException">Too many steps in a row were not finite; the network
    /// has the weights from before them.</exception>
    /// <exception cref="IOException">A checkpoint or the log cannot be written; the checkpoints
    /// before it are as they were.</exception>
    public TrainingResult Fit(
        Dataset training, Dataset? validation = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var timer = new StepTimer();
        _keepsBest = validation is not null && _options.EarlyStopping is { RestoreBest: true };
        using var loader = new DataLoader(
            training, _options.Loader(new(Progress.Epoch, Progress.Batch)));
        long totalSteps = (long)loader.BatchesPerEpoch * _options.Epochs;
        var end = TrainingEnd.Completed;
        long epochBegan = Stopwatch.GetTimestamp();
        using var log = Begin(loader);
        try
        {
            if (Progress.IsEpochOpen)
            {
                EndEpoch(validation, TimeSpan.Zero, log, cancellation);
            }

            timer.Begin();
            while (loader.TryNext(out var batch, cancellation))
            {
                cancellation.ThrowIfCancellationRequested();
                Step(loader, batch, totalSteps, log);
                timer.Count(batch.Count);
                Stepped?.Invoke(Told(batch, loader, timer));
                if (batch.IsLast)
                {
                    timer.End();
                    EndEpoch(
                        validation, Stopwatch.GetElapsedTime(epochBegan), log, cancellation);
                    epochBegan = Stopwatch.GetTimestamp();
                    timer.Begin();
                    if (_options.EarlyStopping?.ShouldStop(Progress.Stopping) == true)
                    {
                        end = TrainingEnd.StoppedEarly;
                        break;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            end = TrainingEnd.Cancelled;
            Save(score: null);
        }

        timer.End();
        if (!_keepsBest || Progress.Stopping.Best is null)
        {
            State.CopyToNetwork();
        }

        _unreadable.UnionWith(loader.SkippedNames);
        return new(end, Progress.History, clock.Elapsed.TotalSeconds, timer.SamplesPerSecond)
        {
            Unreadable = [.. _unreadable],
        };
    }

    /// <summary>Scores samples with the weights that training has come to.</summary>
    public TaskScores Evaluate(Dataset dataset, CancellationToken cancellation = default)
    {
        _evaluator ??= Evaluator.Of(
            State, _task, BatchType(dataset), State.Scored, _options.Compile);
        return _evaluator.Run(dataset, _options.ValidationLoader(), cancellation);
    }

    /// <summary>Releases plans and variables.</summary>
    public void Dispose()
    {
        foreach (var step in _steps.Values)
        {
            step.Dispose();
        }

        _evaluator?.Dispose();
        State.Dispose();
    }

    private string ScoreMetric => _options.ScoreMetric ?? _task.MainMetric;

    private void Step(DataLoader loader, Batch batch, long totalSteps, TrainingLog? log)
    {
        if (batch.Count == 0)
        {
            Progress.After(batch);
            return;
        }

        var position = new SchedulePosition(
            ((long)batch.Position.Epoch * loader.BatchesPerEpoch) + batch.Position.Batch,
            totalSteps, loader.BatchesPerEpoch);
        float rate = _options.Schedule.At(BaseRate, position, Progress.Schedule);
        State.Store.Write(
            State.Optimiser.LearningRate, MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in rate)));
        var outcome = StepFor(batch.Position, batch.IsLast, batch.InputType, batch.TargetType)
            .Run(batch.InputBytes, batch.TargetBytes);
        Progress.After(batch, outcome, rate);
        Log(log, batch, outcome, rate);
        if (Progress.SkippedInRow >= _options.MostSkippedInRow)
        {
            var (problem, layer) = Divergence.Locate(State, _task, batch);
            State.CopyToNetwork();
            throw new DivergenceException(
                $"{Progress.SkippedInRow} steps in a row were left out, the last in epoch "
                + $"{batch.Position.Epoch + 1}, batch {batch.Position.Batch + 1}: {problem}. A "
                + "lower learning rate, clipped gradients, or a look at the data may help",
                layer);
        }
    }

    private TrainingStep StepFor(
        LoaderPosition position, bool isLast, TensorType inputs, TensorType targets)
    {
        var part = _options.BatchesPerStep == 1 ? StepPart.Whole
            : isLast || (position.Batch + 1) % _options.BatchesPerStep == 0
                ? StepPart.Finish
                : StepPart.Accumulate;
        if (!_steps.TryGetValue((inputs.Shape[0], part), out var step))
        {
            step = new TrainingStep(
                State, _task, inputs, targets, _options.MaxGradientNorm, part,
                _options.Compile);
            _steps.Add((inputs.Shape[0], part), step);
        }

        return step;
    }

    private void EndEpoch(
        Dataset? validation, TimeSpan trained, TrainingLog? log, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        MetricSet scores = [];
        if (validation is not null)
        {
            var validated = Evaluate(validation, cancellation);
            scores = MetricSet.Of(validated);
            _unreadable.UnionWith(validated.Unreadable);
        }

        var record = Progress.EndEpoch(scores, (trained + clock.Elapsed).TotalSeconds);

        // Without a validation there is the training loss alone, which tells nothing of the best.
        bool isScored = scores.TryGet(ScoreMetric, out var metric);
        double score = isScored ? metric.Value : record.Loss;
        var direction = isScored ? metric.Direction : MetricDirection.LowerIsBetter;
        Progress.Schedule = _options.Schedule.Observe(Progress.Schedule, score, direction);
        if (_options.EarlyStopping is { } stopping)
        {
            Progress.Stopping = stopping.Observe(
                Progress.Stopping, record.Epoch, score, direction);
        }

        if (_keepsBest && Progress.Stopping.IsBestNow())
        {
            State.CopyToNetwork();
        }

        log?.Append(record);
        Save(isScored ? score : null);
        EpochEnded?.Invoke(record);
    }

    private TrainingProgress Told(Batch batch, DataLoader loader, StepTimer timer) => new(
        batch.Position.Epoch, _options.Epochs, batch.Position.Batch + 1, loader.BatchesPerEpoch,
        Progress.MeanLoss, Progress.LearningRate, timer.SamplesPerSecond);

    private TensorType BatchType(Dataset dataset)
    {
        using var loader = new DataLoader(
            dataset, _options.ValidationLoader() with { Threads = 1 });
        return Batch.TypeOf(loader.InputType, _options.BatchSize);
    }

    /// <summary>Time in steps, and samples.</summary>
    private sealed class StepTimer
    {
        private long _began;
        private long _ticks;
        private long _samples;

        public double SamplesPerSecond
        {
            get
            {
                long ticks = _ticks + (_began == 0 ? 0 : Stopwatch.GetTimestamp() - _began);
                return ticks == 0 ? 0 : _samples * (double)Stopwatch.Frequency / ticks;
            }
        }

        public void Begin() => _began = Stopwatch.GetTimestamp();

        public void Count(int samples) => _samples += samples;

        public void End()
        {
            _ticks += _began == 0 ? 0 : Stopwatch.GetTimestamp() - _began;
            _began = 0;
        }
    }
}
