using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Saliency: how much the score changes with each pixel, the largest magnitude of the gradient of
/// its channels. K. Simonyan et al. 2013, https://arxiv.org/abs/1312.6034.
/// </summary>
public sealed record Saliency : AttributionMethod
{
    /// <inheritdoc/>
    public override string Name => "saliency";

    /// <inheritdoc/>
    public override string Description =>
        "How strongly the score changes with each pixel: the largest gradient of its channels.";

    /// <inheritdoc/>
    public override string Unit => "score a unit of the input";

    /// <inheritdoc/>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        return LargestMagnitude(explainer, explainer.Gradient(picture, target).As<float>());
    }

    /// <summary>A number a pixel: the largest magnitude of its channels.</summary>
    internal static AttributionMap LargestMagnitude(
        Explainer explainer, ReadOnlySpan<float> gradient)
    {
        var values = new float[gradient.Length / explainer.Channels];
        for (int i = 0; i < gradient.Length; i++)
        {
            ref float value = ref values[i / explainer.Channels];
            value = Math.Max(value, Math.Abs(gradient[i]));
        }

        return new AttributionMap(
            explainer.Width, explainer.Height, values, isSigned: false, explainer.Frames);
    }
}
