using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>
/// One picture as a stream: a single frame, or with <see cref="SourceOptions.Loop"/> the same frame
/// again and again, stamped at the frame rate.
/// </summary>
public sealed class PictureSource : IFrameSource
{
    /// <summary>Frames a second where the caller states none.</summary>
    internal const double DefaultRate = 25;

    private readonly string _path;
    private readonly SourceOptions _options;
    private readonly Frame _picture = new();
    private bool _open;
    private long _next;

    /// <summary>Makes the source; the file is read by <see cref="Open"/>.</summary>
    public PictureSource(string path, SourceOptions? options = null)
    {
        _path = path;
        _options = (options ?? SourceOptions.Default).Checked();
    }

    /// <inheritdoc/>
    public string Name => _path;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public double? FrameRate => _options.FrameRate ?? DefaultRate;

    /// <inheritdoc/>
    public long? FrameCount => _options.Loop ? null : 1;

    /// <inheritdoc/>
    public void Open(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Close();
        try
        {
            Picture.Load(_path, _picture, _options.Width, _options.Height);
        }
        catch (MediaException e)
        {
            throw new SourceException(e.Message, e);
        }

        _next = 0;
        _open = true;
    }

    /// <inheritdoc/>
    public bool Read(Frame frame, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_open)
        {
            throw new InvalidOperationException($"{Name}: the source is not open.");
        }

        if (_next > 0 && !_options.Loop)
        {
            return false;
        }

        frame.CopyFrom(_picture);
        frame.Index = _next;
        frame.Timestamp = TimeSpan.FromSeconds(_next / FrameRate!.Value);
        _next++;
        return true;
    }

    /// <inheritdoc/>
    public void Close() => _open = false;

    /// <inheritdoc/>
    public void Dispose() => Close();
}
