using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Integrated gradients: what each pixel adds to the score on the straight way from a picture that
/// says nothing. M. Sundararajan et al. 2017, https://arxiv.org/abs/1703.01365.
/// </summary>
/// <remarks>
/// (x - b) times the mean gradient at b + a (x - b), for a in the middles of equal steps from 0 to
/// 1. Complete: the numbers add up to the score of the picture less that of the baseline, as far as
/// the steps are fine enough.
/// </remarks>
public sealed record IntegratedGradients : AttributionMethod
{
    /// <summary>Number of steps of the way.</summary>
    public int Steps { get; init; } = 32;

    /// <summary>The grey of the picture that says nothing, 0 for black to 1 for white.</summary>
    public float Baseline { get; init; }

    /// <inheritdoc/>
    public override string Name => "integrated-gradients";

    /// <inheritdoc/>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        ReadOnlySpan<float> to = picture.As<float>();
        ReadOnlySpan<float> from = explainer.Grey(Baseline).As<float>();
        var between = new Tensor(picture.Type);
        var sum = new double[to.Length];
        for (int step = 0; step < Steps; step++)
        {
            float share = (step + 0.5f) / Steps;
            Span<float> pixels = between.As<float>();
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = from[i] + (share * (to[i] - from[i]));
            }

            ReadOnlySpan<float> gradient = explainer.Gradient(between, target).As<float>();
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += gradient[i];
            }
        }

        var values = new float[explainer.Width * explainer.Height];
        for (int i = 0; i < sum.Length; i++)
        {
            values[i / explainer.Channels] += (float)((to[i] - from[i]) * sum[i] / Steps);
        }

        return new AttributionMap(explainer.Width, explainer.Height, values, isSigned: true);
    }
}
