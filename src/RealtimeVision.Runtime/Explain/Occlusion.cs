using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Occlusion: by how much the score falls when a square lies over the pixel, the mean of all
/// squares that do. Needs no gradient. M. Zeiler, R. Fergus 2013, https://arxiv.org/abs/1311.2901.
/// </summary>
/// <remarks>Of a clip, squares lie over several frames at the same place.</remarks>
public sealed record Occlusion : AttributionMethod
{
    // A clip has blocks in three directions: as many as can be run in a few seconds.
    private const int BlocksOfTime = 6;

    /// <summary>
    /// Side of the square in pixels of the picture that the model sees; null for an eighth of the
    /// longer side.
    /// </summary>
    public int? Side { get; init; }

    /// <summary>
    /// Pixels from one square to the next; null for half a side, of a clip a whole one.
    /// </summary>
    public int? Stride { get; init; }

    /// <summary>Frames of a clip that a square lies over; null for a sixth of them.</summary>
    public int? Frames { get; init; }

    /// <inheritdoc/>
    public override string Name => "occlusion";

    /// <inheritdoc/>
    public override string Description =>
        "How far the score falls where a square of the mean colour lies over the picture. Below 0 the "
        + "model is surer without what is there.";

    /// <inheritdoc/>
    public override string Unit => "score";

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">Side or stride is not positive, or squares
    /// would leave pixels out.</exception>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(picture);
        int width = explainer.Width, height = explainer.Height;
        float whole = explainer.Score(picture, target).Score;
        float[] cover = MeanColour(explainer, picture);
        Block[] blocks = [.. Blocks(explainer)];
        var sums = new double[explainer.Frames * width * height];
        var counts = new int[sums.Length];
        explainer.Scores(
            blocks.Length, target,
            (i, covered) =>
            {
                picture.As<float>().CopyTo(covered);
                foreach (int row in blocks[i].Rows(width, height))
                {
                    for (int pixel = row; pixel < row + blocks[i].Columns; pixel++)
                    {
                        cover.CopyTo(covered[(pixel * cover.Length)..]);
                    }
                }
            },
            (i, score, _) =>
            {
                foreach (int row in blocks[i].Rows(width, height))
                {
                    for (int pixel = row; pixel < row + blocks[i].Columns; pixel++)
                    {
                        sums[pixel] += whole - score;
                        counts[pixel]++;
                    }
                }
            });
        return new AttributionMap(
            width, height, [.. sums.Select((sum, i) => (float)(sum / counts[i]))], isSigned: true,
            explainer.Frames);
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

    // Those at the edges are cut off.
    private IEnumerable<Block> Blocks(Explainer explainer)
    {
        int width = explainer.Width, height = explainer.Height, frames = explainer.Frames;
        int side = Side ?? Math.Max(1, Math.Max(width, height) / 8);
        int stride = Stride ?? (frames > 1 ? side : Math.Max(1, side / 2));
        int depth = Frames ?? Math.Max(1, frames / BlocksOfTime);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(side, nameof(Side));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride, nameof(Stride));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stride, side, nameof(Stride));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(depth, nameof(Frames));
        for (int frame = 0; frame < frames; frame += depth)
        {
            for (int y = 0; y < height + stride - side; y += stride)
            {
                for (int x = 0; x < width + stride - side; x += stride)
                {
                    yield return new(
                        frame, Math.Min(depth, frames - frame), x, Math.Min(side, width - x), y,
                        Math.Min(side, height - y));
                }
            }
        }
    }

    private readonly record struct Block(
        int Frame, int Frames, int Left, int Columns, int Top, int RowCount)
    {
        // The first pixel of each row, of all frames.
        public IEnumerable<int> Rows(int width, int height)
        {
            for (int frame = Frame; frame < Frame + Frames; frame++)
            {
                for (int row = Top; row < Top + RowCount; row++)
                {
                    yield return (((frame * height) + row) * width) + Left;
                }
            }
        }
    }
}
