using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
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
        ArgumentNullException.ThrowIfNull(target);
        var plan = Plan("score", () =>
        {
            PictureGraph graph = NewGraph();
            Value weights = graph.WeightsInput();
            AddSum(graph.Scores.Values, "score");
            AddSum(graph.Scores.Probabilities(graph.Graph), "confidence");
            return graph.Graph;

            void AddSum(Value values, string name)
            {
                Value counted = graph.Graph.Add(
                    new Pointwise(Binary.Multiply), $"{name}/counted", values, weights);
                graph.Graph.Output(
                    graph.Graph.Add(new Reduce(ReduceKind.Sum, []), name, counted), name);
            }
        });
        Run(plan, picture, target.Weights);
        Span<float> number = stackalloc float[1];
        plan.ReadOutput(0, MemoryMarshal.AsBytes(number));
        float score = number[0];
        plan.ReadOutput(1, MemoryMarshal.AsBytes(number));
        return (score, target.Count == 0 ? 0 : number[0] / target.Count);
    }

    /// <summary>The gradient of the score that is explained.</summary>
    /// <param name="picture">What <see cref="Read"/> gives, or a changed one.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <returns>Of the picture's type.</returns>
    /// <exception cref="NotSupportedException">An operator has no gradient; it is
    /// named.</exception>
    public Tensor Gradient(Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var plan = Plan("gradient", () =>
        {
            PictureGraph graph = NewGraph();
            Value? gradient = graph.Gradients(graph.WeightsInput(), graph.Picture)[0];
            graph.Graph.Output(
                gradient ?? throw new ExplainException(
                    $"{Model.Name}: the scores have no gradient of the picture"),
                "gradient");
            return graph.Graph;
        });
        Run(plan, picture, target.Weights);
        return plan.ReadOutput(0);
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
