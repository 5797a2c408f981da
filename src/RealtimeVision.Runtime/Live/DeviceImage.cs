using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// A picture of a result that has stayed on the GPU where it was computed: for who draws it there.
/// It has the same bytes as its copy on the host, and changes when that does.
/// </summary>
/// <remarks>
/// It belongs to a result, and is read as long as that may be: see <see
/// cref="VisionEngine.TryGetLatest"/>. The buffer says so itself when the engine has released it.
/// </remarks>
public sealed class DeviceImage
{
    internal DeviceImage(GpuBuffer buffer) => Buffer = buffer;

    /// <summary>The rows, one after the other.</summary>
    public GpuBuffer Buffer { get; }

    /// <summary>Pixels of the buffer's rows.</summary>
    public int RowLength { get; private set; }

    /// <summary>The part of the buffer that is the picture, in pixels.</summary>
    public PixelBox Part { get; private set; }

    /// <summary>Bytes a pixel.</summary>
    public int Channels { get; private set; }

    internal void Describe(int rowLength, PixelBox part, int channels) =>
        (RowLength, Part, Channels) = (rowLength, part, channels);
}
