using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Occlusion: by how much the score falls when a square lies over the pixel, the mean of all
/// squares that do. Needs no gradient. M. Zeiler, R. Fergus 2013, https://arxiv.org/abs/1311.2901.
/// </summary>
public sealed record Occlusion : AttributionMethod
{
    /// <summary>
    /// Side of the square in pixels of the picture that the model sees; null for an eighth of the
    /// longer side.
    /// </summary>
    public int? Side { get; init; }

    /// <summary>Pixels from one square to the next; null for half a side.</summary>
    public int? Stride { get; init; }

    /// <inheritdoc/>
    public override string Name => "occlusion";

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Side or stride is not positive, or squares
    /// would leave pixels out.</exception>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        int width = explainer.Width, height = explainer.Height;
        int side = Side ?? Math.Max(1, Math.Max(width, height) / 8);
        int stride = Stride ?? Math.Max(1, side / 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side, nameof(Side));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride, nameof(Stride));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stride, side, nameof(Stride));
        float whole = explainer.Score(picture, target).Score;
        float[] cover = MeanColour(explainer, picture);
        var sums = new double[width * height];
        var counts = new int[width * height];
        var covered = new Tensor(picture.Type);
        for (int y = 0; y < height + stride - side; y += stride)
        {
            for (int x = 0; x < width + stride - side; x += stride)
            {
                picture.Bytes.CopyTo(covered.Bytes);
                int right = Math.Min(x + side, width), bottom = Math.Min(y + side, height);
                Cover(explainer, covered.As<float>(), cover, x, y, right, bottom);
                float fall = whole - explainer.Score(covered, target).Score;
                for (int row = y; row < bottom; row++)
                {
                    for (int i = (row * width) + x; i < (row * width) + right; i++)
                    {
                        sums[i] += fall;
                        counts[i]++;
                    }
                }
            }
        }

        return new AttributionMap(
            width, height, [.. sums.Select((sum, i) => (float)(sum / counts[i]))], isSigned: true);
    }

    /// <summary>The mean of each channel.</summary>
    internal static float[] MeanColour(Explainer explainer, Tensor picture)
    {
        Span<float> pixels = picture.As<float>();
        var sums = new double[explainer.Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            sums[i % sums.Length] += pixels[i];
        }

        double count = (double)pixels.Length / sums.Length;
        return Array.ConvertAll(sums, sum => (float)(sum / count));
    }

    private static void Cover(
        Explainer explainer, Span<float> pixels, float[] colour, int left, int top, int right,
        int bottom)
    {
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                colour.CopyTo(pixels[(((y * explainer.Width) + x) * colour.Length)..]);
            }
        }
    }
}
