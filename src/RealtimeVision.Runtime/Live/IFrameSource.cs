namespace RealtimeVision.Runtime.Live;

/// <summary>
/// A stream of frames: a camera, a file, a URL, a folder of pictures, or made by the program.
/// </summary>
/// <remarks>
/// A source is used by one thread at a time. It is opened before it is read, may be closed and
/// opened again (that is how a lost source is retried), and is disposed once.
/// </remarks>
public interface IFrameSource : IDisposable
{
    /// <summary>
    /// What a person calls it: a file name, <c>camera:0</c>, a URL without its password.
    /// </summary>
    string Name { get; }

    /// <summary>
    /// True where frames come in their own time and are gone when missed (camera, network stream);
    /// false where the reader sets the pace (file, folder).
    /// </summary>
    bool IsLive { get; }

    /// <summary>Frames a second where the source states them, else null.</summary>
    double? FrameRate { get; }

    /// <summary>Number of frames where the source knows it, else null.</summary>
    long? FrameCount { get; }

    /// <summary>Opens the source, or opens it again from its start.</summary>
    /// <exception cref="SourceException">It is not there, is no picture or video, or has no
    /// size.</exception>
    void Open(CancellationToken cancellation);

    /// <summary>
    /// Waits for the next frame and writes it into <paramref name="frame"/>, whose buffer is
    /// reused.
    /// </summary>
    /// <returns>False at the end of the stream.</returns>
    /// <exception cref="SourceException">The source was lost or its data is broken.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    bool Read(Frame frame, CancellationToken cancellation);

    /// <summary>
    /// Releases what <see cref="Open"/> took. Does nothing where nothing is open.
    /// </summary>
    void Close();
}

/// <summary>A frame source failed: the message names the source and the cause.</summary>
public sealed class SourceException : Exception
{
    /// <summary>Makes the error.</summary>
    public SourceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>
    /// True where only one frame is broken: the next read goes on behind it. False where the source
    /// has to be opened again.
    /// </summary>
    public bool CanGoOn { get; init; }
}
