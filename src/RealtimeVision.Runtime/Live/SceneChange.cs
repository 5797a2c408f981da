namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Tells whether a frame continues the one before: another size, an index or a time that goes back,
/// or a picture that has hardly anything in common begin a new scene.
/// </summary>
/// <remarks>
/// Pictures are compared by the mean difference of a grid of pixels. Motion changes few of them;
/// only a cut changes most.
/// </remarks>
internal sealed class SceneChange
{
    private const int Columns = 32;
    private const int Rows = 18;

    // Mean difference, of 255. Hand-held video stays below 20, cuts are mostly above 40.
    private const int CutDifference = 40;

    private readonly byte[] _grid = new byte[Columns * Rows];
    private int _width;
    private int _height;
    private PixelFormat _format;
    private long _index;
    private TimeSpan _timestamp;

    /// <summary>Forgets the frame before: the next one begins a scene.</summary>
    public void Reset() => _width = 0;

    /// <summary>Whether the frame begins a new scene; remembers it for the next one.</summary>
    public bool IsNew(Frame frame)
    {
        bool isNew = frame.Width != _width || frame.Height != _height || frame.Format != _format
            || frame.Index < _index || frame.Timestamp < _timestamp;
        _width = frame.Width;
        _height = frame.Height;
        _format = frame.Format;
        _index = frame.Index;
        _timestamp = frame.Timestamp;
        return Sample(frame) > CutDifference * Columns * Rows || isNew;
    }

    // The second byte of a pixel is green in every format of colours.
    private int Sample(Frame frame)
    {
        Span<byte> pixels = frame.Pixels;
        int channels = frame.Channels;
        int channel = channels == 1 ? 0 : 1;
        int difference = 0;
        for (int row = 0; row < Rows; row++)
        {
            int y = ((2 * row) + 1) * frame.Height / (2 * Rows);
            for (int column = 0; column < Columns; column++)
            {
                int x = ((2 * column) + 1) * frame.Width / (2 * Columns);
                byte value = pixels[(((y * frame.Width) + x) * channels) + channel];
                ref byte cell = ref _grid[(row * Columns) + column];
                difference += Math.Abs(value - cell);
                cell = value;
            }
        }

        return difference;
    }
}
