using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2D
{
    private unsafe void PrepareDepthwise(CpuBindings b)
    {
        var (x, w, y) = (b.InputShape(Picture), b.InputShape(Weights), b.OutputShape());
        var rows = new PictureRows(WindowOf(w), x, new Size2(y.H, y.W));
        var width = b.Width;
        int taps = w[0] * w[1];
        int channels = y.C;
        int padded = (channels + (int)width - 1) / (int)width * (int)width;
        var weights = b.Packed(Weights, $"depthwise/{width}", (long)taps * padded, (source, destination) =>
        {
            for (int t = 0; t < taps; t++)
            {
                new Span<float>(source + (t * channels), channels)
                    .CopyTo(new Span<float>(destination + (t * padded), channels));
            }
        });
        var offsets = new nint[taps];
        for (int t = 0; t < taps; t++)
        {
            var (ky, kx) = (t / w[1], t % w[1]);
            offsets[t] = ((nint)ky * Dilation.Height * rows.Pitch) + ((nint)kx * Dilation.Width * x.C);
        }

        double all = (double)taps * y.Count;
        int pieces = (int)Math.Clamp(all / 200e3, 1, 64);
        int rowsPerPiece = Math.Clamp(((y.N * y.H) + pieces - 1) / pieces, Math.Min(2, y.H), y.H);
        int rowBlocks = (y.H + rowsPerPiece - 1) / rowsPerPiece;
        b.ReserveWorkerScratch(rows.ScratchFloats(rowsPerPiece));
        b.Add(new DepthwiseStep
        {
            Label = "Conv2D Depthwise",
            Pieces = y.N * rowBlocks,
            RowsPerPiece = rowsPerPiece,
            RowBlocks = rowBlocks,
            Rows = rows,
            X = b.Input(Picture),
            Y = b.Output(),
            Output = y,
            Weights = weights,
            WeightStride = padded,
            Bias = PackBias(b),
            Epilogue = FusedEpilogue.Of(b, this),
            Offsets = offsets,
            Stride = Stride,
            Width = width,
        });
    }

    private sealed unsafe class DepthwiseStep : CpuStep
    {
        // Pixels whose sums are in registers together: each loaded weight serves all of them.
        private const int MaxPixels = 6;

        public required int RowsPerPiece { get; init; }

        public required int RowBlocks { get; init; }

        public required PictureRows Rows { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required Shape Output { get; init; }

        public required CpuTensor Weights { get; init; }

        public required int WeightStride { get; init; }

        public required CpuTensor? Bias { get; init; }

        public required FusedEpilogue Epilogue { get; init; }

        public required nint[] Offsets { get; init; }

        public required Size2 Stride { get; init; }

        public required VectorWidth Width { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int n = piece / RowBlocks;
            int first = piece % RowBlocks * RowsPerPiece;
            int rows = Math.Min(RowsPerPiece, Output.H - first);
            float* x = Rows.Get(X.Floats, n, first, rows, worker.Scratch);
            for (int r = 0; r < rows; r++)
            {
                long at = (((long)n * Output.H) + first + r) * Output.W * Output.C;
                float* source = x + ((long)r * Stride.Height * Rows.Pitch);
                switch (Width)
                {
                    case VectorWidth.Vector512:
                        Row<Lanes16>(source, at);
                        break;
                    case VectorWidth.Vector256:
                        Row<Lanes8>(source, at);
                        break;
                    case VectorWidth.Vector128:
                        Row<Lanes4>(source, at);
                        break;
                    default:
                        Row<Lanes1>(source, at);
                        break;
                }

                Epilogue.Rest?.Apply(Y.Floats + at, at, (long)Output.W * Output.C);
            }
        }

        private void Row<TLanes>(float* source, long at)
            where TLanes : struct, ILanes<TLanes>
        {
            int pixels = Output.W;
            int calls = (pixels + MaxPixels - 1) / MaxPixels;
            nint step = (nint)Stride.Width * Output.C;
            for (; calls > 0; calls--)
            {
                int count = (pixels + calls - 1) / calls;
                switch (count)
                {
                    case 6:
                        Pixels<Number6, TLanes>(source, at);
                        break;
                    case 5:
                        Pixels<Number5, TLanes>(source, at);
                        break;
                    case 4:
                        Pixels<Number4, TLanes>(source, at);
                        break;
                    case 3:
                        Pixels<Number3, TLanes>(source, at);
                        break;
                    case 2:
                        Pixels<Number2, TLanes>(source, at);
                        break;
                    default:
                        Pixels<Number1, TLanes>(source, at);
                        break;
                }

                source += count * step;
                at += (long)count * Output.C;
                pixels -= count;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Pixels<TPixels, TLanes>(float* x, long at)
            where TPixels : struct, INumber
            where TLanes : struct, ILanes<TLanes>
        {
            int channels = Output.C;
            nint s = (nint)Stride.Width * channels;
            float* y = Y.Floats + at;
            float* residual = Epilogue.Residual is null ? null : Epilogue.Residual.Floats + at;
            float* bias = Bias is null ? null : Bias.Floats;
            float* weights = Weights.Floats;
            nint weightStride = WeightStride;
            int taps = Offsets.Length;
            var low = TLanes.Broadcast(Epilogue.Low);
            var high = TLanes.Broadcast(Epilogue.High);
            fixed (nint* offsets = Offsets)
            {
                for (int c = 0; c < channels; c += TLanes.Count)
                {
                    var sum = bias is null ? TLanes.Broadcast(0f) : TLanes.Load(bias + c);
                    TLanes s0 = sum, s1 = sum, s2 = sum, s3 = sum, s4 = sum, s5 = sum;
                    float* w = weights + c;
                    for (int t = 0; t < taps; t++)
                    {
                        float* p = x + offsets[t] + c;
                        var weight = TLanes.Load(w);
                        w += weightStride;
                        s0 = TLanes.MultiplyAdd(TLanes.Load(p), weight, s0);
                        if (TPixels.Value > 1)
                        {
                            s1 = TLanes.MultiplyAdd(TLanes.Load(p + s), weight, s1);
                        }

                        if (TPixels.Value > 2)
                        {
                            s2 = TLanes.MultiplyAdd(TLanes.Load(p + (2 * s)), weight, s2);
                        }

                        if (TPixels.Value > 3)
                        {
                            s3 = TLanes.MultiplyAdd(TLanes.Load(p + (3 * s)), weight, s3);
                        }

                        if (TPixels.Value > 4)
                        {
                            s4 = TLanes.MultiplyAdd(TLanes.Load(p + (4 * s)), weight, s4);
                        }

                        if (TPixels.Value > 5)
                        {
                            s5 = TLanes.MultiplyAdd(TLanes.Load(p + (5 * s)), weight, s5);
                        }
                    }

                    int valid = Math.Min(channels - c, TLanes.Count);
                    Finish(s0, y + c, residual, c, 0, valid, low, high);
                    if (TPixels.Value > 1)
                    {
                        Finish(s1, y + c + (1 * channels), residual, c, 1, valid, low, high);
                    }

                    if (TPixels.Value > 2)
                    {
                        Finish(s2, y + c + (2 * channels), residual, c, 2, valid, low, high);
                    }

                    if (TPixels.Value > 3)
                    {
                        Finish(s3, y + c + (3 * channels), residual, c, 3, valid, low, high);
                    }

                    if (TPixels.Value > 4)
                    {
                        Finish(s4, y + c + (4 * channels), residual, c, 4, valid, low, high);
                    }

                    if (TPixels.Value > 5)
                    {
                        Finish(s5, y + c + (5 * channels), residual, c, 5, valid, low, high);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Finish<TLanes>(
            TLanes sum, float* y, float* residual, int c, int pixel, int valid, TLanes low, TLanes high)
            where TLanes : struct, ILanes<TLanes>
        {
            if (residual is not null)
            {
                sum += TLanes.Load(residual + c + (pixel * Output.C));
            }

            sum = TLanes.Min(TLanes.Max(sum, low), high);
            if (valid == TLanes.Count)
            {
                sum.Store(y);
            }
            else
            {
                StorePart(sum, y, valid);
            }
        }
    }

    /// <summary>Writes the first lanes only: what follows may be another thread's.</summary>
    [SkipLocalsInit]
    private static unsafe void StorePart<TLanes>(TLanes value, float* destination, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        float* lanes = stackalloc float[16];
        value.Store(lanes);
        for (int i = 0; i < count; i++)
        {
            destination[i] = lanes[i];
        }
    }
}
