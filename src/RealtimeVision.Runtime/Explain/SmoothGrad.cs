using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// SmoothGrad: the saliency of the mean gradient of the picture under noise, so that what the
/// gradient does from one value to the next evens out. D. Smilkov et al. 2017,
/// https://arxiv.org/abs/1706.03825.
/// </summary>
public sealed record SmoothGrad : AttributionMethod
{
    private const int NoiseStream = 7;

    /// <summary>Number of noisy pictures.</summary>
    public int Samples { get; init; } = 16;

    /// <summary>
    /// Standard deviation of the noise, as a share of the picture's largest number less its least.
    /// </summary>
    public float Noise { get; init; } = 0.15f;

    /// <summary>Which noise it is: the same seed gives the same map.</summary>
    public ulong Seed { get; init; } = 1;

    /// <inheritdoc/>
    public override string Name => "smoothgrad";

    /// <inheritdoc/>
    public override string Description =>
        "How strongly the score changes with each pixel, averaged over noisy copies of the picture, "
        + "which evens out the gradient's grain.";

    /// <inheritdoc/>
    public override string Unit => "score a unit of the input";

    /// <inheritdoc/>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        Span<float> pixels = picture.As<float>();
        float deviation = Noise * Range(pixels);
        var sum = new float[pixels.Length];
        explainer.Gradients(
            Samples, target,
            (sample, noisy) => AddNoise(picture.As<float>(), noisy, deviation, sample),
            (_, gradient) =>
            {
                for (int i = 0; i < sum.Length; i++)
                {
                    sum[i] += gradient[i] / Samples;
                }
            });

        return Saliency.LargestMagnitude(explainer, sum);
    }

    private static float Range(ReadOnlySpan<float> pixels)
    {
        float least = pixels[0], most = pixels[0];
        foreach (float pixel in pixels)
        {
            least = Math.Min(least, pixel);
            most = Math.Max(most, pixel);
        }

        return most - least;
    }

    private void AddNoise(
        ReadOnlySpan<float> picture, Span<float> noisy, float deviation, int sample)
    {
        var random = new Philox(Seed, NoiseStream, sample);
        for (int i = 0; i < picture.Length; i += 2)
        {
            var (first, second) = random.NextNormals();
            noisy[i] = picture[i] + (deviation * first);
            if (i + 1 < picture.Length)
            {
                noisy[i + 1] = picture[i + 1] + (deviation * second);
            }
        }
    }
}
