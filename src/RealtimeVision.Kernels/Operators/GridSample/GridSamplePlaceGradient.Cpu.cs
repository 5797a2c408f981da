using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GridSamplePlaceGradient : ICpuOperator
{
    /// <summary>A piece is some rows of the grid; vectors run over channels.</summary>
    private sealed unsafe class SlopeStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Grid { get; init; }

        public required CpuTensor DY { get; init; }

        public required CpuTensor DGrid { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required SampleAxis Rows { get; init; }

        public required SampleAxis Columns { get; init; }

        public required int OH { get; init; }

        public required int OW { get; init; }

        public required int C { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (rows, columns) = (Rows, Columns);
            var (from, to) = Blocks.Range(piece);
            for (int pixel = from * OW; pixel < to * OW; pixel++)
            {
                float* grid = Grid.Floats + ((nint)2 * pixel);
                float* gradient = DY.Floats + ((nint)pixel * C);
                float* picture = X.Floats + ((nint)(pixel / OW / OH) * rows.Size * columns.Size * C);
                float x = columns.Place(grid[0]);
                float y = rows.Place(grid[1]);
                int left = columns.First(x);
                int top = rows.First(y);
                float alongX = 0;
                float alongY = 0;
                for (int iy = top; iy < top + rows.Taps; iy++)
                {
                    int row = rows.Pixel(iy);
                    for (int ix = left; ix < left + columns.Taps && row >= 0; ix++)
                    {
                        int column = columns.Pixel(ix);
                        if (column >= 0)
                        {
                            float product = SampleLoops.Dot<TLanes>(
                                picture + ((((nint)row * columns.Size) + column) * C), gradient, C);
                            alongX += product * rows.Weight(y, iy) * columns.WeightSlope(x, ix);
                            alongY += product * rows.WeightSlope(y, iy) * columns.Weight(x, ix);
                        }
                    }
                }

                float slopeX = columns.PlaceSlope(grid[0]);
                float slopeY = rows.PlaceSlope(grid[1]);
                float* result = DGrid.Floats + ((nint)2 * pixel);
                result[0] = alongX * slopeX;
                result[1] = alongY * slopeY;
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, dy) = (b.InputShape(GridSample.Picture), b.InputShape(Gradient));
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        int taps = SampleAxis.TapsOf(Forward.Mode);
        var blocks = RowBlocks.Of((long)dy.N * dy.H, (long)dy.W * ((dy.C * taps * taps) + 64));
        b.Add(new SlopeStep
        {
            Label = "GridSamplePlaceGradient", Width = b.Width, Pieces = blocks.Pieces,
            Blocks = blocks, X = b.Input(GridSample.Picture), Grid = b.Input(GridSample.Places),
            DY = b.Input(Gradient), DGrid = b.Output(), Rows = Forward.AxisOf(x.H),
            Columns = Forward.AxisOf(x.W), OH = dy.H, OW = dy.W, C = x.C,
        });
    }
}
