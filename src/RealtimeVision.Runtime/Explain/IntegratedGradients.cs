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
    public override string Description =>
        "What each pixel adds to the score on the way from a black picture to this one; all numbers "
        + "together are what the score has risen by.";

    /// <inheritdoc/>
    public override string Unit => "score";

    /// <inheritdoc/>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        Tensor baseline = explainer.Grey(Baseline);
        ReadOnlySpan<float> to = picture.As<float>(), from = baseline.As<float>();
        var sum = new double[to.Length];
        explainer.Gradients(
            Steps, target,
            (step, pixels) => Mix(
                baseline.As<float>(), picture.As<float>(), (step + 0.5f) / Steps, pixels),
            (_, gradient) =>
            {
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += gradient[i];
                }
            });

        var values = new float[to.Length / explainer.Channels];
        for (int i = 0; i < sum.Length; i++)
        {
            values[i / explainer.Channels] += (float)((to[i] - from[i]) * sum[i] / Steps);
        }

        return new AttributionMap(
            explainer.Width, explainer.Height, values, isSigned: true, explainer.Frames);
    }

    private static void Mix(
        ReadOnlySpan<float> from, ReadOnlySpan<float> to, float share, Span<float> mixed)
    {
        for (int i = 0; i < mixed.Length; i++)
        {
            mixed[i] = from[i] + (share * (to[i] - from[i]));
        }
    }
}
