using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Explain;

public sealed partial class Explainer
{
    /// <summary>What the model says of a picture.</summary>
    /// <param name="picture">What <see cref="Read"/> gives.</param>
    public Prediction Predict(Tensor picture)
    {
        var plan = Plan("predict", () =>
        {
            PictureGraph graph = NewGraph();
            graph.Graph.Output(graph.Scores.Values, "scores");
            graph.Graph.Output(graph.Scores.Probabilities(graph.Graph), "probabilities");
            return graph.Graph;
        });
        Run(plan, picture);
        return new Prediction(plan.ReadOutput(0), plan.ReadOutput(1), Task);
    }

    /// <summary>A class as it is found in a picture.</summary>
    /// <param name="picture">What <see cref="Read"/> gives.</param>
    /// <param name="classIndex">Index of the class.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public ClassTarget Target(Tensor picture, int classIndex) =>
        Target(Predict(picture), classIndex);

    /// <summary>A class as a prediction has found it.</summary>
    /// <param name="prediction">What the model says of the picture.</param>
    /// <param name="classIndex">Index of the class.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public ClassTarget Target(Prediction prediction, int classIndex)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentOutOfRangeException.ThrowIfNegative(classIndex);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(classIndex, Classes.Count);
        Tensor scores = prediction.Scores;
        float[] weights = _scores.Weights(scores.As<float>(), classIndex);
        return new ClassTarget(classIndex, Tensor.Of<float>(scores.Shape, weights));
    }

    /// <summary>The map of a method for a class.</summary>
    /// <param name="method">The method.</param>
    /// <param name="picture">What <see cref="Read"/> gives.</param>
    /// <param name="classIndex">Index of the class.</param>
    /// <inheritdoc cref="AttributionMethod.Attribute"/>
    public AttributionMap Attribute(AttributionMethod method, Tensor picture, int classIndex)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.Attribute(this, picture, Target(picture, classIndex));
    }

    /// <summary>The score that is explained, and how sure the model is of it.</summary>
    /// <param name="picture">What <see cref="Read"/> gives, or a changed one.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <returns>The sum of the scores that count, and the mean of their probabilities.</returns>
    public (float Score, float Confidence) Score(Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(target);
        (float Score, float Confidence) told = default;
        Scores(
            1, target, (_, pixels) => picture.As<float>().CopyTo(pixels),
            (_, score, confidence) => told = (score, confidence));
        return told;
    }

    /// <summary>The gradient of the score that is explained.</summary>
    /// <param name="picture">What <see cref="Read"/> gives, or a changed one.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <returns>Of the picture's type.</returns>
    /// <exception cref="NotSupportedException">An operator has no gradient; it is
    /// named.</exception>
    public Tensor Gradient(Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(target);
        var gradient = new Tensor(picture.Type);
        Gradients(
            1, target, (_, pixels) => picture.As<float>().CopyTo(pixels),
            (_, of) => of.CopyTo(gradient.As<float>()));
        return gradient;
    }

    /// <summary>
    /// What a network of clips says of the next frame of a stream, as it does live: it remembers the
    /// frames before. Of other models, what they say of the picture.
    /// </summary>
    /// <param name="frame">What <see cref="Read"/> gives.</param>
    /// <param name="isFirst">True to forget what was before.</param>
    /// <returns>Probabilities of the classes.</returns>
    /// <exception cref="ExplainException">The network needs whole clips, since it also looks
    /// backwards.</exception>
    public float[] Follow(Tensor frame, bool isFirst = false)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ExecutionPlan plan = Plan("follow", () =>
        {
            var graph = new Graph();
            Value picture = graph.Input("frame", TensorType.Float(1, Height, Width, Channels));
            try
            {
                ClassScores scores = ClassScores.Of(_model, graph, _model.Apply(graph, picture));
                graph.Output(scores.Probabilities(graph), "probabilities");
            }
            catch (InvalidOperationException e)
            {
                throw new ExplainException($"{Model.Name}: {e.Message}", e);
            }

            return graph;
        });
        if (isFirst)
        {
            _states.Reset();
        }

        Run(plan, frame);
        return plan.ReadOutput(0).As<float>().ToArray();
    }

    /// <summary>What layers give.</summary>
    /// <param name="picture">What <see cref="Read"/> gives.</param>
    /// <param name="layers">Names of layers.</param>
    /// <returns>One tensor a layer, of its shape.</returns>
    /// <exception cref="ExplainException">A layer is not there; near names are told.</exception>
    public IReadOnlyList<Tensor> Activations(Tensor picture, params IReadOnlyList<string> layers)
    {
        var plan = Plan($"layers {string.Join('\n', layers)}", () =>
        {
            PictureGraph graph = NewGraph();
            foreach (string layer in layers)
            {
                graph.Graph.Output(graph.Layers.ValueOf(layer), layer);
            }

            return graph.Graph;
        });
        Run(plan, picture);
        return [.. Enumerable.Range(0, layers.Count).Select(plan.ReadOutput)];
    }

    /// <summary>Runs a plan whose inputs are given in their order.</summary>
    internal static void Run(ExecutionPlan plan, params ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            plan.SetInput(i, inputs[i].Bytes);
        }

        plan.Run();
    }
}

/// <summary>What a model says of a picture.</summary>
public sealed class Prediction
{
    internal Prediction(Tensor scores, Tensor probabilities, ModelTask task)
    {
        (Scores, Probabilities) = (scores, probabilities);
        Shares = task == ModelTask.Classification
            ? probabilities.As<float>().ToArray() : CountPixels();
        Top = ClassScores.IndexOfLargest(Shares);
    }

    /// <summary>
    /// Scores of the classes, before softmax or sigmoid where the model ends with one: [1, classes],
    /// or [1, rows, columns, classes].
    /// </summary>
    public Tensor Scores { get; }

    /// <summary>Probabilities, of the same shape.</summary>
    public Tensor Probabilities { get; }

    /// <summary>
    /// Of each class, a classifier's probability or the share of a segmenter's pixels.
    /// </summary>
    public float[] Shares { get; }

    /// <summary>The class with the largest share.</summary>
    public int Top { get; }

    private float[] CountPixels()
    {
        int classes = Scores.Shape[-1];
        Span<float> probabilities = Probabilities.As<float>();
        var shares = new float[classes];
        float pixel = (float)classes / probabilities.Length;
        for (int i = 0; i < probabilities.Length; i += classes)
        {
            if (classes > 1)
            {
                shares[ClassScores.IndexOfLargest(probabilities.Slice(i, classes))] += pixel;
            }
            else if (probabilities[i] > 0.5f)
            {
                shares[0] += pixel;
            }
        }

        return shares;
    }
}
