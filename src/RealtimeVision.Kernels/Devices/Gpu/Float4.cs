namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>Four floats that a GPU thread reads or writes at once, 16 bytes.</summary>
public struct Float4
{
    /// <summary>The floats, in the order of memory.</summary>
    public float X, Y, Z, W;
}
