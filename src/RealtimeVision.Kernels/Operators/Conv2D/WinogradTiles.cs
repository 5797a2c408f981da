using System.Runtime.Intrinsics.X86;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The tiles of 4x4 outputs of a 3x3 convolution at stride 1, numbered over pictures, rows and
/// columns of tiles.
/// </summary>
/// <param name="Input">The picture batch [N, H, W, C].</param>
/// <param name="Output">The output [N, OH, OW, O].</param>
/// <param name="Padding">Padding of the convolution.</param>
internal readonly unsafe record struct WinogradTiles(Shape Input, Shape Output, Padding2 Padding)
{
    /// <summary>Outputs of a tile along each axis.</summary>
    public const int Size = 4;

    /// <summary>Pixels that a tile is computed from along each axis.</summary>
    public const int InputSize = 6;

    /// <summary>Tiles of a row.</summary>
    public int Across => (Output.W + Size - 1) / Size;

    /// <summary>Rows of tiles.</summary>
    public int Down => (Output.H + Size - 1) / Size;

    /// <summary>All tiles.</summary>
    public int Count => Output.N * Down * Across;

    /// <summary>The picture of a tile, and its place.</summary>
    public (int N, int Row, int Column) Locate(int tile) =>
        (tile / (Down * Across), tile / Across % Down, tile % Across);

    /// <summary>The pixels that a tile is computed from.</summary>
    /// <param name="x">The picture batch.</param>
    /// <param name="tile">Which tile.</param>
    /// <param name="channels">Which channels.</param>
    /// <param name="edge">Memory for a tile that reaches over the edge.</param>
    public Window InputWindow(float* x, int tile, Range channels, float* edge)
    {
        var (n, row, column) = Locate(tile);
        return Window.Of(
            x, Input, n, (row * Size) - Padding.Top, (column * Size) - Padding.Left, InputSize,
            channels, edge);
    }

    /// <summary>The outputs of a tile, zeros beyond the last.</summary>
    /// <inheritdoc cref="InputWindow"/>
    public Window OutputWindow(float* y, int tile, Range channels, float* edge)
    {
        var (n, row, column) = Locate(tile);
        return Window.Of(y, Output, n, row * Size, column * Size, Size, channels, edge);
    }

    /// <summary>Channels of a square of pixels, where they are or copied.</summary>
    /// <param name="First">First number.</param>
    /// <param name="Pitch">Floats from a row to the next.</param>
    /// <param name="PixelStride">Floats from a pixel to the next.</param>
    public readonly record struct Window(nint First, nint Pitch, nint PixelStride)
    {
        /// <summary>The first number.</summary>
        public float* Floats => (float*)First;

        /// <summary>
        /// Fetches what the square of the next tile to the right has that those read before it had
        /// not: tiles are too small for the hardware to foresee what comes.
        /// </summary>
        /// <param name="size">Size of the square.</param>
        /// <param name="channels">Channels that will be read or written.</param>
        public void FetchNext(int size, int channels)
        {
            const int LineFloats = 16;
            if (!Sse.IsSupported)
            {
                return;
            }

            float* row = Floats + (size * PixelStride) + ((size - Size) * Pitch);
            nint run = ((Size - 1) * PixelStride) + channels;
            for (int y = 0; y < Size; y++, row += Pitch)
            {
                for (nint at = 0; at < run; at += LineFloats)
                {
                    Sse.Prefetch0(row + at);
                }
            }
        }

        /// <summary>
        /// Reads in place where the square lies in the picture; else copies it, with zeros around
        /// the picture.
        /// </summary>
        public static Window Of(
            float* pictures, Shape shape, int n, int top, int left, int size, Range channels,
            float* edge)
        {
            var (channel, count) = channels.GetOffsetAndLength(shape.C);
            nint pitch = (nint)shape.W * shape.C;
            float* picture = pictures + ((long)n * shape.H * pitch) + channel;
            if (top >= 0 && left >= 0 && top + size <= shape.H && left + size <= shape.W)
            {
                return new((nint)(picture + (top * pitch) + ((nint)left * shape.C)), pitch, shape.C);
            }

            float* target = edge;
            for (int y = top; y < top + size; y++)
            {
                for (int x = left; x < left + size; x++, target += count)
                {
                    var pixel = new Span<float>(target, count);
                    if (y >= 0 && x >= 0 && y < shape.H && x < shape.W)
                    {
                        new Span<float>(picture + (y * pitch) + ((nint)x * shape.C), count).CopyTo(pixel);
                    }
                    else
                    {
                        pixel.Clear();
                    }
                }
            }

            return new((nint)edge, (nint)size * count, count);
        }
    }
}
