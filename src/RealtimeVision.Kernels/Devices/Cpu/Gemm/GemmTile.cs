namespace RealtimeVision.Kernels.Devices.Cpu.Gemm;

/// <summary>
/// One call of the micro-kernel: output[r, c] = clamp(bias[c] + sum over taps and k of rows[r][tap
/// + k] weights[., c] + residual[r, c]). A row's numbers are read at a list of taps, a run of them
/// at each, as a rule neighbours: one tap is a matrix product, the taps of a window in a picture are
/// a convolution.
/// </summary>
internal unsafe struct GemmTile
{
    /// <summary>First number of the first row.</summary>
    public float* Rows;

    /// <summary>Numbers from a row to the next.</summary>
    public nint RowStride;

    /// <summary>Offset of each tap from the row's first number.</summary>
    public nint* Taps;

    /// <summary>Number of taps.</summary>
    public int TapCount;

    /// <summary>Numbers read at each tap.</summary>
    public int Run;

    /// <summary>Numbers from one that is read to the next.</summary>
    public nint RunStride;

    /// <summary>Packed weights, see <see cref="WeightPanels"/>.</summary>
    public float* Weights;

    /// <summary>Two vectors of bias, or null.</summary>
    public float* Bias;

    /// <summary>First output.</summary>
    public float* Output;

    /// <summary>Numbers from an output row to the next; the residual's too.</summary>
    public nint OutputStride;

    /// <summary>What is added before clamping, or null.</summary>
    public float* Residual;

    /// <summary>Columns to write: fewer than two vectors in the last panel.</summary>
    public int Columns;

    /// <summary>Smallest result.</summary>
    public float Low;

    /// <summary>Largest result.</summary>
    public float High;
}
