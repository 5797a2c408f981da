using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>
/// Scores a model as it is in its file: the verbs that train and that evaluate do it by this, so
/// that they tell the same numbers.
/// </summary>
internal sealed class Scorer : IDisposable
{
    private readonly Session _session;
    private readonly Evaluator _evaluator;
    private readonly DataLoaderOptions _options;

    public Scorer(
        Model model, Device device, LearningTask task, TensorType sample, DataLoaderOptions options)
    {
        _options = options;
        _session = new Session(model, device, new SessionOptions
        {
            Compile = new CompileOptions { Precision = Precision.Exact },
        });
        try
        {
            _evaluator = Evaluator.Of(
                _session, task, Batch.TypeOf(sample, options.BatchSize));
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>Scores all samples.</summary>
    public TaskScores Score(Dataset dataset, CancellationToken cancellation) =>
        _evaluator.Run(dataset, _options, cancellation);

    /// <summary>What the model gives for each sample, in their order.</summary>
    /// <typeparam name="T">Element type of the predictions.</typeparam>
    public List<T[]> Predict<T>(Dataset dataset, CancellationToken cancellation)
        where T : unmanaged
    {
        var all = new List<T[]>(dataset.Count);
        using var loader = new DataLoader(
            dataset, _options with { Epochs = 1, Unreadable = UnreadableSamples.Fail });
        while (loader.TryNext(out var batch, cancellation))
        {
            var predictions = MemoryMarshal.Cast<byte, T>(_evaluator.Predict(batch));
            int length = predictions.Length / _options.BatchSize;
            for (int i = 0; i < batch.Count; i++)
            {
                all.Add(predictions.Slice(i * length, length).ToArray());
            }
        }

        return all;
    }

    public void Dispose()
    {
        _evaluator.Dispose();
        _session.Dispose();
    }
}
