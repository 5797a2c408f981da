using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Devices.Cpu.Gemm;

/// <summary>
/// A matrix [K, columns] cut into panels of two vectors of columns, each panel [K, two vectors]
/// without gaps; columns that are missing in the last panel are zero. In this order the
/// micro-kernel reads weights from first to last.
/// </summary>
internal static unsafe class WeightPanels
{
    /// <summary>Columns of a panel.</summary>
    public static int Columns(VectorWidth width) => 2 * (int)width;

    /// <summary>Panels of a matrix with so many columns.</summary>
    public static int Count(int columns, VectorWidth width) =>
        (columns + Columns(width) - 1) / Columns(width);

    /// <summary>Floats of the packed matrix.</summary>
    public static long Floats(int rows, int columns, VectorWidth width) =>
        (long)Count(columns, width) * rows * Columns(width);

    /// <summary>Packs a matrix; floats that it leaves have to be zero.</summary>
    /// <param name="source">First element.</param>
    /// <param name="rowStride">Floats from a row to the next.</param>
    /// <param name="columnStride">Floats from a column to the next: not 1 for a transposed
    /// matrix.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="destination">The panels.</param>
    /// <param name="width">Vector width.</param>
    public static void Pack(
        float* source, nint rowStride, nint columnStride, int rows, int columns, float* destination, VectorWidth width)
    {
        int panel = Columns(width);
        for (int first = 0; first < columns; first += panel)
        {
            int count = Math.Min(panel, columns - first);
            for (int k = 0; k < rows; k++)
            {
                float* from = source + (k * rowStride) + (first * columnStride);
                for (int c = 0; c < count; c++)
                {
                    destination[c] = from[c * columnStride];
                }

                destination += panel;
            }
        }
    }

    /// <summary>
    /// Floats of a bias from any element of which a whole panel of columns can be read.
    /// </summary>
    public static long BiasFloats(int columns, VectorWidth width) => (long)columns + Columns(width);
}
