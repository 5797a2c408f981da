using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GridSample : ICpuOperator
{
    /// <summary>A piece is some rows of the output; vectors run over channels.</summary>
    private sealed unsafe class SampleStep : VectorStep
    {
        private const int MaxTaps = 4;

        public required CpuTensor X { get; init; }

        public required CpuTensor Grid { get; init; }

        public required CpuTensor Y { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required SampleAxis Rows { get; init; }

        public required SampleAxis Columns { get; init; }

        public required int OH { get; init; }

        public required int OW { get; init; }

        public required int C { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            // Where the pixels around a place lie, and how much they count.
            nint* offsets = stackalloc nint[MaxTaps * MaxTaps];
            float* weights = stackalloc float[MaxTaps * MaxTaps];
            var (rows, columns) = (Rows, Columns);
            int channels = C;
            var (from, to) = Blocks.Range(piece);
            float* grid = Grid.Floats + ((nint)from * OW * 2);
            float* result = Y.Floats + ((nint)from * OW * channels);
            for (int row = from; row < to; row++)
            {
                float* picture = X.Floats + ((nint)(row / OH) * rows.Size * columns.Size * channels);
                for (int ox = 0; ox < OW; ox++, grid += 2, result += channels)
                {
                    int count = Around(
                        rows, columns, rows.Place(grid[1]), columns.Place(grid[0]), channels,
                        offsets, weights);
                    for (int at = 0; at < channels; at += TLanes.Count)
                    {
                        int c = Math.Min(at, channels - TLanes.Count);
                        var sum = TLanes.Broadcast(0);
                        for (int k = 0; k < count; k++)
                        {
                            sum = TLanes.MultiplyAdd(
                                TLanes.Load(picture + offsets[k] + c),
                                TLanes.Broadcast(weights[k]),
                                sum);
                        }

                        sum.Store(result + c);
                    }
                }
            }
        }

        private static int Around(
            in SampleAxis rows, in SampleAxis columns, float y, float x, int channels,
            nint* offsets, float* weights)
        {
            int count = 0;
            int top = rows.First(y);
            int left = columns.First(x);
            for (int iy = top; iy < top + rows.Taps; iy++)
            {
                int row = rows.Pixel(iy);
                float rowWeight = rows.Weight(y, iy);
                for (int ix = left; ix < left + columns.Taps && row >= 0; ix++)
                {
                    int column = columns.Pixel(ix);
                    if (column >= 0)
                    {
                        offsets[count] = (((nint)row * columns.Size) + column) * channels;
                        weights[count++] = rowWeight * columns.Weight(x, ix);
                    }
                }
            }

            return count;
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, y) = (b.InputShape(Picture), b.OutputShape());
        if (y.Count == 0)
        {
            return;
        }

        int taps = SampleAxis.TapsOf(Mode);
        var blocks = RowBlocks.Of((long)y.N * y.H, (long)y.W * ((y.C * taps * taps) + 32));
        b.Add(new SampleStep
        {
            Label = "GridSample", Width = b.Width.Within(y.C), Pieces = blocks.Pieces,
            Blocks = blocks, X = b.Input(Picture), Grid = b.Input(Places), Y = b.Output(),
            Rows = AxisOf(x.H), Columns = AxisOf(x.W), OH = y.H, OW = y.W, C = y.C,
        });
    }
}
