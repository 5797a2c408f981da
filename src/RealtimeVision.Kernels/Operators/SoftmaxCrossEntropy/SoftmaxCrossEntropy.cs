using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Cross-entropy of scores against classes, for each place that has a class: a picture, or each
/// pixel. Softmax, logarithm and choice in one pass: loss = weight[label] (log(sum of e^x) -
/// x[label]), and with label smoothing s (Szegedy et al. 2016) (1 - s) of it + s / C * sum over c of
/// weight[c] (log(sum of e^x) - x[c]).
/// </summary>
/// <remarks>
/// Inputs: scores (logits) [..., C]; labels Int32 [...]; weights of the classes [C], may be absent
/// for ones. Outputs: the losses [...], and the weights of the labels [...], by whose sum the sum of
/// the losses is divided for their mean. Both are 0 where the label is ignored. Where a label is no
/// class the loss is NaN. The weights have no gradient.
/// </remarks>
/// <param name="IgnoreIndex">The label of places that do not count; null where all do.</param>
/// <param name="LabelSmoothing">The share of the loss that goes to all classes alike.</param>
public sealed partial record SoftmaxCrossEntropy(int? IgnoreIndex = null, float LabelSmoothing = 0)
    : Operator
{
    /// <summary>Index of the scores among the inputs.</summary>
    public const int Logits = 0;

    /// <summary>Index of the labels among the inputs.</summary>
    public const int Labels = 1;

    /// <summary>Index of the classes' weights among the inputs.</summary>
    public const int ClassWeights = 2;

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length is 2 or 3, $"takes scores, labels and weights, has {inputs.Length}");
        RequireFloat(inputs[Logits], "the scores");
        var logits = inputs[Logits].Shape;
        Require(logits.Rank >= 1 && logits[-1] >= 1, $"scores {logits} have no classes");
        var labels = new Shape(logits.Sizes[..^1]);
        Require(
            inputs[Labels] == new TensorType(ElementType.Int32, labels),
            $"labels have to be Int32{labels} for scores {logits}, are {inputs[Labels]}");
        if (inputs.Length > ClassWeights && inputs[ClassWeights].IsPresent)
        {
            RequireFloat(inputs[ClassWeights], "the weights", 1);
            Require(
                inputs[ClassWeights].Shape[0] == logits[-1],
                $"weights {inputs[ClassWeights].Shape} do not fit the classes of scores {logits}");
        }

        Require(
            LabelSmoothing is >= 0 and <= 1,
            $"label smoothing has to be from 0 to 1, is {LabelSmoothing}");
        var losses = new TensorType(ElementType.Float32, labels);
        return [losses, losses];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        if (g.Wants(Logits) && g.HasGradient(0))
        {
            g.Give(Logits, g.Add(
                new SoftmaxCrossEntropyGradient(IgnoreIndex, LabelSmoothing),
                g.Input(Logits),
                g.Input(Labels),
                g.Has(ClassWeights) ? g.Input(ClassWeights) : null,
                g.OutputGradient()));
        }
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 4 * inputs[Logits].Shape.Count;
}

/// <summary>The gradient of the scores of <see cref="SoftmaxCrossEntropy"/>, in one pass.</summary>
/// <remarks>
/// Inputs: scores [..., C], labels and weights as there; the gradients of the losses [...]. Output:
/// [..., C]; 0 where the label is ignored, NaN where it is no class.
/// </remarks>
/// <param name="IgnoreIndex">The label of places that do not count; null where all do.</param>
/// <param name="LabelSmoothing">The share of the loss that goes to all classes alike.</param>
public sealed partial record SoftmaxCrossEntropyGradient(
    int? IgnoreIndex = null, float LabelSmoothing = 0) : Operator
{
    /// <summary>Index of the losses' gradients among the inputs.</summary>
    public const int Gradient = 3;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 4, $"takes scores, labels, weights and gradients, has {inputs.Length}");
        var losses = new SoftmaxCrossEntropy(IgnoreIndex, LabelSmoothing).Infer(inputs[..Gradient])[0];
        Require(
            inputs[Gradient] == losses,
            $"the losses' gradient has to be {losses}, is {inputs[Gradient]}");
        return [inputs[SoftmaxCrossEntropy.Logits]];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        input == SoftmaxCrossEntropy.Logits;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        6 * inputs[SoftmaxCrossEntropy.Logits].Shape.Count;
}

/// <summary>The numbers of a cross-entropy: plain, so that a GPU kernel can be given them.</summary>
internal struct CrossEntropyNumbers
{
    public int Rows, Classes, Ignores, IgnoreIndex, HasWeights;

    /// <summary>The share of the label, and that of each class.</summary>
    public float LabelShare, ClassShare;

    public static CrossEntropyNumbers Of(Shape logits, int? ignoreIndex, float smoothing, bool hasWeights) =>
        new()
        {
            Rows = checked((int)(logits.Count / logits[-1])), Classes = logits[-1],
            Ignores = ignoreIndex is null ? 0 : 1, IgnoreIndex = ignoreIndex ?? 0,
            HasWeights = hasWeights ? 1 : 0, LabelShare = 1 - smoothing,
            ClassShare = smoothing / logits[-1],
        };

    public readonly bool IsIgnored(int label) => Ignores != 0 && label == IgnoreIndex;

    public readonly bool IsClass(int label) => label >= 0 && label < Classes;
}
