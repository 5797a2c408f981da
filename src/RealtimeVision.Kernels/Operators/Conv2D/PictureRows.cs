using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Rows of a picture as a window sees them. Where windows reach over the edge, the rows that a
/// piece of work needs are copied with their padding into the thread's scratch memory, where they
/// stay in a near cache; else they are read in place.
/// </summary>
internal readonly unsafe struct PictureRows
{
    private readonly Window2 _window;
    private readonly Shape _picture;
    private readonly int _paddedWidth;

    /// <summary>
    /// Rows of a picture batch [N, H, W, C] under a window, for an output of the given size.
    /// </summary>
    public PictureRows(Window2 window, Shape picture, Size2 output)
    {
        _window = window;
        _picture = picture;
        int lastRow = ((output.Height - 1) * window.Stride.Height) + window.Span.Height - window.Padding.Top;
        int lastColumn = ((output.Width - 1) * window.Stride.Width) + window.Span.Width - window.Padding.Left;
        IsCopied = window.Padding.Top > 0 || window.Padding.Left > 0 || lastRow > picture.H || lastColumn > picture.W;
        _paddedWidth = ((output.Width - 1) * window.Stride.Width) + window.Span.Width;
        Pitch = (IsCopied ? _paddedWidth : picture.W) * picture.C;
    }

    /// <summary>True where rows are copied.</summary>
    public bool IsCopied { get; }

    /// <summary>Floats from a row to the next, as <see cref="Get"/> gives them.</summary>
    public int Pitch { get; }

    /// <summary>Floats of scratch memory for so many output rows.</summary>
    public long ScratchFloats(int outputRows) => IsCopied ? (long)InputRows(outputRows) * Pitch : 0;

    /// <summary>Input rows under so many output rows.</summary>
    public int InputRows(int outputRows) =>
        ((outputRows - 1) * _window.Stride.Height) + _window.Span.Height;

    /// <summary>
    /// The first number under the window of output pixel (first row, 0) of picture
    /// <paramref name="n"/>.
    /// </summary>
    public float* Get(float* pictures, int n, int outputRow, int outputRows, float* scratch)
    {
        int top = (outputRow * _window.Stride.Height) - _window.Padding.Top;
        float* picture = pictures + ((long)n * _picture.H * _picture.W * _picture.C);
        if (!IsCopied)
        {
            return picture + ((long)top * Pitch);
        }

        int c = _picture.C;
        int left = Math.Min(_window.Padding.Left, _paddedWidth) * c;
        int middle = Math.Min(_picture.W, _paddedWidth - _window.Padding.Left) * c;
        middle = Math.Max(middle, 0);
        int rows = InputRows(outputRows);
        for (int r = 0; r < rows; r++)
        {
            var row = new Span<float>(scratch + ((long)r * Pitch), Pitch);
            int y = top + r;
            if (y < 0 || y >= _picture.H)
            {
                row.Clear();
                continue;
            }

            row[..left].Clear();
            new Span<float>(picture + ((long)y * _picture.W * c), middle).CopyTo(row[left..]);
            row[(left + middle)..].Clear();
        }

        return scratch;
    }
}
