using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>What the viewer shows as a picture, for snapshots and recordings.</summary>
internal sealed class LivePicture(ViewerState state) : IDisposable
{
    // Smaller frames are enlarged: text is set at its own size, and would cover half of them.
    private const int LeastWindowHeight = 720;

    // Several streams have no size of their own.
    private const int GridWidth = 1280;
    private const int GridHeight = 720;

    private readonly Frame _picture = new();
    private HeadlessRenderer? _renderer;
    private VideoRecorder? _recorder;

    /// <summary>
    /// Whether the state is that of a window: what is there for a moment, as messages, menus and
    /// what is under the mouse, stays out of pictures, and those of small frames are enlarged.
    /// </summary>
    public bool IsOfWindow { get; set; }

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
        catch
        {
            Recorded = null;
            throw;
        }
        finally
        {
            _recorder?.Dispose();
            _recorder = null;
            state.Recording = false;
        }
    }

    /// <summary>Ends a recording that has failed: nothing is left of it.</summary>
    public void AbandonRecording()
    {
        _recorder?.Dispose();
        _recorder = null;
        Recorded = null;
        state.Recording = false;
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

    private (int Width, int Height) Size()
    {
        if (state.Streams.Count > 1 && !state.IsMaximised)
        {
            return (GridWidth, GridHeight);
        }

        (int width, int height) = (state.Frame!.Width, state.Frame.Height);
        if (IsOfWindow && height < LeastWindowHeight)
        {
            double scale = LeastWindowHeight / (double)height;

            // Even, as video wants it.
            return ((int)Math.Round(width * scale / 2) * 2, LeastWindowHeight);
        }

        return (width, height);
    }

    private void Render(int width, int height)
    {
        _renderer ??= new HeadlessRenderer();
        state.HidesPassing = IsOfWindow;
        try
        {
            _renderer.Render(state, _picture, width, height, PixelFormat.Rgb24);
        }
        finally
        {
            state.HidesPassing = false;
        }
    }
}
