using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// A way to say which pixels of a picture count for a class: its parameters. What it has to compile
/// is kept by the <see cref="Explainer"/>, once for all pictures.
/// </summary>
public abstract record AttributionMethod
{
    /// <summary>Its name as people write it: <c>grad-cam</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What its maps show, as a sentence; empty where nothing is said.</summary>
    public virtual string Description => "";

    /// <summary>What its numbers are measured in; empty where they only compare.</summary>
    public virtual string Unit => "";

    /// <summary>The map of a picture or clip.</summary>
    /// <param name="explainer">The model on its device.</param>
    /// <param name="picture">What <see cref="Explainer.Read"/> gives.</param>
    /// <param name="target">The class, and where it is.</param>
    /// <exception cref="ExplainException">A layer is not there, or unfit.</exception>
    /// <exception cref="NotSupportedException">An operator of the model has no gradient; it is
    /// named.</exception>
    public abstract AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target);
}

/// <summary>
/// What is explained: the sum of a class's scores over the pixels that are of it; of a classifier,
/// its score.
/// </summary>
/// <param name="Class">Index of the class.</param>
/// <param name="Weights">
/// 1 for each score that is added and 0 for others: Float32 [1, classes], or [1, rows, columns,
/// classes] of a segmenter.
/// </param>
public sealed record ClassTarget(int Class, Tensor Weights)
{
    /// <summary>Number of scores that are added; 0 where no pixel is of the class.</summary>
    public int Count { get; } = Weights.As<float>().Count(1f);
}
