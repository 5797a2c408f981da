namespace RealtimeVision.Kernels.Devices;

/// <summary>How far results may be from those of plain 32-bit arithmetic.</summary>
public enum Precision
{
    /// <summary>Plain sums of products in 32-bit floats.</summary>
    Exact,

    /// <summary>
    /// Other ways to the same 32-bit result, whose rounding is up to some ten times as large:
    /// Winograd convolution.
    /// </summary>
    Fast,
}
