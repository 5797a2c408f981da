using System.Runtime.CompilerServices;
using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2DWeightGradient
{
    /// <summary>A row of the output as a matrix: where its tap and channel lie from an output
    /// pixel's place in the picture.</summary>
    internal struct TapOffset
    {
        public int Start, Y, X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TapOffset At(int row, int group, GpuGeometry g)
        {
            int tap = row / g.GroupC;
            int ky = tap / g.KW;
            int y = (ky * g.DilationH) - g.Top;
            int x = ((tap - (ky * g.KW)) * g.DilationW) - g.Left;
            return new TapOffset
            {
                Start = (((y * g.W) + x) * g.C) + (group * g.GroupC) + row - (tap * g.GroupC),
                // The rows of a tile after the last one read nothing: they lie below every picture.
                Y = row < g.Rows ? y : g.H,
                X = x,
            };
        }

        /// <summary>Index into the picture, -1 in the padding and after the last pixel.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Index(TapOffset offset, PixelPosition pixel, GpuGeometry g)
        {
            int top = pixel.Y * g.StrideH;
            int left = pixel.X * g.StrideW;
            int y = top + offset.Y;
            int x = left + offset.X;
            return pixel.N < g.N && y >= 0 && y < g.H && x >= 0 && x < g.W
                ? (((((pixel.N * g.H) + top) * g.W) + left) * g.C) + offset.Start
                : -1;
        }
    }

    /// <summary>
    /// The rows that a thread loads: four that follow one another. Where they are read at once, the
    /// first says where all of them are.
    /// </summary>
    internal struct TapOffsets
    {
        public TapOffset Row0, Row1, Row2, Row3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TapOffsets At<TPicture>(int row, int group, GpuGeometry g)
            where TPicture : struct, IAccess
        {
            var offsets = default(TapOffsets);
            offsets.Row0 = TapOffset.At(row, group, g);
            if (!TPicture.IsVector)
            {
                offsets.Row1 = TapOffset.At(row + 1, group, g);
                offsets.Row2 = TapOffset.At(row + 2, group, g);
                offsets.Row3 = TapOffset.At(row + 3, group, g);
            }

            return offsets;
        }
    }

    /// <summary>
    /// Matrix product of the picture's patches, a row a tap and channel and a column an output
    /// pixel, with the gradient as it lies in memory: a row an output pixel. The patches are
    /// gathered while tiles are loaded; nothing is written out in between.
    /// </summary>
    /// <remarks>
    /// Grid: tiles of taps and channels, tiles of outputs, groups times slices of the pixels. A
    /// thread's taps and channels stay the same; it goes over the pixels.
    /// </remarks>
    [HotKernel]
    internal static void ImplicitGemmKernel<TTile, TPicture, TGradient>(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw, GpuGeometry g)
        where TTile : struct, IGemmTile
        where TPicture : struct, IAccess
        where TGradient : struct, IAccess
    {
        var shared = SharedMemory.Allocate<float>(2 * GemmTile.BufferSize<TTile>());
        int thread = Group.IdxX;
        int firstRow = Grid.IdxX * TTile.M;
        int slice = Grid.IdxZ / g.Groups;
        int group = Grid.IdxZ - (slice * g.Groups);
        int firstOutput = (group * g.GroupO) + (Grid.IdxY * TTile.N);
        int endOutput = (group + 1) * g.GroupO;
        int k = slice * g.SlicePixels;
        int end = IntrinsicMath.Min(k + g.SlicePixels, g.Pixels);
        var taps = TapOffsets.At<TPicture>(
            firstRow + GemmTile.TransposedLeftRow<TTile>(thread), group, g);
        var pixel = PixelPosition.At(k + GemmTile.TransposedLeftColumn<TTile>(thread), g);
        int output = firstOutput + GemmTile.RightColumn<TTile>(thread);
        var left = default(GemmLoads);
        var right = default(GemmLoads);
        var sums = default(GemmSums);
        int buffer = 1;
        for (int step = k - GemmTile.Depth; step < end; step += GemmTile.Depth)
        {
            int next = step + GemmTile.Depth;
            if (next < end)
            {
                left.Load0 = LoadPicture<TPicture>(x, g, taps, pixel);
                pixel = PixelPosition.Next(pixel, g);
                if (GemmTile.LeftLoads<TTile>() > 1)
                {
                    left.Load1 = LoadPicture<TPicture>(x, g, taps, pixel);
                    pixel = PixelPosition.Next(pixel, g);
                }

                if (GemmTile.LeftLoads<TTile>() > 2)
                {
                    left.Load2 = LoadPicture<TPicture>(x, g, taps, pixel);
                    pixel = PixelPosition.Next(pixel, g);
                    left.Load3 = LoadPicture<TPicture>(x, g, taps, pixel);
                    pixel = PixelPosition.Next(pixel, g);
                }

                right.Load0 = LoadGradient<TGradient>(
                    dy, g, next + GemmTile.RightRow<TTile>(thread, 0), output, endOutput);
                if (GemmTile.RightLoads<TTile>() > 1)
                {
                    right.Load1 = LoadGradient<TGradient>(
                        dy, g, next + GemmTile.RightRow<TTile>(thread, 1), output, endOutput);
                }
            }

            if (step >= k)
            {
                sums = GemmTile.MultiplyAdd<TTile>(shared, buffer, thread, sums);
            }

            buffer = 1 - buffer;
            if (next < end)
            {
                GemmTile.StoreTransposed<TTile>(shared, buffer, thread, left, right);
            }

            Group.Barrier();
        }

        output = firstOutput + GemmTile.Column<TTile>(thread, 0);
        for (int half = 0; half < 2; half++)
        {
            int row = firstRow + GemmTile.Row<TTile>(thread, half * 4);
            Write<TGradient>(dw, g, slice, row, output, endOutput, sums.Row0A);
            Write<TGradient>(dw, g, slice, row + 1, output, endOutput, sums.Row1A);
            Write<TGradient>(dw, g, slice, row + 2, output, endOutput, sums.Row2A);
            Write<TGradient>(dw, g, slice, row + 3, output, endOutput, sums.Row3A);
            int right4 = output + (TTile.N / 2);
            Write<TGradient>(dw, g, slice, row, right4, endOutput, sums.Row0B);
            Write<TGradient>(dw, g, slice, row + 1, right4, endOutput, sums.Row1B);
            Write<TGradient>(dw, g, slice, row + 2, right4, endOutput, sums.Row2B);
            Write<TGradient>(dw, g, slice, row + 3, right4, endOutput, sums.Row3B);
            sums = GemmSums.LowerHalf(sums);
        }
    }

    /// <summary>What a thread's four rows have of an output pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 LoadPicture<TPicture>(
        ArrayView<float> x, GpuGeometry g, TapOffsets taps, PixelPosition pixel)
        where TPicture : struct, IAccess
    {
        var value = default(Float4);
        if (TPicture.IsVector)
        {
            int at = TapOffset.Index(taps.Row0, pixel, g);
            if (at >= 0)
            {
                value = x.Cast<Float4>()[at / 4];
            }
        }
        else
        {
            value.X = ReadOne(x, g, taps.Row0, pixel);
            value.Y = ReadOne(x, g, taps.Row1, pixel);
            value.Z = ReadOne(x, g, taps.Row2, pixel);
            value.W = ReadOne(x, g, taps.Row3, pixel);
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ReadOne(
        ArrayView<float> x, GpuGeometry g, TapOffset tap, PixelPosition pixel)
    {
        int at = TapOffset.Index(tap, pixel, g);
        return at >= 0 ? x[at] : 0f;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 LoadGradient<TGradient>(
        ArrayView<float> dy, GpuGeometry g, int pixel, int output, int endOutput)
        where TGradient : struct, IAccess => FourAccess.Read<TGradient>(
            dy, (pixel * g.O) + output, pixel < g.Pixels ? endOutput - output : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TGradient>(
        ArrayView<float> dw,
        GpuGeometry g,
        int slice,
        int row,
        int output,
        int endOutput,
        Float4 sum)
        where TGradient : struct, IAccess
    {
        int at = (((slice * g.Rows) + row) * g.O) + output;
        FourAccess.Write<TGradient>(dw, at, row < g.Rows ? endOutput - output : 0, sum);
    }
}
