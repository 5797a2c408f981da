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
            Epilogue = FusedEpilogue.Of(b, this, addsResidual: false),
            Window = WindowOf(w),
            Width = width,
        });
    }

    private sealed unsafe class DepthwiseStep : CpuStep
    {
        // Pixels whose sums are in registers together: each loaded weight serves all of them.
        private const int MaxPixels = 8;

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

        // Taps that fall outside the picture are left out: whole rows of taps at the top and
        // bottom, and columns of taps of single pixels at the left and right. The picture is never
        // copied.
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
                int blocks = 1;
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
                    blocks = rest / count;
                }

                float* source = x + ((long)pixel * stride * c);
                long target = at + ((long)pixel * c);
                var taps = new Taps(fromY, toY, fromX, toX, blocks);
                switch (count)
                {
                    case 8:
                        Pixels<Number8, TLanes>(source, target, taps);
                        break;
                    case 7:
                        Pixels<Number7, TLanes>(source, target, taps);
                        break;
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

                pixel += count * blocks;
            }

            Epilogue.Rest?.Apply(Y.Floats + at, at, (long)Output.W * c);
        }

        /// <summary>
        /// Taps from the first to after the last that lie inside a picture of that size.
        /// </summary>
        private static (int From, int To) Inside(int origin, int dilation, int taps, int size)
        {
            int from = origin >= 0 ? 0 : Math.Min((-origin + dilation - 1) / dilation, taps);
            int to = origin >= size ? from : Math.Clamp(((size - 1 - origin) / dilation) + 1, from, taps);
            return (from, to);
        }

        private readonly record struct Taps(int FromY, int ToY, int FromX, int ToX, int Blocks);

        private void Pixels<TPixels, TLanes>(float* x, long at, Taps taps)
            where TPixels : struct, INumber
            where TLanes : struct, ILanes<TLanes>
        {
            int c = Output.C;
            int whole = c / TLanes.Count * TLanes.Count;
            var tile = new DepthwiseTile
            {
                PixelStride = (nint)Window.Stride.Width * c,
                TapX = (nint)Window.Dilation.Width * c,
                TapY = (nint)Window.Dilation.Height * Input.W * c,
                Rows = taps.ToY - taps.FromY,
                Columns = taps.ToX - taps.FromX,
                WeightStride = WeightStride,
                WeightRow = (nint)Window.Kernel.Width * WeightStride,
                Weights = Weights.Floats
                    + (((nint)(taps.FromY * Window.Kernel.Width) + taps.FromX) * WeightStride),
                Bias = Bias is null ? null : Bias.Floats,
                Y = Y.Floats + at,
                OutputStride = c,
                Channels = whole,
                Blocks = taps.Blocks,
                Low = Epilogue.Low,
                High = Epilogue.High,
            };
            tile.X = x + (taps.FromY * tile.TapY) + (taps.FromX * tile.TapX);
            bool sharesLoads = tile.Columns == 3 && tile.PixelStride == tile.TapX;
            if (whole > 0)
            {
                Run<No>(&tile);
            }

            if (whole < c)
            {
                tile.X += whole;
                tile.Weights += whole;
                tile.Bias = tile.Bias is null ? null : tile.Bias + whole;
                tile.Y += whole;
                tile.Channels = c - whole;
                Run<Yes>(&tile);
            }

            void Run<TPartial>(DepthwiseTile* tile)
                where TPartial : struct, IFlag
            {
                if (sharesLoads)
                {
                    DepthwiseKernel<TPixels, TPartial, TLanes>.RunThree(tile);
                }
                else
                {
                    DepthwiseKernel<TPixels, TPartial, TLanes>.Run(tile);
                }
            }
        }
    }
}
