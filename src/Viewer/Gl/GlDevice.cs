using Silk.NET.OpenGL;

namespace RealtimeVision.Viewer;

/// <summary>
/// OpenGL as the renderer sees it: its dialect, its limits, its errors, the objects alive.
/// </summary>
internal sealed class GlDevice
{
    public GlDevice(GL gl)
    {
        Gl = gl;
        string version = gl.GetStringS(StringName.Version)
            ?? throw new ViewerException("OpenGL has no context that is current on this thread");
        IsEmbedded = version.StartsWith("OpenGL ES", StringComparison.Ordinal);
        gl.GetInteger(GetPName.MaxTextureSize, out int size);
        MaxTextureSize = size;
    }

    public GL Gl { get; }

    /// <summary>
    /// True for OpenGL ES, whose shaders start differently and whose reads give RGBA only.
    /// </summary>
    public bool IsEmbedded { get; }

    public int MaxTextureSize { get; }

    /// <summary>Objects created and not yet deleted.</summary>
    public int LiveObjects { get; set; }

    /// <summary>Raises the errors that OpenGL has collected.</summary>
    /// <param name="action">What was being done, for the message.</param>
    /// <exception cref="ViewerException">OpenGL reports an error.</exception>
    public void Check(string action)
    {
        GLEnum error = Gl.GetError();
        if (error == GLEnum.NoError)
        {
            return;
        }

        // A lost context reports errors for ever; a healthy one has a handful of flags at most.
        for (int i = 0; i < 16 && Gl.GetError() != GLEnum.NoError; i++)
        {
        }

        throw new ViewerException($"OpenGL failed while {action}: {error}");
    }
}
