using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Rows so short that a vector along one would have idle lanes: some of them are turned on their
/// side, so that each lane has a row.
/// </summary>
internal static unsafe class ShortRows
{
    /// <summary>Rows of fewer numbers are short.</summary>
    public const int Limit = 48;

    /// <summary>Rows turned at once, and elements from one of their numbers to the next.</summary>
    public const int AtOnce = 256;

    /// <summary>Floats that turned rows take in a worker's scratch.</summary>
    public const int Floats = Limit * AtOnce;

    /// <summary>Turns at most <see cref="AtOnce"/> rows into the worker's scratch.</summary>
    public static float* Turn(
        VectorWidth width, float* rows, int length, int count, CpuWorker worker)
    {
        MatrixTranspose.Run(width, rows, length, worker.Scratch, AtOnce, count, length);
        return worker.Scratch;
    }

    /// <summary>Turns them back.</summary>
    public static void TurnBack(
        VectorWidth width, float* columns, float* rows, int length, int count) =>
        MatrixTranspose.Run(width, columns, AtOnce, rows, length, length, count);
}
