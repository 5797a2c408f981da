using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Media;

/// <summary>
/// The pictures of a folder in natural order (<c>2.png</c> before <c>10.png</c>), stamped at the
/// frame rate. Each frame has the size of its picture unless the options ask for one.
/// </summary>
/// <remarks>
/// The list is taken when the source is opened. A picture that cannot be read is a <see
/// cref="SourceException"/> from <see cref="Read"/>; the next read goes on with the picture after
/// it.
/// </remarks>
public sealed class PictureFolderSource : ISeekableSource
{
    private readonly string _folder;
    private readonly SourceOptions _options;
    private string[] _paths = [];
    private bool _open;
    private long _next;

    /// <summary>Makes the source; the folder is listed by <see cref="Open"/>.</summary>
    public PictureFolderSource(string folder, SourceOptions? options = null)
    {
        _folder = folder;
        _options = (options ?? SourceOptions.Default).Checked();
    }

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public double? FrameRate => _options.FrameRate ?? PictureSource.DefaultRate;

    /// <inheritdoc/>
    public long? FrameCount => _open && !_options.Loop ? _paths.Length : null;

    /// <inheritdoc/>
    /// <remarks>Known while the source is open.</remarks>
    public TimeSpan? Duration =>
        _open ? TimeSpan.FromSeconds(_paths.Length / FrameRate!.Value) : null;

    /// <inheritdoc/>
    public void Open(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Close();
        if (!Directory.Exists(_folder))
        {
            throw new SourceException($"{Name}: there is no such folder.");
        }

        try
        {
            _paths = [.. Directory.EnumerateFiles(_folder)
                .Where(path => Picture.Extensions.Contains(Path.GetExtension(path)))
                .Order(NaturalOrder.Instance)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SourceException($"{Name}: {e.Message}", e);
        }

        if (_paths.Length == 0)
        {
            throw new SourceException(
                $"{Name}: the folder has no picture ({string.Join(", ", Picture.Extensions)}).");
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

        if (_next >= _paths.Length && !_options.Loop)
        {
            return false;
        }

        long index = _next++;
        try
        {
            Picture.Load(_paths[index % _paths.Length], frame, _options.Width, _options.Height);
        }
        catch (MediaException e)
        {
            throw new SourceException(e.Message, e) { CanGoOn = true };
        }

        frame.Index = index;
        frame.Timestamp = TimeSpan.FromSeconds(index / FrameRate!.Value);
        return true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The source is not open.</exception>
    public void Seek(TimeSpan position, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_open)
        {
            throw new InvalidOperationException($"{Name}: the source is not open.");
        }

        double frame = Math.Ceiling((position.TotalSeconds * FrameRate!.Value) - 1e-6);
        _next = (long)Math.Clamp(frame, 0, _paths.Length - 1);
    }

    /// <inheritdoc/>
    public void Close() => _open = false;

    /// <inheritdoc/>
    public void Dispose() => Close();
}
