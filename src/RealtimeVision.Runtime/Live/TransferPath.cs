namespace RealtimeVision.Runtime.Live;

/// <summary>How what a device has computed gets to where it is used.</summary>
public enum TransferPath
{
    /// <summary>It is computed in the host's memory, and stays there.</summary>
    HostMemory,

    /// <summary>It is read back from the device.</summary>
    Readback,

    /// <summary>The device writes it into page-locked memory of the host by itself.</summary>
    PinnedReadback,

    /// <summary>CUDA writes it into OpenGL's own buffers: the host is not asked.</summary>
    CudaToOpenGl,
}
