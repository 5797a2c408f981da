using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxPoolWithIndices2D : ICpuOperator
{
    /// <summary>A piece is some rows of the output.</summary>
    private sealed unsafe class IndexedStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Indices { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required PoolGeometry Geometry { get; init; }

        public required bool ColumnMajor { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var g = Geometry;
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                for (int ox = 0; ox < g.OW; ox++)
                {
                    nint at = (((nint)row * g.OW) + ox) * g.C;
                    RunWindow(row, g.Columns.Start(ox), Y.Floats + at, Indices.Ints + at);
                }
            }
        }

        // Tap by tap, all channels of one: they lie together.
        private void RunWindow(int row, int left, float* largest, int* indices)
        {
            var g = Geometry;
            int n = row / g.OH;
            int top = g.Rows.Start(row % g.OH);
            new Span<float>(largest, g.C).Fill(float.NegativeInfinity);
            new Span<int>(indices, g.C).Fill(-1);
            int endY = g.Rows.EndTap(top, g.Rows.Size);
            int endX = g.Columns.EndTap(left, g.Columns.Size);
            for (int ky = g.Rows.FirstTap(top, 0); ky < endY; ky++)
            {
                int y = top + (ky * g.Rows.Dilation);
                for (int kx = g.Columns.FirstTap(left, 0); kx < endX; kx++)
                {
                    int x = left + (kx * g.Columns.Dilation);
                    float* pixel = X.Floats
                        + (((((nint)n * g.Rows.Size) + y) * g.Columns.Size) + x) * g.C;
                    for (int c = 0; c < g.C; c++)
                    {
                        if (Wins(pixel[c], largest[c], indices[c]))
                        {
                            largest[c] = pixel[c];
                            indices[c] = IndexOf(g, ColumnMajor, (n * g.C) + c, y, x);
                        }
                    }
                }
            }
        }
    }

    // The first pixel wins over none, a larger one over a smaller one, a first NaN over numbers.
    private static bool Wins(float pixel, float largest, int index) =>
        index < 0 || pixel > largest || (float.IsNaN(pixel) && !float.IsNaN(largest));

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, y) = (b.InputShape(0), b.OutputShape());
        var taps = Window.Kernel;
        var blocks = RowBlocks.Of(
            (long)y.N * y.H, 8L * y.W * y.C * taps.Height * taps.Width);
        b.Add(new IndexedStep
        {
            Label = Name, Pieces = blocks.Pieces, Blocks = blocks, X = b.Input(0),
            Y = b.Output(), Indices = b.Output(1), Geometry = PoolGeometry.Of(Window, x, y),
            ColumnMajor = ColumnMajor,
        });
    }
}
