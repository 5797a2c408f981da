using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// What operators share whose inputs and outputs have the size of a frame, which is known when they
/// run: a buffer of bytes that the largest frame fits in, and the frame's geometry.
/// </summary>
internal static class FrameOperators
{
    /// <summary>Luma is these parts of red, green and blue (ITU-R BT.601).</summary>
    public const float Red = 0.299f;

    /// <inheritdoc cref="Red"/>
    public const float Green = 0.587f;

    /// <inheritdoc cref="Red"/>
    public const float Blue = 0.114f;

    // About 20 microseconds of work with vectors.
    private const int BytesPerPiece = 128 * 1024;
    private const int MostPieces = 64;

    public static void RequireBytes(Operator op, TensorType type, string what)
    {
        if (type.Element != ElementType.UInt8 || type.Shape.Rank != 1 || type.Shape[0] < 1)
        {
            throw new ShapeException($"{op.Name}: {what} have to be UInt8 [capacity], are {type}");
        }
    }

    public static void RequireGeometry(Operator op, TensorType type) =>
        RequireInts(op, type, "the geometry", FrameGeometry.FrameLength);

    public static void RequireInts(Operator op, TensorType type, string what, int count)
    {
        if (type.Element != ElementType.Int32 || type.Shape != new Shape(count))
        {
            throw new ShapeException($"{op.Name}: {what} has to be Int32 [{count}], is {type}");
        }
    }

    public static unsafe FrameGeometry Read(int* g) =>
        new(g[0], g[1], g[2], g[3], g[4], g[5], g[6]);

    /// <summary>Pieces of work on a frame that may have that many bytes.</summary>
    public static int Pieces(int capacity) =>
        Math.Clamp(capacity / BytesPerPiece, 1, MostPieces);

    /// <summary>The rows that are a piece's.</summary>
    public static (int From, int To) Rows(int height, int piece, int pieces) =>
        ((int)((long)height * piece / pieces), (int)((long)height * (piece + 1) / pieces));

    /// <summary>Most columns of a frame that may have that many bytes.</summary>
    public static int MostColumns(int capacity) => Math.Min(capacity, Letterbox.MaxSide);

    /// <summary>Most bytes of a row of a frame that may have that many bytes.</summary>
    public static int MostRowBytes(int capacity) => Math.Min(capacity, 4 * Letterbox.MaxSide);
}
