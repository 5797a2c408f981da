using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What was seen of a network at one frame. Its buffers are reused: see <see
/// cref="NetworkView.TryGetLatest"/> for how long it may be read.
/// </summary>
public sealed class NetworkSight
{
    /// <summary>Number of bars of <see cref="Histogram"/>.</summary>
    public const int HistogramBars = 64;

    private readonly int[] _histogram = new int[HistogramBars];
    private readonly byte[] _maps;
    private readonly byte[] _classMap;

    internal NetworkSight(
        NetworkLook look, ModelLayer layer, FeatureMaps? layout, int classMapPixels)
    {
        (Look, Layer, Layout) = (look, layer, layout);
        _maps = new byte[layout is null ? 0 : layout.Width * layout.Height];
        _classMap = new byte[classMapPixels];
    }

    /// <summary>What was asked for.</summary>
    public NetworkLook Look { get; }

    /// <summary>The layer that is seen.</summary>
    public ModelLayer Layer { get; }

    /// <summary>Index of the frame in its stream.</summary>
    public long FrameIndex { get; internal set; }

    /// <summary>How the maps are laid out as tiles; null where they were not asked for.</summary>
    public FeatureMaps? Layout { get; }

    /// <summary>
    /// The tiles: <c>Layout.Height * Layout.Width</c> levels, each map from its least number, 0, to
    /// its largest, 255.
    /// </summary>
    public ReadOnlySpan<byte> Maps => _maps;

    /// <summary>The same bytes as <see cref="Maps"/>, to keep in a field.</summary>
    public ReadOnlyMemory<byte> MapsMemory => _maps;

    /// <summary>
    /// How many of the layer's numbers lie in each of equal parts from <see cref="Least"/> to
    /// <see cref="Most"/>; all 0 where maps were not asked for.
    /// </summary>
    public ReadOnlySpan<int> Histogram => _histogram;

    /// <summary>The least of the layer's numbers.</summary>
    public float Least { get; private set; }

    /// <summary>The largest of the layer's numbers.</summary>
    public float Most { get; private set; }

    /// <summary>Index of the class of <see cref="ClassMap"/>; -1 where there is none.</summary>
    public int Class { get; private set; } = -1;

    /// <summary>
    /// What counts for the class: <c>ClassMapHeight * ClassMapWidth</c> levels, 255 where that is
    /// most of all that the model sees. It covers <see cref="Region"/> of the frame. Empty where it was not asked for.
    /// </summary>
    public ReadOnlySpan<byte> ClassMap => _classMap.AsSpan(0, ClassMapWidth * ClassMapHeight);

    /// <summary>The same bytes as <see cref="ClassMap"/>, to keep in a field.</summary>
    public ReadOnlyMemory<byte> ClassMapMemory =>
        _classMap.AsMemory(0, ClassMapWidth * ClassMapHeight);

    /// <summary>
    /// <see cref="ClassMap"/> where it was computed; null without <see
    /// cref="VisionOptions.KeepOnDevice"/>, and where OpenGL could not take it.
    /// </summary>
    public DeviceImage? ClassMapOnDevice { get; internal set; }

    /// <summary>Columns of <see cref="ClassMap"/>.</summary>
    public int ClassMapWidth { get; private set; }

    /// <summary>Rows of <see cref="ClassMap"/>.</summary>
    public int ClassMapHeight { get; private set; }

    /// <summary>The part of the frame that the model has seen, in pixels.</summary>
    public PixelBox Region { get; internal set; }

    /// <summary>Writes the maps and their histogram.</summary>
    internal void SetMaps(ReadOnlySpan<float> values)
    {
        Layout!.Draw(values, _maps);
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        foreach (float value in values)
        {
            least = Math.Min(least, value);
            most = Math.Max(most, value);
        }

        (Least, Most) = (least, most);
        float scale = most > least ? HistogramBars / (most - least) : 0;
        Array.Clear(_histogram);
        foreach (float value in values)
        {
            // A number that is none is in the first bar, as an infinite range leaves it there.
            int bar = (int)((value - least) * scale);
            _histogram[Math.Clamp(bar, 0, HistogramBars - 1)]++;
        }
    }

    /// <summary>Writes the part of a class's map that shows the region.</summary>
    /// <param name="index">The class.</param>
    /// <param name="levels">The map over all that the model sees, row by row.</param>
    /// <param name="stride">Columns of the map.</param>
    /// <param name="part">The part.</param>
    internal void SetClassMap(int index, ReadOnlySpan<byte> levels, int stride, PixelBox part)
    {
        Class = index;
        (ClassMapWidth, ClassMapHeight) = (part.Width, part.Height);
        for (int y = 0; y < part.Height; y++)
        {
            levels.Slice(((part.Y + y) * stride) + part.X, part.Width)
                .CopyTo(_classMap.AsSpan(y * part.Width));
        }
    }
}
