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
        double all = (double)taps * y.Count;
        int pieces = (int)Math.Clamp(all / 200e3, 1, 64);
        int rowsPerPiece = Math.Clamp(((y.N * y.H) + pieces - 1) / pieces, Math.Min(2, y.H), y.H);
        int rowBlocks = (y.H + rowsPerPiece - 1) / rowsPerPiece;
        b.Add(new DepthwiseStep
        {
            Label = "Conv2D Depthwise",
            Pieces = y.N * rowBlocks,
            RowsPerPiece = rowsPerPiece,
            RowBlocks = rowBlocks,
            X = b.Input(Picture),
            Y = b.Output(),
            Input = x,
            Output = y,
            Weights = weights,
            WeightStride = padded,
            Bias = PackBias(b),
            Epilogue = FusedEpilogue.Of(b, this),
            Window = WindowOf(w),
            Width = width,
        });
    }

    private sealed unsafe class DepthwiseStep : CpuStep
    {
        // Pixels whose sums are in registers together: each loaded weight serves all of them.
        private const int MaxPixels = 6;

        public required int RowsPerPiece { get; init; }

        public required int RowBlocks { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required Shape Input { get; init; }

        public required Shape Output { get; init; }

        public required CpuTensor Weights { get; init; }

        public required int WeightStride { get; init; }

        public required CpuTensor? Bias { get; init; }

        public required FusedEpilogue Epilogue { get; init; }

        public required Window2 Window { get; init; }

        public required VectorWidth Width { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int n = piece / RowBlocks;
            int first = piece % RowBlocks * RowsPerPiece;
            int last = Math.Min(first + RowsPerPiece, Output.H);
            for (int row = first; row < last; row++)
            {
                switch (Width)
                {
                    case VectorWidth.Vector512:
                        Row<Lanes16>(n, row);
                        break;
                    case VectorWidth.Vector256:
                        Row<Lanes8>(n, row);
                        break;
                    case VectorWidth.Vector128:
                        Row<Lanes4>(n, row);
                        break;
                    default:
                        Row<Lanes1>(n, row);
                        break;
                }
            }
        }

        // Taps that fall outside the picture are left out: whole rows of taps at the top and bottom, and columns of taps
        // of single pixels at the left and right. The picture is never copied.
        private void Row<TLanes>(int n, int row)
            where TLanes : struct, ILanes<TLanes>
        {
            int c = Output.C;
            int top = (row * Window.Stride.Height) - Window.Padding.Top;
            var (fromY, toY) = Inside(top, Window.Dilation.Height, Window.Kernel.Height, Input.H);
            int stride = Window.Stride.Width;
            int left = -Window.Padding.Left;
            long at = (((long)n * Output.H) + row) * Output.W * c;
            float* x = X.Floats + (((((long)n * Input.H) + top) * Input.W + left) * c);
            int firstWhole = Math.Min((Window.Padding.Left + stride - 1) / stride, Output.W);
            int lastWhole = Input.W - Window.Span.Width - left;
            lastWhole = lastWhole < 0 ? firstWhole : Math.Clamp((lastWhole / stride) + 1, firstWhole, Output.W);
            for (int pixel = 0; pixel < Output.W;)
            {
                int count = 1;
                var (fromX, toX) = (0, Window.Kernel.Width);
                if (pixel < firstWhole || pixel >= lastWhole)
                {
                    (fromX, toX) = Inside(
                        left + (pixel * stride), Window.Dilation.Width, Window.Kernel.Width, Input.W);
                }
                else
                {
                    int rest = lastWhole - pixel;
                    int calls = (rest + MaxPixels - 1) / MaxPixels;
                    count = (rest + calls - 1) / calls;
                }

                float* source = x + ((long)pixel * stride * c);
                long target = at + ((long)pixel * c);
                var taps = new Taps(fromY, toY, fromX, toX);
                switch (count)
                {
                    case 6:
                        Pixels<Number6, TLanes>(source, target, taps);
                        break;
                    case 5:
                        Pixels<Number5, TLanes>(source, target, taps);
                        break;
                    case 4:
                        Pixels<Number4, TLanes>(source, target, taps);
                        break;
                    case 3:
                        Pixels<Number3, TLanes>(source, target, taps);
                        break;
                    case 2:
                        Pixels<Number2, TLanes>(source, target, taps);
                        break;
                    default:
                        Pixels<Number1, TLanes>(source, target, taps);
                        break;
                }

                pixel += count;
            }

            Epilogue.Rest?.Apply(Y.Floats + at, at, (long)Output.W * c);
        }

        /// <summary>Taps from the first to after the last that lie inside a picture of that size.</summary>
        private static (int From, int To) Inside(int origin, int dilation, int taps, int size)
        {
            int from = origin >= 0 ? 0 : Math.Min((-origin + dilation - 1) / dilation, taps);
            int to = origin >= size ? from : Math.Clamp(((size - 1 - origin) / dilation) + 1, from, taps);
            return (from, to);
        }

        private readonly record struct Taps(int FromY, int ToY, int FromX, int ToX);

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Pixels<TPixels, TLanes>(float* x, long at, Taps taps)
            where TPixels : struct, INumber
            where TLanes : struct, ILanes<TLanes>
        {
            int channels = Output.C;
            nint s = (nint)Window.Stride.Width * channels;
            nint tapX = (nint)Window.Dilation.Width * channels;
            nint tapY = (nint)Window.Dilation.Height * Input.W * channels;
            float* y = Y.Floats + at;
            float* residual = Epilogue.Residual is null ? null : Epilogue.Residual.Floats + at;
            float* bias = Bias is null ? null : Bias.Floats;
            nint weightStride = WeightStride;
            int kernelWidth = Window.Kernel.Width;
            float* weights = Weights.Floats + (((taps.FromY * kernelWidth) + taps.FromX) * weightStride);
            x += (taps.FromY * tapY) + (taps.FromX * tapX);
            int rows = taps.ToY - taps.FromY;
            int columns = taps.ToX - taps.FromX;
            var low = TLanes.Broadcast(Epilogue.Low);
            var high = TLanes.Broadcast(Epilogue.High);
            for (int c = 0; c < channels; c += TLanes.Count)
            {
                var sum = bias is null ? TLanes.Broadcast(0f) : TLanes.Load(bias + c);
                TLanes s0 = sum, s1 = sum, s2 = sum, s3 = sum, s4 = sum, s5 = sum;
                float* row = x + c;
                float* weightRow = weights + c;
                for (int ky = rows; ky > 0; ky--)
                {
                    float* p = row;
                    float* w = weightRow;
                    for (int kx = columns; kx > 0; kx--)
                    {
                        var weight = TLanes.Load(w);
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

                        w += weightStride;
                        p += tapX;
                    }

                    row += tapY;
                    weightRow += kernelWidth * weightStride;
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
