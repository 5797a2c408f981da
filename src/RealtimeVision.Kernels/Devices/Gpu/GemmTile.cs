using System.Runtime.CompilerServices;
using ILGPU;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Rows and columns of the product that a group of threads computes; each thread has 8 by 8 of
/// them.
/// </summary>
internal interface IGemmTile
{
    /// <summary>Rows of the left matrix.</summary>
    static abstract int M { get; }

    /// <summary>Columns of the right matrix.</summary>
    static abstract int N { get; }
}

/// <summary>For large products: 256 threads, two loads of 16 bytes a thread and step.</summary>
internal readonly struct Tile128x128 : IGemmTile
{
    /// <inheritdoc/>
    public static int M => 128;

    /// <inheritdoc/>
    public static int N => 128;
}

/// <summary>For products that would leave a GPU idle in larger tiles: 64 threads.</summary>
internal readonly struct Tile64x64 : IGemmTile
{
    /// <inheritdoc/>
    public static int M => 64;

    /// <inheritdoc/>
    public static int N => 64;
}

/// <summary>For few columns: 64 threads.</summary>
internal readonly struct Tile128x32 : IGemmTile
{
    /// <inheritdoc/>
    public static int M => 128;

    /// <inheritdoc/>
    public static int N => 32;
}

/// <summary>
/// The inner part of a tiled matrix product. A step multiplies <see cref="Depth"/> columns of the
/// left tile with as many rows of the right one, both in shared memory: the left one transposed, so
/// that a thread's 8 rows and 8 columns are two reads of 16 bytes each. Two buffers take turns, so
/// that a step needs one barrier.
/// </summary>
internal static class GemmTile
{
    /// <summary>Columns of the left and rows of the right matrix that a step multiplies.</summary>
    public const int Depth = 8;

    private const int ResultsPerThread = 64;

    // Four floats more than a row, so that the transposed stores of a warp fall into different
    // banks.
    private const int LeftPadding = 4;

    /// <summary>Threads of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Threads<TTile>()
        where TTile : struct, IGemmTile => TTile.M * TTile.N / ResultsPerThread;

    /// <summary>Loads of 4 floats of the left tile that each thread does in a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeftLoads<TTile>()
        where TTile : struct, IGemmTile => TTile.M * Depth / 4 / Threads<TTile>();

    /// <summary>Loads of 4 floats of the right tile that each thread does in a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RightLoads<TTile>()
        where TTile : struct, IGemmTile => TTile.N * Depth / 4 / Threads<TTile>();

    /// <summary>Floats of both tiles, once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int BufferSize<TTile>()
        where TTile : struct, IGemmTile => Depth * (TTile.M + LeftPadding + TTile.N);

    /// <summary>Row of the left tile that load <paramref name="load"/> of a thread is of.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeftRow<TTile>(int thread, int load)
        where TTile : struct, IGemmTile => (thread / 2) + (load * (Threads<TTile>() / 2));

    /// <summary>
    /// First of the 4 columns of the left tile that a thread loads, the same in all its loads.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LeftColumn(int thread) => thread % 2 * 4;

    /// <summary>
    /// First of the 4 rows of the left tile that a thread loads where rows are neighbours in
    /// memory, the same in all its loads.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TransposedLeftRow<TTile>(int thread)
        where TTile : struct, IGemmTile => thread % (TTile.M / 4) * 4;

    /// <summary>
    /// Column of the left tile that a thread's first load is of where rows are neighbours in
    /// memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TransposedLeftColumn<TTile>(int thread)
        where TTile : struct, IGemmTile => thread / (TTile.M / 4);

    /// <summary>
    /// Columns of the left tile between a thread's loads where rows are neighbours in memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int TransposedLeftStep<TTile>()
        where TTile : struct, IGemmTile => Depth / LeftLoads<TTile>();

    /// <summary>
    /// Row of the right tile that load <paramref name="load"/> of a thread is of.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RightRow<TTile>(int thread, int load)
        where TTile : struct, IGemmTile =>
        (thread / (TTile.N / 4)) + (load * (Threads<TTile>() / (TTile.N / 4)));

    /// <summary>
    /// First of the 4 columns of the right tile that a thread loads, the same in all its loads.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RightColumn<TTile>(int thread)
        where TTile : struct, IGemmTile => thread % (TTile.N / 4) * 4;

    /// <summary>
    /// Row of the product, within the tile, of a thread's row <paramref name="i"/> of 8.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Row<TTile>(int thread, int i)
        where TTile : struct, IGemmTile =>
        (i / 4 * (TTile.M / 2)) + (thread / (TTile.N / 8) * 4) + (i % 4);

    /// <summary>
    /// First column, within the tile, of a thread's half row <paramref name="half"/>: 4 columns.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Column<TTile>(int thread, int half)
        where TTile : struct, IGemmTile => (half * (TTile.N / 2)) + (thread % (TTile.N / 8) * 4);

    /// <summary>Puts what a thread has loaded into a buffer of shared memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TTile>(
        ArrayView<float> shared, int buffer, int thread, GemmLoads left, GemmLoads right)
        where TTile : struct, IGemmTile
    {
        int at = (buffer * BufferSize<TTile>()) + (LeftColumn(thread) * (TTile.M + LeftPadding));
        StoreLeft<TTile>(shared, at + LeftRow<TTile>(thread, 0), left.Load0);
        if (LeftLoads<TTile>() > 1)
        {
            StoreLeft<TTile>(shared, at + LeftRow<TTile>(thread, 1), left.Load1);
        }

        if (LeftLoads<TTile>() > 2)
        {
            StoreLeft<TTile>(shared, at + LeftRow<TTile>(thread, 2), left.Load2);
            StoreLeft<TTile>(shared, at + LeftRow<TTile>(thread, 3), left.Load3);
        }

        StoreRight<TTile>(shared, buffer, thread, right);
    }

    /// <summary>
    /// Puts what a thread has loaded into a buffer of shared memory, the left tile with rows that
    /// are neighbours in memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreTransposed<TTile>(
        ArrayView<float> shared, int buffer, int thread, GemmLoads left, GemmLoads right)
        where TTile : struct, IGemmTile
    {
        var shared4 = shared.Cast<Float4>();
        int pitch = (TTile.M + LeftPadding) / 4;
        int at = (((buffer * BufferSize<TTile>()) + TransposedLeftRow<TTile>(thread)) / 4)
            + (TransposedLeftColumn<TTile>(thread) * pitch);
        int step = TransposedLeftStep<TTile>() * pitch;
        shared4[at] = left.Load0;
        if (LeftLoads<TTile>() > 1)
        {
            shared4[at + step] = left.Load1;
        }

        if (LeftLoads<TTile>() > 2)
        {
            shared4[at + (2 * step)] = left.Load2;
            shared4[at + (3 * step)] = left.Load3;
        }

        StoreRight<TTile>(shared, buffer, thread, right);
    }

    /// <summary>Adds the product of a buffer's tiles to a thread's sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GemmSums MultiplyAdd<TTile>(ArrayView<float> shared, int buffer, int thread, GemmSums sums)
        where TTile : struct, IGemmTile
    {
        var shared4 = shared.Cast<Float4>();
        int left = ((buffer * BufferSize<TTile>()) + Row<TTile>(thread, 0)) / 4;
        int right = ((buffer * BufferSize<TTile>()) + RightStart<TTile>() + Column<TTile>(thread, 0)) / 4;
        for (int k = 0; k < Depth; k++)
        {
            sums = GemmSums.MultiplyAdd(
                shared4[left], shared4[left + (TTile.M / 8)], shared4[right], shared4[right + (TTile.N / 8)], sums);
            left += (TTile.M + LeftPadding) / 4;
            right += TTile.N / 4;
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int RightStart<TTile>()
        where TTile : struct, IGemmTile => Depth * (TTile.M + LeftPadding);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRight<TTile>(
        ArrayView<float> shared, int buffer, int thread, GemmLoads right)
        where TTile : struct, IGemmTile
    {
        var shared4 = shared.Cast<Float4>();
        int at = (buffer * BufferSize<TTile>()) + RightStart<TTile>() + RightColumn<TTile>(thread);
        shared4[(at + (RightRow<TTile>(thread, 0) * TTile.N)) / 4] = right.Load0;
        if (RightLoads<TTile>() > 1)
        {
            shared4[(at + (RightRow<TTile>(thread, 1) * TTile.N)) / 4] = right.Load1;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLeft<TTile>(ArrayView<float> shared, int at, Float4 value)
        where TTile : struct, IGemmTile
    {
        shared[at] = value.X;
        shared[at + TTile.M + LeftPadding] = value.Y;
        shared[at + (2 * (TTile.M + LeftPadding))] = value.Z;
        shared[at + (3 * (TTile.M + LeftPadding))] = value.W;
    }
}

/// <summary>What a thread loads of a tile in a step; how many loads depends on the tile.</summary>
internal struct GemmLoads
{
    public Float4 Load0, Load1, Load2, Load3;
}

/// <summary>
/// A thread's 8 by 8 results: of each row, columns 0 to 3 (A) and 4 to 7 (B). Fields and not an
/// array, which a compiler keeps in registers only if it unrolls every loop over it.
/// </summary>
internal struct GemmSums
{
    public Float4 Row0A, Row0B, Row1A, Row1B, Row2A, Row2B, Row3A, Row3B;
    public Float4 Row4A, Row4B, Row5A, Row5B, Row6A, Row6B, Row7A, Row7B;

    /// <summary>Adds the product of 8 rows, in two fours, and 8 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GemmSums MultiplyAdd(
        Float4 rows0, Float4 rows1, Float4 columns0, Float4 columns1, GemmSums sums)
    {
        sums = MultiplyAdd(rows0, columns0, sums);
        sums.Row0B = Float4.MultiplyAdd(rows0.X, columns1, sums.Row0B);
        sums.Row1B = Float4.MultiplyAdd(rows0.Y, columns1, sums.Row1B);
        sums.Row2B = Float4.MultiplyAdd(rows0.Z, columns1, sums.Row2B);
        sums.Row3B = Float4.MultiplyAdd(rows0.W, columns1, sums.Row3B);
        sums.Row4A = Float4.MultiplyAdd(rows1.X, columns0, sums.Row4A);
        sums.Row4B = Float4.MultiplyAdd(rows1.X, columns1, sums.Row4B);
        sums.Row5A = Float4.MultiplyAdd(rows1.Y, columns0, sums.Row5A);
        sums.Row5B = Float4.MultiplyAdd(rows1.Y, columns1, sums.Row5B);
        sums.Row6A = Float4.MultiplyAdd(rows1.Z, columns0, sums.Row6A);
        sums.Row6B = Float4.MultiplyAdd(rows1.Z, columns1, sums.Row6B);
        sums.Row7A = Float4.MultiplyAdd(rows1.W, columns0, sums.Row7A);
        sums.Row7B = Float4.MultiplyAdd(rows1.W, columns1, sums.Row7B);
        return sums;
    }

    /// <summary>Adds the product of 4 rows and 4 columns, to the upper left quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GemmSums MultiplyAdd(Float4 rows, Float4 columns, GemmSums sums)
    {
        sums.Row0A = Float4.MultiplyAdd(rows.X, columns, sums.Row0A);
        sums.Row1A = Float4.MultiplyAdd(rows.Y, columns, sums.Row1A);
        sums.Row2A = Float4.MultiplyAdd(rows.Z, columns, sums.Row2A);
        sums.Row3A = Float4.MultiplyAdd(rows.W, columns, sums.Row3A);
        return sums;
    }

    /// <summary>Rows 4 to 7 in the place of rows 0 to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GemmSums LowerHalf(GemmSums sums)
    {
        (sums.Row0A, sums.Row0B, sums.Row1A, sums.Row1B) = (sums.Row4A, sums.Row4B, sums.Row5A, sums.Row5B);
        (sums.Row2A, sums.Row2B, sums.Row3A, sums.Row3B) = (sums.Row6A, sums.Row6B, sums.Row7A, sums.Row7B);
        return sums;
    }
}
