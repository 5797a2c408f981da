using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>What the viewer shows as a picture, for snapshots and recordings.</summary>
internal sealed class LivePicture(ViewerState state) : IDisposable
{
    // Several streams have no size of their own.
    private const int GridWidth = 1280;
    private const int GridHeight = 720;

    private readonly Frame _picture = new();
    private HeadlessRenderer? _renderer;
    private VideoRecorder? _recorder;

    /// <summary>The file of the last recording; null where nothing was recorded.</summary>
    public string? Recorded { get; private set; }

    /// <summary>The file of the last snapshot; null where there is none.</summary>
    public string? Saved { get; private set; }

    public void StartRecording(string path, double? frameRate)
    {
        (int width, int height) = Size();
        _recorder = new VideoRecorder(path, width, height, PixelFormat.Rgb24, frameRate ?? 30);
        Recorded = path;
        state.Recording = true;
    }

    /// <summary>Records what is shown, where a recording is on.</summary>
    public void Record()
    {
        if (_recorder is { } recorder)
        {
            Render(recorder.Width, recorder.Height);
            recorder.Write(_picture);
        }
    }

    public void StopRecording()
    {
        try
        {
            _recorder?.Complete();
        }
        finally
        {
            _recorder?.Dispose();
            _recorder = null;
            state.Recording = false;
        }
    }

    /// <summary>Writes what is shown as PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="texts">What the file says of it.</param>
    public void Save(string path, IReadOnlyDictionary<string, string> texts)
    {
        (int width, int height) = Size();
        Render(width, height);
        Picture.SavePng(_picture, path, texts);
        Saved = path;
    }

    public void Dispose()
    {
        _recorder?.Dispose();
        _renderer?.Dispose();
    }

    private (int Width, int Height) Size() => state.Streams.Count > 1 && !state.IsMaximised
        ? (GridWidth, GridHeight)
        : (state.Frame!.Width, state.Frame.Height);

    private void Render(int width, int height)
    {
        _renderer ??= new HeadlessRenderer();
        _renderer.Render(state, _picture, width, height, PixelFormat.Rgb24);
    }
}
