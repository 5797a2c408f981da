using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Losses: each adds nodes to a graph and gives the loss, one number of shape []. All have gradients
/// in the predictions.
/// </summary>
public static class Losses
{
    /// <summary>
    /// The mean cross-entropy of scores against classes, of pictures or of pixels: the weighted mean
    /// over all places whose label is not ignored; NaN where there is none, or where a label is no
    /// class.
    /// </summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="logits">Scores, Float32 [..., C].</param>
    /// <param name="labels">Classes, Int32 [...].</param>
    /// <param name="classWeights">Weights of the classes, [C]; null for ones.</param>
    /// <param name="ignoreIndex">The label of places that do not count; null where all do.</param>
    /// <param name="labelSmoothing">
    /// The share of the loss, from 0 to 1, that goes to all classes alike.
    /// </param>
    /// <exception cref="ShapeException">The inputs do not fit each other.</exception>
    public static Value CrossEntropy(
        Graph graph, Value logits, Value labels, Value? classWeights = null,
        int? ignoreIndex = null, float labelSmoothing = 0)
    {
        var node = graph.Node(
            new SoftmaxCrossEntropy(ignoreIndex, labelSmoothing), "cross-entropy", logits, labels,
            classWeights);
        return graph.Add(
            new Pointwise(Binary.Divide), "cross-entropy/mean",
            Total(graph, node.Outputs[0]), Total(graph, node.Outputs[1]));
    }

    /// <summary>
    /// The mean binary cross-entropy of scores against probabilities: softplus(x) - x t, which is
    /// -t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x)) without its overflows.
    /// </summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="logits">Scores x of any shape, Float32.</param>
    /// <param name="target">Probabilities t from 0 to 1, of the same shape.</param>
    /// <exception cref="ShapeException">The two are of different types.</exception>
    public static Value BinaryCrossEntropyWithLogits(Graph graph, Value logits, Value target) =>
        Mean(graph, BinaryCrossEntropies(graph, logits, target));

    /// <summary>
    /// The Dice loss (Milletari et al. 2016) of scores against a mask, over the whole batch: 1 - (2
    /// sum(p t) + epsilon) / (sum(p) + sum(t) + epsilon) with p = sigmoid(x).
    /// </summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="logits">Scores x of any shape, Float32.</param>
    /// <param name="target">The mask t, from 0 to 1, of the same shape.</param>
    /// <param name="epsilon">Keeps an empty mask from a division by zero.</param>
    /// <exception cref="ShapeException">The two are of different types.</exception>
    public static Value Dice(Graph graph, Value logits, Value target, float epsilon = 1)
    {
        RequireSameType(logits, target);
        var p = graph.Add(new Pointwise(Unary.Sigmoid), "dice/probabilities", logits);
        var common = Total(graph, graph.Add(new Pointwise(Binary.Multiply), "dice/common", p, target));
        var sizes = graph.Add(
            new Pointwise(Binary.Add), "dice/sizes", Total(graph, p), Total(graph, target));
        var over = graph.Add(new Pointwise(Unary.Affine, 2, epsilon), "dice/numerator", common);
        var under = graph.Add(new Pointwise(Unary.Affine, 1, epsilon), "dice/denominator", sizes);
        var ratio = graph.Add(new Pointwise(Binary.Divide), "dice/ratio", over, under);
        return graph.Add(new Pointwise(Unary.Affine, -1, 1), "dice", ratio);
    }

    /// <summary>
    /// The mean focal loss (Lin et al. 2017) of scores against a mask: the binary cross-entropy of
    /// each element times (1 - q)^gamma, where q is the probability that is given to the truth, and
    /// times alpha where the truth is 1, 1 - alpha where it is 0.
    /// </summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="logits">Scores of any shape, Float32.</param>
    /// <param name="target">The mask, 0 or 1, of the same shape.</param>
    /// <param name="alpha">Weight of ones; null to weigh ones and zeros alike.</param>
    /// <param name="gamma">How much less what is known already counts.</param>
    /// <exception cref="ShapeException">The two are of different types.</exception>
    public static Value Focal(
        Graph graph, Value logits, Value target, float? alpha = 0.25f, float gamma = 2)
    {
        var losses = BinaryCrossEntropies(graph, logits, target);

        // The probability of the truth is that of its score with the sign of the truth.
        var sign = graph.Add(new Pointwise(Unary.Affine, 2, -1), "focal/sign", target);
        var wrong = graph.Add(
            new Pointwise(new PointwiseChain(
                new(Binary.Multiply), new(Unary.Negate), new(Unary.Sigmoid))),
            "focal/wrong", logits, sign);
        if (gamma != 0)
        {
            var exponent = graph.Constant("gamma", default, [gamma]);
            var factor = gamma == 1 ? wrong : gamma == 2
                ? graph.Add(new Pointwise(Unary.Square), "focal/factor", wrong)
                : graph.Add(new Pointwise(Binary.Power), "focal/factor", wrong, exponent);
            losses = graph.Add(new Pointwise(Binary.Multiply), "focal/losses", losses, factor);
        }

        if (alpha is { } ofOnes)
        {
            var weights = graph.Add(
                new Pointwise(Unary.Affine, (2 * ofOnes) - 1, 1 - ofOnes), "focal/weights", target);
            losses = graph.Add(new Pointwise(Binary.Multiply), "focal/weighted", losses, weights);
        }

        return Mean(graph, losses);
    }

    /// <summary>The mean of the squared differences.</summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="prediction">Any shape, Float32.</param>
    /// <param name="target">The same shape.</param>
    /// <exception cref="ShapeException">The two are of different types.</exception>
    public static Value MeanSquaredError(Graph graph, Value prediction, Value target)
    {
        RequireSameType(prediction, target);
        var difference = graph.Add(
            new Pointwise(Binary.Subtract), "squared error/difference", prediction, target);
        return Mean(graph, graph.Add(new Pointwise(Unary.Square), "squared error", difference));
    }

    /// <summary>
    /// The mean Huber loss (Huber 1964) of the differences d: d d / 2 up to delta, then delta (|d| -
    /// delta / 2).
    /// </summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="prediction">Any shape, Float32.</param>
    /// <param name="target">The same shape.</param>
    /// <param name="delta">Where the square ends; positive.</param>
    /// <exception cref="ShapeException">The two are of different types.</exception>
    public static Value Huber(Graph graph, Value prediction, Value target, float delta = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
        RequireSameType(prediction, target);
        var magnitude = graph.Add(
            new Pointwise(new PointwiseChain(new(Binary.Subtract), new(Unary.Abs))),
            "huber/magnitude", prediction, target);

        // With c = min(|d|, delta), both parts are c (|d| - c / 2).
        var near = graph.Add(new Pointwise(Unary.Clip, 0, delta), "huber/near", magnitude);
        var half = graph.Add(new Pointwise(Unary.Affine, 0.5f), "huber/half", near);
        var rest = graph.Add(new Pointwise(Binary.Subtract), "huber/rest", magnitude, half);
        return Mean(graph, graph.Add(new Pointwise(Binary.Multiply), "huber", near, rest));
    }

    private static Value BinaryCrossEntropies(Graph graph, Value logits, Value target)
    {
        RequireSameType(logits, target);
        var common = graph.Add(
            new Pointwise(Binary.Multiply), "binary cross-entropy/common", logits, target);
        var softplus = graph.Add(
            new Pointwise(Unary.Softplus), "binary cross-entropy/softplus", logits);
        return graph.Add(
            new Pointwise(Binary.Subtract), "binary cross-entropy", softplus, common);
    }

    private static Value Total(Graph graph, Value x) =>
        graph.Add(new Reduce(ReduceKind.Sum, [], KeepDims: false), $"{x.Name}/sum", x);

    private static Value Mean(Graph graph, Value x) =>
        graph.Add(new Reduce(ReduceKind.Mean, [], KeepDims: false), $"{x.Name}/mean", x);

    private static void RequireSameType(Value prediction, Value target)
    {
        if (prediction.Type != target.Type)
        {
            throw new ShapeException(
                $"a loss of '{prediction.Name}' ({prediction.Type}) against '{target.Name}' "
                + $"({target.Type}): both have to be of one type");
        }
    }
}
