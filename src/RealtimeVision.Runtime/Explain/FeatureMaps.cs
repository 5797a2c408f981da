using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Maps of a layer as tiles of one picture, a map a channel, row by row. Allocates nothing when it
/// draws.
/// </summary>
public sealed class FeatureMaps
{
    /// <summary>Lays the tiles out.</summary>
    /// <param name="shape">What the layer gives, [1, rows, columns, channels] or [1, channels],
    /// whose maps are single pixels.</param>
    /// <param name="most">Most maps that are shown, the first of them.</param>
    /// <param name="aspect">Wished width of the picture, as a multiple of its height.</param>
    /// <exception cref="ArgumentException">The shape has no channels.</exception>
    public FeatureMaps(Shape shape, int most = 64, double aspect = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(aspect);
        if (shape.Rank == 0 || shape.Count == 0)
        {
            throw new ArgumentException($"{shape} has no channels", nameof(shape));
        }

        Channels = shape[-1];
        (MapHeight, MapWidth) = shape.Rank == 4 ? (shape.H, shape.W)
            : (1, checked((int)(shape.Count / Channels)));
        Shown = Math.Min(most, Channels);
        double columns = Math.Sqrt(Shown * aspect * (MapHeight + Gap) / (MapWidth + Gap));
        Columns = Math.Clamp((int)Math.Round(columns), 1, Shown);
        Rows = (Shown + Columns - 1) / Columns;
    }

    /// <summary>Pixels between two tiles.</summary>
    public const int Gap = 1;

    /// <summary>Channels of the layer.</summary>
    public int Channels { get; }

    /// <summary>Maps that are shown.</summary>
    public int Shown { get; }

    /// <summary>Columns of a map.</summary>
    public int MapWidth { get; }

    /// <summary>Rows of a map.</summary>
    public int MapHeight { get; }

    /// <summary>Tiles side by side.</summary>
    public int Columns { get; }

    /// <summary>Tiles on top of each other.</summary>
    public int Rows { get; }

    /// <summary>Columns of the picture.</summary>
    public int Width => (Columns * (MapWidth + Gap)) - Gap;

    /// <summary>Rows of the picture.</summary>
    public int Height => (Rows * (MapHeight + Gap)) - Gap;

    /// <summary>
    /// Draws the maps, each from its least number, 0, to its largest, 255; one that is the same
    /// everywhere is 0. Maps of a single pixel are compared with each other instead.
    /// </summary>
    /// <param name="values">Rows x columns x channels numbers.</param>
    /// <param name="pixels">Gets <see cref="Height"/> x <see cref="Width"/> levels.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Draw(ReadOnlySpan<float> values, Span<byte> pixels)
    {
        if (values.Length != MapWidth * MapHeight * Channels || pixels.Length != Width * Height)
        {
            throw new ArgumentException(
                $"{values.Length} numbers and {pixels.Length} pixels do not fit "
                + $"{Channels} maps of {MapWidth}x{MapHeight} in {Width}x{Height}");
        }

        pixels.Clear();
        bool isSingle = MapWidth * MapHeight == 1;
        (float Least, float Most) range = isSingle ? RangeOf(values, 0, 1) : default;
        for (int channel = 0; channel < Shown; channel++)
        {
            int x = channel % Columns * (MapWidth + Gap);
            int y = channel / Columns * (MapHeight + Gap);
            range = isSingle ? range : RangeOf(values, channel, Channels);
            DrawMap(values, channel, range, pixels, (y * Width) + x);
        }
    }

    private static (float Least, float Most) RangeOf(
        ReadOnlySpan<float> values, int first, int step)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        for (int i = first; i < values.Length; i += step)
        {
            least = Math.Min(least, values[i]);
            most = Math.Max(most, values[i]);
        }

        return (least, most);
    }

    private void DrawMap(
        ReadOnlySpan<float> values, int channel, (float Least, float Most) range,
        Span<byte> pixels, int first)
    {
        (float least, float most) = range;
        float scale = most > least ? 255 / (most - least) : 0;
        int from = channel;
        for (int row = 0; row < MapHeight; row++)
        {
            for (int column = 0; column < MapWidth; column++, from += Channels)
            {
                pixels[first + (row * Width) + column] =
                    (byte)(((values[from] - least) * scale) + 0.5f);
            }
        }
    }
}
