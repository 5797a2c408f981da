namespace RealtimeVision.Viewer;

/// <summary>
/// The viewer cannot draw: no display, no OpenGL, a shader that does not compile, an OpenGL error.
/// The message names the cause and, where there is one, the remedy.
/// </summary>
public sealed class ViewerException : Exception
{
    /// <summary>Makes the error.</summary>
    public ViewerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
