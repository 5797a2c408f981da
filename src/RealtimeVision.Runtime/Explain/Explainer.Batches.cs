using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>Writes a changed picture.</summary>
/// <param name="index">Which one.</param>
/// <param name="picture">Gets its numbers, as the model sees them.</param>
internal delegate void PictureWriter(int index, Span<float> picture);

public sealed partial class Explainer
{
    // Batches pay where a picture alone is too little for all threads, as long as they stay in the
    // cores' own caches. street-segmenter's gradient takes 12 ms alone and 11 ms among eight, for
    // eight times its 22 MiB.
    private const long CpuArena = 2L << 20;

    // A GPU has its queue to fill, which a picture alone does not.
    private const long GpuArena = 512L << 20;
    private const int MostSamples = 32;

    private bool _takesBatches = true;

    /// <summary>Gradients of many pictures, several a run where that is faster.</summary>
    /// <param name="count">How many.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <param name="write">Writes each picture.</param>
    /// <param name="read">Gets the gradient of each.</param>
    /// <exception cref="NotSupportedException">An operator has no gradient; it is
    /// named.</exception>
    internal void Gradients(
        int count, ClassTarget target, PictureWriter write, Action<int, ReadOnlySpan<float>> read)
    {
        RunAll("gradient", BuildGradient, count, target, write, (plan, first, pictures) =>
        {
            ReadOnlySpan<float> gradients = plan.ReadOutput(0).As<float>();
            int size = gradients.Length / SamplesOf(plan);
            for (int i = 0; i < pictures; i++)
            {
                read(first + i, gradients.Slice(i * size, size));
            }
        });
    }

    /// <summary>
    /// Scores that are explained, and how sure the model is of each, of many pictures.
    /// </summary>
    /// <param name="count">How many.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <param name="write">Writes each picture.</param>
    /// <param name="read">Gets score and confidence of each.</param>
    internal void Scores(
        int count, ClassTarget target, PictureWriter write, Action<int, float, float> read)
    {
        RunAll("score", BuildScore, count, target, write, (plan, first, pictures) =>
        {
            ReadOnlySpan<float> scores = plan.ReadOutput(0).As<float>();
            ReadOnlySpan<float> confidences = plan.ReadOutput(1).As<float>();
            for (int i = 0; i < pictures; i++)
            {
                read(
                    first + i, scores[i],
                    target.Count == 0 ? 0 : confidences[i] / target.Count);
            }
        });
    }

    /// <summary>Says how much of long work is done; ends it where that is wished.</summary>
    internal void Report(int done, int of)
    {
        Cancellation.ThrowIfCancellationRequested();
        Progress?.Report((double)done / of);
    }

    private void RunAll(
        string name, Func<int, Graph> build, int count, ClassTarget target, PictureWriter write,
        Action<ExecutionPlan, int, int> read)
    {
        ExecutionPlan plan = BatchPlan(name, build, count);
        int samples = SamplesOf(plan);
        var pictures = new Tensor(plan.Inputs[0].Type);
        var weights = new Tensor(plan.Inputs[1].Type);
        for (int i = 0; i < samples; i++)
        {
            target.Weights.Bytes.CopyTo(weights.Bytes[(i * target.Weights.Bytes.Length)..]);
        }

        int size = pictures.As<float>().Length / samples;
        for (int first = 0; first < count; first += samples)
        {
            int now = Math.Min(samples, count - first);
            for (int i = 0; i < now; i++)
            {
                write(first + i, pictures.As<float>().Slice(i * size, size));
            }

            Run(plan, pictures, weights);
            read(plan, first, now);
            if (count > 1)
            {
                Report(first + now, count);
            }
        }
    }

    // Of one picture at first: how much memory it takes says how many fit.
    private ExecutionPlan BatchPlan(string name, Func<int, Graph> build, int count)
    {
        ExecutionPlan one = Plan(name, () => build(1));
        int samples = SamplesThatFit(one.ArenaBytes, count);
        if (samples < 2)
        {
            return one;
        }

        try
        {
            return Plan($"{name} {samples}", () => build(samples));
        }
        catch (ShapeException)
        {
            // The file says that a size of pictures is free, and its nodes that it is 1.
            _takesBatches = false;
            return one;
        }
    }

    /// <summary>A power of two of samples whose plan has room; 1 where one is best.</summary>
    /// <param name="arena">Bytes of the plan of one.</param>
    /// <param name="count">How many there are.</param>
    internal int SamplesThatFit(long arena, int count)
    {
        if (!_takesBatches || !_model.TakesBatches || count < 2)
        {
            return 1;
        }

        long fit = (_device is CpuDevice ? CpuArena : GpuArena) / Math.Max(1, arena);
        int most = (int)Math.Min(Math.Min(fit, count), MostSamples);
        return most < 2 ? 1 : 1 << int.Log2(most);
    }

    private int SamplesOf(ExecutionPlan plan) => plan.Inputs[0].Type.Shape[0] / Frames;

    private Graph BuildGradient(int samples)
    {
        PictureGraph graph = NewGraph(samples);
        Value? gradient = graph.Gradients(graph.WeightsInput(), graph.Picture)[0];
        graph.Graph.Output(
            gradient ?? throw new ExplainException(
                $"{Model.Name}: the scores have no gradient of the picture"),
            "gradient");
        return graph.Graph;
    }

    private Graph BuildScore(int samples)
    {
        PictureGraph graph = NewGraph(samples);
        Value weights = graph.WeightsInput();
        AddSum(graph.Scores.Values, "score");
        AddSum(graph.Scores.Probabilities(graph.Graph), "confidence");
        return graph.Graph;

        void AddSum(Value values, string name)
        {
            IntList axes = [.. Enumerable.Range(1, values.Shape.Rank - 1)];
            Value counted = graph.Graph.Add(
                new Pointwise(Binary.Multiply), $"{name}/counted", values, weights);
            graph.Graph.Output(
                graph.Graph.Add(new Reduce(ReduceKind.Sum, axes), name, counted), name);
        }
    }
}
