using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Ways to compute the gradient of a convolution's weights on the CPU.</summary>
internal enum CpuWeightGradientAlgorithm
{
    /// <summary>By windows: any convolution.</summary>
    Products,

    /// <summary>3x3 at stride 1, by the transpose of Winograd's F(4x4, 3x3).</summary>
    WinogradF4,
}

public sealed partial record Conv2DWeightGradient : ICpuOperator
{
    // Large enough to outweigh handing it out, small enough that threads end together.
    private const double MultiplicationsPerPiece = 3e6;

    // Partial sums of all slices together.
    private const long MostPartialFloats = 4 << 20;

    // Pixels whose gradients stay in the first-level cache while all taps go over them.
    private const int PixelsPerChunk = 256;

    /// <summary>Takes this algorithm instead of choosing; for tests and benchmarks.</summary>
    internal CpuWeightGradientAlgorithm? ForcedCpuAlgorithm { get; init; }

    /// <summary>True where an algorithm can compute this gradient.</summary>
    internal bool CanRun(CpuWeightGradientAlgorithm algorithm) =>
        algorithm == CpuWeightGradientAlgorithm.Products
        || (Groups == 1 && Kernel == new Size2(3, 3) && Stride == Size2.One && Dilation == Size2.One);

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (RunsByWinograd(b))
        {
            PrepareWinograd(b);
            return;
        }

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

    /// <summary>Slices of the pixels, each with partial sums of its own: few where other pieces are
    /// many.</summary>
    private static int Slices(double multiplications, int otherPieces, int rows, long weights)
    {
        double pieces = Math.Clamp(multiplications / MultiplicationsPerPiece, 1, 64);
        long most = Math.Clamp(MostPartialFloats / weights, 1, rows);
        return (int)Math.Clamp(Math.Ceiling(pieces / otherPieces), 1, most);
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
