using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// A model's scores of classes: before the softmax or sigmoid that a model may end with, since
/// probabilities near 0 and 1 have hardly a gradient, and that of one class is that of all.
/// </summary>
/// <param name="Values">
/// [samples, classes]; of a segmenter [samples, rows, columns, classes]; of a network of clips those
/// behind the last frame.
/// </param>
/// <param name="AreProbabilities">True where nothing comes after them.</param>
internal sealed record ClassScores(Value Values, bool AreProbabilities)
{
    /// <summary>How many classes there are; one class is either there or not.</summary>
    public int Count => Values.Shape[-1];

    private bool HasPixels => Values.Shape.Rank == 4;

    /// <summary>The scores of a model's output.</summary>
    /// <exception cref="ShapeException">The output is not one of so many samples.</exception>
    public static ClassScores Of(FrameModel model, Graph graph, Value output, int samples = 1)
    {
        if (output.Type.Element != ElementType.Float32)
        {
            throw new ExplainException(
                $"{model.Model.Name}: scores of classes are explained; this model gives "
                + $"{output.Type}");
        }

        Value? before = BeforeProbabilities(graph, output);
        bool areProbabilities = before is null
            && model.HasManifest && model.Manifest.Output == ModelOutput.Probability;
        Value scores = before ?? output;
        if (model.Manifest.Task == ModelTask.Segmentation)
        {
            return new(model.AsPicture(graph, scores, samples), areProbabilities);
        }

        if (model.IsStreaming && scores.Shape.Rank == 3)
        {
            scores = AfterLastFrame(graph, scores);
        }

        if (samples > 1 && scores.Shape[0] != samples)
        {
            throw new ShapeException(
                $"{model.Model.Name} gives {scores.Shape} of {samples} pictures");
        }

        var flat = new Shape(samples, checked((int)(scores.Shape.Count / samples)));
        return new(graph.Add(new Reshape(flat), "scores", scores), areProbabilities);
    }

    /// <summary>Probabilities of the scores, of the same shape.</summary>
    public Value Probabilities(Graph graph) => AreProbabilities ? Values
        : Count == 1 ? graph.Add(new Pointwise(Unary.Sigmoid), "probabilities", Values)
        : graph.Add(new Softmax(-1), "probabilities", Values);

    /// <summary>
    /// What each score counts in the score that is explained, found out in the graph: 1 for those
    /// of the class, of a segmenter at the pixels that are of it.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="classes">Float32 [classes]: 1 for the class, 0 for others.</param>
    public Value Weights(Graph graph, Value classes)
    {
        if (!HasPixels)
        {
            return graph.Add(new Reshape(Values.Shape), "class/weights", classes);
        }

        Value pixels;
        if (Count == 1)
        {
            Value least = graph.Constant("class/least", new Shape(1), [LeastScore]);
            Value isAbove = graph.Add(
                new Compare(Comparison.Greater), "class/above", Values, least);
            pixels = graph.Add(new Cast(ElementType.Float32), "class/pixels", isAbove);
        }
        else
        {
            Value best = graph.Add(new ArgMax(-1), "class/best", Values);
            Value offAndOn = graph.Constant("class/off and on", new Shape(2), [0, 1]);
            pixels = graph.Add(new OneHot(Count), "class/pixels", best, offAndOn);
        }

        return graph.Add(new Pointwise(Binary.Multiply), "class/weights", pixels, classes);
    }

    /// <summary>The same on the host, of scores that were read.</summary>
    public float[] Weights(ReadOnlySpan<float> scores, int classIndex)
    {
        int count = Count;
        var weights = new float[scores.Length];
        for (int i = 0; i < scores.Length; i += count)
        {
            ReadOnlySpan<float> pixel = scores.Slice(i, count);
            bool isOfClass = !HasPixels
                || (count == 1 ? pixel[0] > LeastScore : IndexOfLargest(pixel) == classIndex);
            weights[i + classIndex] = isOfClass ? 1 : 0;
        }

        return weights;
    }

    /// <summary>The first of the largest numbers.</summary>
    public static int IndexOfLargest(ReadOnlySpan<float> numbers)
    {
        int best = 0;
        for (int i = 1; i < numbers.Length; i++)
        {
            best = numbers[i] > numbers[best] ? i : best;
        }

        return best;
    }

    // [samples, frames, classes] to [samples, 1, classes].
    private static Value AfterLastFrame(Graph graph, Value scores)
    {
        Shape shape = scores.Shape;
        return graph.Add(
            new Slice([0, shape[1] - 1, 0], new Shape(shape[0], 1, shape[2])), "scores/last frame",
            scores);
    }

    // A probability of one half.
    private float LeastScore => AreProbabilities ? 0.5f : 0;

    /// <summary>
    /// What goes into the softmax or sigmoid at the end, moved as what comes out of it is; null
    /// where there is none.
    /// </summary>
    private static Value? BeforeProbabilities(Graph graph, Value output)
    {
        var moves = new Stack<Node>();
        Node? node = output.Producer;
        while (node?.Operator is Transpose or Reshape)
        {
            moves.Push(node);
            node = node.Inputs[0]!.Producer;
        }

        bool isProbability = node?.Operator is Softmax { IsLog: false }
            || (node?.Operator is Pointwise { Chain: { Length: 1 } chain }
                && chain.Links[0].Function == Unary.Sigmoid);
        if (!isProbability)
        {
            return null;
        }

        Value value = node!.Inputs[0]!;
        foreach (Node move in moves)
        {
            value = graph.Add(move.Operator, $"{move.Name}/scores", value);
        }

        return value;
    }
}
