using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2DWeightGradient : ICpuOperator
{
    // Large enough to outweigh handing it out, small enough that threads end together.
    private const double MultiplicationsPerPiece = 3e6;

    // Partial sums of all slices together.
    private const long MostPartialFloats = 4 << 20;

    // Pixels whose gradients stay in the first-level cache while all taps go over them.
    private const int PixelsPerChunk = 256;

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.InputShape(Picture).C == Groups && b.InputShape(OutputGradient).C == Groups)
        {
            PrepareDepthwise(b);
        }
        else
        {
            PrepareProducts(b);
        }
    }

    /// <summary>
    /// For each tap a product of matrices: channels of the picture by pixels, times pixels by
    /// channels of the gradient. The micro-kernel reads the picture in place, from pixel to pixel;
    /// gradients are packed as weights are.
    /// </summary>
    private void PrepareProducts(CpuBindings b)
    {
        var (dy, w) = (b.InputShape(OutputGradient), b.OutputShape());
        var geometry = new Geometry(this, b.InputShape(Picture), dy);
        int groupO = dy.C / Groups;
        int panels = Groups * WeightPanels.Count(groupO, b.Width);
        int columns = WeightPanels.Columns(b.Width);
        int rows = dy.N * dy.H;
        var x = geometry.IsPadded ? AddPadding(b, geometry) : b.Input(Picture);
        var packed = b.Scratch(TensorType.Float(panels, rows * dy.W, columns));
        var packRows = RowBlocks.Of(rows, (long)panels * dy.W * columns);
        b.Add(new PackStep
        {
            Label = "Conv2DWeightGradient Pack",
            Pieces = packRows.Pieces,
            Rows = packRows,
            Gradient = b.Input(OutputGradient),
            Packed = packed,
            Groups = Groups,
            Columns = columns,
            Shape = dy,
        });
        int slices = Slices((double)w.Count / Groups * Groups * rows * dy.W, panels, rows, w.Count);
        var partial = slices == 1 ? b.Output() : b.Scratch(TensorType.Float(slices, (int)w.Count));
        b.Add(new ProductsStep
        {
            Label = "Conv2DWeightGradient Products",
            Pieces = slices * panels,
            Slices = slices,
            X = x,
            Packed = packed,
            Partial = partial,
            Geometry = geometry,
            Weights = w,
            Groups = Groups,
            Rows = geometry.RowOffsets(),
            Pixels = dy.W,
            Kernels = GemmKernels.Of(b.Width),
        });
        AddSum(b, partial, slices);
    }

    /// <summary>Vectors over channels; sums of one tap after the other.</summary>
    private void PrepareDepthwise(CpuBindings b)
    {
        var (dy, w) = (b.InputShape(OutputGradient), b.OutputShape());
        var geometry = new Geometry(this, b.InputShape(Picture), dy);
        int rows = dy.N * dy.H;
        var x = geometry.IsPadded ? AddPadding(b, geometry) : b.Input(Picture);
        int slices = Slices((double)w[0] * w[1] * dy.Count * 4, 1, rows, w.Count);
        var partial = slices == 1 ? b.Output() : b.Scratch(TensorType.Float(slices, (int)w.Count));
        b.Add(new DepthwiseStep
        {
            Label = "Conv2DWeightGradient Depthwise",
            Pieces = slices,
            Width = b.Width,
            X = x,
            Gradient = b.Input(OutputGradient),
            Partial = partial,
            Geometry = geometry,
            Kernel = Kernel,
            Rows = geometry.RowOffsets(),
            Pixels = dy.W,
            Channels = dy.C,
        });
        AddSum(b, partial, slices);
    }

    /// <summary>Slices of the pixels, each with partial sums of its own: few where other pieces are
    /// many.</summary>
    private static int Slices(double multiplications, int otherPieces, int rows, long weights)
    {
        double pieces = Math.Clamp(multiplications / MultiplicationsPerPiece, 1, 64);
        long most = Math.Clamp(MostPartialFloats / weights, 1, rows);
        return (int)Math.Clamp(Math.Ceiling(pieces / otherPieces), 1, most);
    }

    private static CpuTensor AddPadding(CpuBindings b, Geometry geometry)
    {
        var padded = b.Scratch(new TensorType(ElementType.Float32, geometry.Padded));
        var blocks = RowBlocks.Of(geometry.Padded.N * geometry.Padded.H, geometry.Pitch);
        b.Add(new PadStep
        {
            Label = "Conv2DWeightGradient Pad",
            Pieces = blocks.Pieces,
            Rows = blocks,
            X = b.Input(Picture),
            Padded = padded,
            Geometry = geometry,
        });
        return padded;
    }

    private static void AddSum(CpuBindings b, CpuTensor partial, int slices)
    {
        if (slices == 1)
        {
            return;
        }

        const int Block = 4096;
        int count = checked((int)b.OutputShape().Count);
        b.Add(new SumStep
        {
            Label = "Conv2DWeightGradient Sum",
            Pieces = (count + Block - 1) / Block,
            Width = b.Width,
            Partial = partial,
            Sum = b.Output(),
            Slices = slices,
            Block = Block,
        });
    }

    /// <summary>Where the windows of output pixels lie in the picture, padded where they reach over
    /// its edge.</summary>
    private sealed class Geometry
    {
        private readonly Conv2DWeightGradient _op;
        private readonly Shape _gradient;

        public Geometry(Conv2DWeightGradient op, Shape picture, Shape gradient)
        {
            (_op, Picture, _gradient) = (op, picture, gradient);
            var span = op.Window.Span;
            int height = ((gradient.H - 1) * op.Stride.Height) + span.Height;
            int width = ((gradient.W - 1) * op.Stride.Width) + span.Width;
            IsPadded = op.Padding.Top > 0 || op.Padding.Left > 0 || height > picture.H || width > picture.W;
            Padded = IsPadded ? new Shape(picture.N, height, width, picture.C) : picture;
        }

        public Shape Picture { get; }

        /// <summary>True where the picture has to be copied into a larger one.</summary>
        public bool IsPadded { get; }

        /// <summary>The picture that windows are read from.</summary>
        public Shape Padded { get; }

        /// <summary>Floats from a row of it to the next.</summary>
        public int Pitch => Padded.W * Padded.C;

        public Padding2 Padding => _op.Padding;

        /// <summary>Floats from an output pixel's window to the next one's.</summary>
        public int PixelStride => _op.Stride.Width * Padded.C;

        /// <summary>Floats from a window's first number to a tap.</summary>
        public nint Tap(int ky, int kx) =>
            ((nint)ky * _op.Dilation.Height * Pitch) + ((nint)kx * _op.Dilation.Width * Padded.C);

        /// <summary>The first window of each output row, all pictures after one another.</summary>
        public nint[] RowOffsets()
        {
            var rows = new nint[_gradient.N * _gradient.H];
            for (int i = 0; i < rows.Length; i++)
            {
                var (n, y) = Math.DivRem(i, _gradient.H);
                rows[i] = (((nint)n * Padded.H) + (y * _op.Stride.Height)) * Pitch;
            }

            return rows;
        }
    }

    private sealed unsafe class PadStep : CpuStep
    {
        public required RowBlocks Rows { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Padded { get; init; }

        public required Geometry Geometry { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (x, padded) = (Geometry.Picture, Geometry.Padded);
            int left = Math.Min(Geometry.Padding.Left, padded.W) * x.C;
            int middle = Math.Max(Math.Min(x.W, padded.W - Geometry.Padding.Left), 0) * x.C;
            var (from, to) = Rows.Range(piece);
            for (int r = from; r < to; r++)
            {
                var row = new Span<float>(Padded.Floats + ((long)r * Geometry.Pitch), Geometry.Pitch);
                int n = r / padded.H;
                int y = (r % padded.H) - Geometry.Padding.Top;
                if (y < 0 || y >= x.H)
                {
                    row.Clear();
                    continue;
                }

                row[..left].Clear();
                new Span<float>(X.Floats + ((((long)n * x.H) + y) * x.W * x.C), middle)
                    .CopyTo(row[left..]);
                row[(left + middle)..].Clear();
            }
        }
    }

    private sealed unsafe class PackStep : CpuStep
    {
        public required RowBlocks Rows { get; init; }

        public required CpuTensor Gradient { get; init; }

        public required CpuTensor Packed { get; init; }

        public required int Groups { get; init; }

        public required int Columns { get; init; }

        public required Shape Shape { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (from, to) = Rows.Range(piece);
            long first = (long)from * Shape.W;
            long last = (long)to * Shape.W;
            long pixels = (long)Rows.Rows * Shape.W;
            int groupO = Shape.C / Groups;
            float* panel = Packed.Floats;
            for (int group = 0; group < Groups; group++)
            {
                for (int column = 0; column < groupO; column += Columns, panel += pixels * Columns)
                {
                    int count = Math.Min(Columns, groupO - column);
                    float* source = Gradient.Floats + (first * Shape.C) + (group * groupO) + column;
                    float* target = panel + (first * Columns);
                    for (long p = first; p < last; p++, source += Shape.C, target += Columns)
                    {
                        var to32 = new Span<float>(target, Columns);
                        new Span<float>(source, count).CopyTo(to32);
                        to32[count..].Clear();
                    }
                }
            }
        }
    }

    /// <summary>A piece is one panel of the gradient's channels over one slice of rows.</summary>
    private sealed unsafe class ProductsStep : CpuStep
    {
        public required int Slices { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Packed { get; init; }

        public required CpuTensor Partial { get; init; }

        public required Geometry Geometry { get; init; }

        public required Shape Weights { get; init; }

        public required int Groups { get; init; }

        public required nint[] Rows { get; init; }

        public required int Pixels { get; init; }

        public required GemmKernels Kernels { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (panel, slice) = Math.DivRem(piece, Slices);
            int firstRow = (int)((long)Rows.Length * slice / Slices);
            int lastRow = (int)((long)Rows.Length * (slice + 1) / Slices);
            int columns = WeightPanels.Columns(Kernels.Width);
            int groupC = Weights[2];
            int groupO = Weights[3] / Groups;
            int panelsPerGroup = WeightPanels.Count(groupO, Kernels.Width);
            var (group, inGroup) = Math.DivRem(panel, panelsPerGroup);
            inGroup *= columns;
            float* target = Partial.Floats + (slice * Weights.Count) + (group * groupO) + inGroup;
            int chunk = Math.Max(PixelsPerChunk / Pixels, 1);
            fixed (nint* rows = Rows)
            {
                for (int row = firstRow; row < lastRow; row += chunk)
                {
                    var tile = new GemmTile
                    {
                        RowStride = 1,
                        Taps = rows + row,
                        TapCount = Math.Min(chunk, lastRow - row),
                        Run = Pixels,
                        RunStride = Geometry.PixelStride,
                        Weights = Packed.Floats
                            + ((((long)panel * Rows.Length) + row) * Pixels * columns),
                        OutputStride = Weights[3],
                        Columns = Math.Min(columns, groupO - inGroup),
                        Low = float.NegativeInfinity,
                        High = float.PositiveInfinity,
                    };
                    for (int tap = 0; tap < Weights[0] * Weights[1]; tap++)
                    {
                        tile.Rows = X.Floats + (group * groupC)
                            + Geometry.Tap(tap / Weights[1], tap % Weights[1]);
                        tile.Output = target + ((long)tap * groupC * Weights[3]);
                        tile.Residual = row == firstRow ? null : tile.Output;
                        Kernels.Run(tile, groupC);
                    }
                }
            }
        }
    }

    private sealed unsafe class DepthwiseStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Gradient { get; init; }

        public required CpuTensor Partial { get; init; }

        public required Geometry Geometry { get; init; }

        public required Size2 Kernel { get; init; }

        public required nint[] Rows { get; init; }

        public required int Pixels { get; init; }

        public required int Channels { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int firstRow = (int)((long)Rows.Length * piece / Pieces);
            int lastRow = (int)((long)Rows.Length * (piece + 1) / Pieces);
            int taps = Kernel.Height * Kernel.Width;
            float* sums = Partial.Floats + ((long)piece * taps * Channels);
            new Span<float>(sums, taps * Channels).Clear();
            int whole = Channels / TLanes.Count * TLanes.Count;
            for (int row = firstRow; row < lastRow; row++)
            {
                float* dy = Gradient.Floats + ((long)row * Pixels * Channels);
                for (int tap = 0; tap < taps; tap++)
                {
                    float* x = X.Floats + Rows[row] + Geometry.Tap(tap / Kernel.Width, tap % Kernel.Width);
                    float* sum = sums + (tap * Channels);
                    Tap<TLanes>(x, dy, sum, 0, whole);
                    Tap<Lanes1>(x, dy, sum, whole, Channels);
                }
            }
        }

        // Two sums, so that one does not wait for the other.
        private void Tap<TLanes>(float* x, float* dy, float* sum, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            nint stride = Geometry.PixelStride;
            for (int c = from; c < to; c += TLanes.Count)
            {
                float* p = x + c;
                float* q = dy + c;
                var even = TLanes.Load(sum + c);
                var odd = TLanes.Broadcast(0f);
                int pixel = 0;
                for (; pixel + 1 < Pixels; pixel += 2)
                {
                    even = TLanes.MultiplyAdd(TLanes.Load(p), TLanes.Load(q), even);
                    odd = TLanes.MultiplyAdd(TLanes.Load(p + stride), TLanes.Load(q + Channels), odd);
                    p += 2 * stride;
                    q += 2 * Channels;
                }

                if (pixel < Pixels)
                {
                    even = TLanes.MultiplyAdd(TLanes.Load(p), TLanes.Load(q), even);
                }

                (even + odd).Store(sum + c);
            }
        }
    }

    private sealed unsafe class SumStep : VectorStep
    {
        public required CpuTensor Partial { get; init; }

        public required CpuTensor Sum { get; init; }

        public required int Slices { get; init; }

        public required int Block { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            long all = Sum.Type.Shape.Count;
            long first = (long)piece * Block;
            int count = (int)Math.Min(Block, all - first);
            int whole = count / TLanes.Count * TLanes.Count;
            Add<TLanes>(first, 0, whole, all);
            Add<Lanes1>(first, whole, count, all);
        }

        private void Add<TLanes>(long first, int from, int to, long all)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int i = from; i < to; i += TLanes.Count)
            {
                float* source = Partial.Floats + first + i;
                var sum = TLanes.Load(source);
                for (int slice = 1; slice < Slices; slice++)
                {
                    sum += TLanes.Load(source + (slice * all));
                }

                sum.Store(Sum.Floats + first + i);
            }
        }
    }
}
