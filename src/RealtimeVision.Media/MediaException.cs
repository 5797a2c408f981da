namespace RealtimeVision.Media;

/// <summary>
/// A picture could not be read or written, or a recording failed: the message names the file and
/// the cause.
/// </summary>
public sealed class MediaException : Exception
{
    /// <summary>Makes the error.</summary>
    public MediaException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
