using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Scores a network on a dataset while it is trained, or after: one plan of inference, whose last
/// batch is filled up where the samples do not fill it.
/// </summary>
public sealed class Evaluator : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly LearningTask _task;
    private readonly byte[] _inputs;
    private readonly byte[] _predictions;

    private Evaluator(ExecutionPlan plan, LearningTask task)
    {
        _plan = plan;
        _task = task;
        _inputs = new byte[plan.Inputs[0].Type.Bytes];
        _predictions = new byte[plan.Outputs[0].Type.Bytes];
    }

    /// <summary>Compiles a plan with the weights of a training.</summary>
    /// <param name="state">Outlives the evaluator.</param>
    /// <param name="task">How predictions are scored.</param>
    /// <param name="inputs">Type of a full batch's inputs, [N, ...].</param>
    /// <param name="variables">What weights are instead; null for those of the training.</param>
    /// <param name="compile">How it is compiled.</param>
    /// <exception cref="ShapeException">The inputs do not fit the network.</exception>
    internal static Evaluator Of(
        TrainingState state, LearningTask task, TensorType inputs,
        IReadOnlyDictionary<Parameter, Variable>? variables = null, CompileOptions? compile = null)
    {
        var graph = new Graph();
        var context = new TrainingContext(graph, state.Network, variables ?? state.Variables);
        var output = state.Network.Build(context, [graph.Input("inputs", inputs)])[0];
        graph.Output(task.Prediction(graph, output), "predictions");
        return new Evaluator(
            ExecutionPlan.Compile(graph, state.Device, state.Constants, state.Store, compile), task);
    }

    /// <summary>Compiles a plan of a model as it is.</summary>
    /// <param name="session">Of the model; outlives the evaluator.</param>
    /// <param name="task">How predictions are scored.</param>
    /// <param name="inputs">Type of a full batch's inputs, [N, ...].</param>
    /// <exception cref="ShapeException">The inputs do not fit the model.</exception>
    public static Evaluator Of(Session session, LearningTask task, TensorType inputs)
    {
        var graph = new Graph();
        var output = session.Model.Build(graph, [graph.Input("inputs", inputs)])[0];
        graph.Output(task.Prediction(graph, output), "predictions");
        return new Evaluator(session.Compile(graph), task);
    }

    /// <summary>Scores all samples.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="options">
    /// How batches are made: of the size of the plan's, in the dataset's order, one pass.
    /// </param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="DatasetException">A sample cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
    public TaskScores Run(
        Dataset dataset, DataLoaderOptions options, CancellationToken cancellation = default)
    {
        var scores = _task.CreateScores(dataset);
        using var loader = new DataLoader(dataset, options with
        {
            BatchSize = _plan.Inputs[0].Type.Shape[0],
            Shuffle = false,
            DropLast = false,
            Epochs = 1,
            Start = default,
            Mixing = [],
        });
        while (loader.TryNext(out var batch, cancellation))
        {
            if (batch.Count > 0)
            {
                scores.Add(Predict(batch), batch);
            }
        }

        scores.Unreadable = [.. loader.SkippedNames];
        return scores;
    }

    /// <summary>Predictions of a batch: borrowed, valid until the next call.</summary>
    public ReadOnlySpan<byte> Predict(Batch batch)
    {
        if (batch.InputBytes.Length == _inputs.Length)
        {
            _plan.SetInput(0, batch.InputBytes);
        }
        else
        {
            // What is behind the last sample is what was there before: it is not looked at.
            batch.InputBytes.CopyTo(_inputs);
            _plan.SetInput(0, _inputs);
        }

        _plan.Run();
        _plan.ReadOutput(0, _predictions);
        return _predictions;
    }

    /// <summary>Releases the plan.</summary>
    public void Dispose() => _plan.Dispose();
}
