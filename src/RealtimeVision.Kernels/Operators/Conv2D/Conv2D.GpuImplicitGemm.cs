using System.Runtime.CompilerServices;
using ILGPU;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2D
{
    /// <summary>The position of a thread among taps and channels.</summary>
    internal struct TapPosition
    {
        public int Ky, Kx, Channel;

        /// <summary>
        /// Position <paramref name="k"/> counted from the first channel of the first tap.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TapPosition At(int k, Geometry g)
        {
            int tap = k / g.GroupC;
            return new TapPosition { Ky = tap / g.KW, Kx = tap % g.KW, Channel = k - (tap * g.GroupC) };
        }

        /// <summary>The position <paramref name="steps"/> channels on.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TapPosition Next(TapPosition at, int steps, Geometry g)
        {
            at.Channel += steps;
            while (at.Channel >= g.GroupC)
            {
                at.Channel -= g.GroupC;
                at.Kx++;
                if (at.Kx == g.KW)
                {
                    at.Kx = 0;
                    at.Ky++;
                }
            }

            return at;
        }

        /// <summary>Index into the picture, -1 in the padding and after the last tap.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Index(TapPosition at, Patch patch, Geometry g)
        {
            int dy = at.Ky * g.DilationH;
            int dx = at.Kx * g.DilationW;
            int y = patch.Y + dy;
            int x = patch.X + dx;
            return at.Ky < g.KH && y >= 0 && y < g.H && x >= 0 && x < g.W
                ? patch.Start + (((dy * g.W) + dx) * g.C) + at.Channel
                : -1;
        }
    }

    /// <summary>
    /// Matrix product of the picture's patches, a row an output pixel, with the weights as they lie
    /// in memory: a row a tap and channel. The patches are gathered while tiles are loaded; nothing
    /// is written out in between.
    /// </summary>
    /// <remarks>
    /// Grid: tiles of pixels, tiles of outputs, groups times splits of the taps and channels.
    /// </remarks>
    [HotKernel]
    internal static void ImplicitGemmKernel<TTile, TPicture, TWeights, TChain>(
        ArrayView<float> x,
        ArrayView<float> w,
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state)
        where TTile : struct, IGemmTile
        where TPicture : struct, IAccess
        where TWeights : struct, IAccess
        where TChain : struct, IChain
    {
        var shared = SharedMemory.Allocate<float>(2 * GemmTile.BufferSize<TTile>());
        int thread = Group.IdxX;
        int firstPixel = Grid.IdxX * TTile.M;
        int split = Grid.IdxZ / g.Groups;
        int group = Grid.IdxZ - (split * g.Groups);
        int firstOutput = (group * g.GroupO) + (Grid.IdxY * TTile.N);
        int endOutput = (group + 1) * g.GroupO;
        int k = split * g.SplitDepth;
        int end = IntrinsicMath.Min(k + g.SplitDepth, g.Depth);
        var patches = Patches.At<TTile>(firstPixel, thread, group, g);
        var tap = TapPosition.At(k + GemmTile.LeftColumn(thread), g);
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
                left = LoadPicture<TTile, TPicture>(x, g, patches, tap);
                tap = TapPosition.Next(tap, GemmTile.Depth, g);
                right.Load0 = LoadWeights<TWeights>(
                    w, g, next + GemmTile.RightRow<TTile>(thread, 0), output, endOutput);
                if (GemmTile.RightLoads<TTile>() > 1)
                {
                    right.Load1 = LoadWeights<TWeights>(
                        w, g, next + GemmTile.RightRow<TTile>(thread, 1), output, endOutput);
                }
            }

            if (step >= k)
            {
                sums = GemmTile.MultiplyAdd<TTile>(shared, buffer, thread, sums);
            }

            buffer = 1 - buffer;
            if (next < end)
            {
                GemmTile.Store<TTile>(shared, buffer, thread, left, right);
            }

            Group.Barrier();
        }

        output = firstOutput + GemmTile.Column<TTile>(thread, 0);
        for (int half = 0; half < 2; half++)
        {
            int pixel = firstPixel + GemmTile.Row<TTile>(thread, half * 4);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel, output, endOutput, sums.Row0A);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel + 1, output, endOutput, sums.Row1A);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel + 2, output, endOutput, sums.Row2A);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel + 3, output, endOutput, sums.Row3A);
            int right4 = output + (TTile.N / 2);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel, right4, endOutput, sums.Row0B);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel + 1, right4, endOutput, sums.Row1B);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel + 2, right4, endOutput, sums.Row2B);
            Write<TWeights, TChain>(bias, operands, y, g, state, split, pixel + 3, right4, endOutput, sums.Row3B);
            sums = GemmSums.LowerHalf(sums);
        }
    }

    /// <summary>Where the patch of an output pixel begins, padding included.</summary>
    internal struct Patch
    {
        public int Start, Y, X;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Patch At(int pixel, int group, Geometry g)
        {
            int n = pixel / (g.OH * g.OW);
            int rest = pixel - (n * g.OH * g.OW);
            int oy = rest / g.OW;
            int y = (oy * g.StrideH) - g.Top;
            int x = ((rest - (oy * g.OW)) * g.StrideW) - g.Left;
            return new Patch
            {
                Start = (((((n * g.H) + y) * g.W) + x) * g.C) + (group * g.GroupC),
                // The pixels of a tile after the last one read nothing: they lie below every
                // picture.
                Y = n < g.N ? y : g.H,
                X = x,
            };
        }
    }

    /// <summary>The patches that a thread loads from, as many as the tile has loads.</summary>
    internal struct Patches
    {
        public Patch Patch0, Patch1, Patch2, Patch3;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Patches At<TTile>(int firstPixel, int thread, int group, Geometry g)
            where TTile : struct, IGemmTile
        {
            var patches = default(Patches);
            patches.Patch0 = Patch.At(firstPixel + GemmTile.LeftRow<TTile>(thread, 0), group, g);
            if (GemmTile.LeftLoads<TTile>() > 1)
            {
                patches.Patch1 = Patch.At(firstPixel + GemmTile.LeftRow<TTile>(thread, 1), group, g);
            }

            if (GemmTile.LeftLoads<TTile>() > 2)
            {
                patches.Patch2 = Patch.At(firstPixel + GemmTile.LeftRow<TTile>(thread, 2), group, g);
                patches.Patch3 = Patch.At(firstPixel + GemmTile.LeftRow<TTile>(thread, 3), group, g);
            }

            return patches;
        }
    }

    /// <summary>Four channels or taps of each of a thread's patches.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GemmLoads LoadPicture<TTile, TPicture>(
        ArrayView<float> x, Geometry g, Patches patches, TapPosition tap)
        where TTile : struct, IGemmTile
        where TPicture : struct, IAccess
    {
        var loads = default(GemmLoads);
        if (TPicture.IsVector)
        {
            loads.Load0 = ReadFour(x, g, patches.Patch0, tap);
            if (GemmTile.LeftLoads<TTile>() > 1)
            {
                loads.Load1 = ReadFour(x, g, patches.Patch1, tap);
            }

            if (GemmTile.LeftLoads<TTile>() > 2)
            {
                loads.Load2 = ReadFour(x, g, patches.Patch2, tap);
                loads.Load3 = ReadFour(x, g, patches.Patch3, tap);
            }
        }
        else
        {
            // One position after the other, so that the four need no registers at once.
            var k0 = ReadEach<TTile>(x, g, patches, tap);
            tap = TapPosition.Next(tap, 1, g);
            var k1 = ReadEach<TTile>(x, g, patches, tap);
            tap = TapPosition.Next(tap, 1, g);
            var k2 = ReadEach<TTile>(x, g, patches, tap);
            tap = TapPosition.Next(tap, 1, g);
            var k3 = ReadEach<TTile>(x, g, patches, tap);
            loads.Load0 = new Float4 { X = k0.X, Y = k1.X, Z = k2.X, W = k3.X };
            loads.Load1 = new Float4 { X = k0.Y, Y = k1.Y, Z = k2.Y, W = k3.Y };
            loads.Load2 = new Float4 { X = k0.Z, Y = k1.Z, Z = k2.Z, W = k3.Z };
            loads.Load3 = new Float4 { X = k0.W, Y = k1.W, Z = k2.W, W = k3.W };
        }

        return loads;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 ReadFour(ArrayView<float> x, Geometry g, Patch patch, TapPosition tap)
    {
        var value = default(Float4);
        int at = TapPosition.Index(tap, patch, g);
        if (at >= 0)
        {
            value = x.Cast<Float4>()[at / 4];
        }

        return value;
    }

    /// <summary>The same tap and channel of each patch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 ReadEach<TTile>(ArrayView<float> x, Geometry g, Patches patches, TapPosition tap)
        where TTile : struct, IGemmTile
    {
        var value = default(Float4);
        value.X = ReadOne(x, g, patches.Patch0, tap);
        if (GemmTile.LeftLoads<TTile>() > 1)
        {
            value.Y = ReadOne(x, g, patches.Patch1, tap);
        }

        if (GemmTile.LeftLoads<TTile>() > 2)
        {
            value.Z = ReadOne(x, g, patches.Patch2, tap);
            value.W = ReadOne(x, g, patches.Patch3, tap);
        }

        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ReadOne(ArrayView<float> x, Geometry g, Patch patch, TapPosition tap)
    {
        int at = TapPosition.Index(tap, patch, g);
        return at >= 0 ? x[at] : 0f;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Float4 LoadWeights<TWeights>(ArrayView<float> w, Geometry g, int row, int output, int endOutput)
        where TWeights : struct, IAccess =>
        FourAccess.Read<TWeights>(w, (row * g.O) + output, row < g.Depth ? endOutput - output : 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write<TWeights, TChain>(
        ArrayView<float> bias,
        GpuOperands operands,
        ArrayView<float> y,
        Geometry g,
        ChainState state,
        int split,
        int pixel,
        int output,
        int endOutput,
        Float4 sum)
        where TWeights : struct, IAccess
        where TChain : struct, IChain
    {
        int pixels = g.N * g.OH * g.OW;
        int left = pixel < pixels ? endOutput - output : 0;
        int index = (pixel * g.O) + output;
        int at = index + (split * pixels * g.O);
        if (TWeights.IsVector)
        {
            if (left > 0)
            {
                if (g.HasBias != 0)
                {
                    var b = bias.Cast<Float4>()[output / 4];
                    sum.X += b.X;
                    sum.Y += b.Y;
                    sum.Z += b.Z;
                    sum.W += b.W;
                }

                y.Cast<Float4>()[at / 4] = new Float4
                {
                    X = GpuOperands.FinishWhole<TChain>(sum.X, index, operands, state),
                    Y = GpuOperands.FinishWhole<TChain>(sum.Y, index + 1, operands, state),
                    Z = GpuOperands.FinishWhole<TChain>(sum.Z, index + 2, operands, state),
                    W = GpuOperands.FinishWhole<TChain>(sum.W, index + 3, operands, state),
                };
            }
        }
        else
        {
            for (int j = 0; j < 4; j++)
            {
                if (j < left)
                {
                    float value = sum.X + (g.HasBias != 0 ? bias[output + j] : 0f);
                    y[at + j] = GpuOperands.FinishWhole<TChain>(value, index + j, operands, state);
                }

                (sum.X, sum.Y, sum.Z) = (sum.Y, sum.Z, sum.W);
            }
        }
    }
}
