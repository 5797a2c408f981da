using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>A model of one convolution, in the layout of ONNX files or in ours.</summary>
internal abstract class ConvolutionModel(
    int width, int height, bool isChannelsFirst, Variable weights, Size2 stride) : Model
{
    public override string Name => GetType().Name;

    public override IReadOnlyList<TensorDeclaration> Inputs { get; } =
    [
        new("picture", StorageType.Float32,
            isChannelsFirst ? [1, 3, height, width] : [1, height, width, 3],
            isChannelsFirst ? TensorLayout.Nchw : TensorLayout.Nhwc),
    ];

    public override IReadOnlyList<TensorDeclaration> Outputs { get; } =
    [
        new("scores", StorageType.Float32, [1, -1, -1, -1],
            isChannelsFirst ? TensorLayout.Nchw : TensorLayout.Nhwc),
    ];

    /// <summary>A manifest that scales bytes to 0..1 and nothing else.</summary>
    public static ModelManifest ManifestOf(ModelTask task, ModelOutput output) => new()
    {
        Name = task.ToString(), Task = task, Output = output, Labels = ["first", "second"],
    };

    public override IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs)
    {
        Value x = inputs[0];
        if (isChannelsFirst)
        {
            x = graph.Add(new Transpose([0, 2, 3, 1]), "nhwc", x);
        }

        Value y = After(graph, graph.Add(
            new Conv2D(stride, Padding2.None, Size2.One), "scores", x, graph.Variable(weights)));
        return [isChannelsFirst ? graph.Add(new Transpose([0, 3, 1, 2]), "nchw", y) : y];
    }

    protected virtual Value After(Graph graph, Value scores) => scores;
}

/// <summary>
/// A segmenter that knows bright from dark: the brightness of each square of pixels, as a
/// probability, or as the score of class 1 against a constant of class 0.
/// </summary>
internal sealed class BrightnessModel(
    int width = 64, int height = 64, int square = 1, int classes = 1, bool isChannelsFirst = true)
    : ConvolutionModel(width, height, isChannelsFirst, Weights(square, classes), square)
{
    private static Variable Weights(int square, int classes)
    {
        float[] weights = new float[square * square * 3 * classes];
        for (int i = 0; i < weights.Length / classes; i++)
        {
            weights[(i * classes) + classes - 1] = 1f / (square * square * 3);
        }

        return Variable.Constant("weights", new Shape(square, square, 3, classes), weights);
    }

    protected override Value After(Graph graph, Value scores) => scores.Shape.C == 1
        ? scores
        : graph.Add(
            new Pointwise(Binary.Add), "bias", scores,
            graph.Constant("bias", new Shape(2), [0.5f, 0]));
}

/// <summary>A classifier that tells which half of its picture is brighter.</summary>
internal sealed class BrighterHalfModel(int width = 32, int height = 16)
    : ConvolutionModel(width, height, true, Weights(width, height), Size2.One)
{
    private static Variable Weights(int width, int height)
    {
        float[] weights = new float[height * width * 3 * 2];
        for (int i = 0; i < weights.Length; i += 2)
        {
            bool isLeft = i / 6 % width < width / 2;
            weights[i + (isLeft ? 0 : 1)] = 20f / (height * width);
        }

        return Variable.Constant("halves", new Shape(height, width, 3, 2), weights);
    }
}
