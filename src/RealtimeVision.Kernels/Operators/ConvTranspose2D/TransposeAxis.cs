namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One axis of a transposed convolution. Output positions that are equal modulo the stride make a
/// phase: all of them see the same taps, and neighbours among them see neighbouring pixels. Each
/// phase is a convolution of stride 1.
/// </summary>
/// <param name="Out">Positions of the output.</param>
/// <param name="Taps">Taps of the kernel.</param>
/// <param name="Stride">Stride, and number of phases.</param>
/// <param name="Before">Positions cut off before the output.</param>
/// <param name="Dilation">Steps between taps.</param>
internal readonly record struct TransposeAxis(
    int Out, int Taps, int Stride, int Before, int Dilation)
{
    /// <summary>
    /// Pixel that the first position of a phase sees with a tap; null where the phase has not that
    /// tap.
    /// </summary>
    public int? Offset(int phase, int tap)
    {
        int steps = phase + Before - (tap * Dilation);
        return steps % Stride == 0 ? steps / Stride : null;
    }

    /// <summary>Output positions of a phase.</summary>
    public int Positions(int phase) => Math.Max(Out - phase + Stride - 1, 0) / Stride;

    /// <summary>The smallest offset of all, or 0 where none is negative, and the largest.</summary>
    public (int Least, int Most) Offsets()
    {
        var (least, most) = (0, 0);
        for (int phase = 0; phase < Stride; phase++)
        {
            for (int tap = 0; tap < Taps; tap++)
            {
                int offset = Offset(phase, tap) ?? 0;
                least = Math.Min(least, offset);
                most = Math.Max(most, offset);
            }
        }

        return (least, most);
    }
}
