using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GridSampleInputGradient : ICpuOperator
{
    /// <summary>A piece is a band of a picture's gradient; vectors run over channels.</summary>
    private sealed unsafe class SpreadStep : VectorStep
    {
        public required CpuTensor DY { get; init; }

        public required CpuTensor Grid { get; init; }

        public required CpuTensor DX { get; init; }

        public required PictureBands Bands { get; init; }

        public required SampleAxis Rows { get; init; }

        public required SampleAxis Columns { get; init; }

        public required int Samples { get; init; }

        public required int C { get; init; }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (rows, columns) = (Rows, Columns);
            int channels = C;
            int pitch = columns.Size * channels;
            var (n, from, to) = Bands[piece];
            float* picture = DX.Floats + ((nint)n * rows.Size * pitch);
            new Span<float>(picture + ((nint)from * pitch), (to - from) * pitch).Clear();
            float* grid = Grid.Floats + ((nint)n * Samples * 2);
            float* gradient = DY.Floats + ((nint)n * Samples * channels);
            for (int i = 0; i < Samples; i++, grid += 2, gradient += channels)
            {
                float y = rows.Place(grid[1]);
                int top = rows.First(y);
                for (int iy = top; iy < top + rows.Taps; iy++)
                {
                    int row = rows.Pixel(iy);
                    if (row >= from && row < to)
                    {
                        SpreadRow<TLanes>(
                            columns, grid[0], rows.Weight(y, iy), gradient,
                            picture + ((nint)row * pitch), channels);
                    }
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void SpreadRow<TLanes>(
            SampleAxis columns, float coordinate, float weight, float* gradient, float* row,
            int channels)
            where TLanes : struct, Functions.ILanes<TLanes>
        {
            float x = columns.Place(coordinate);
            int left = columns.First(x);
            for (int ix = left; ix < left + columns.Taps; ix++)
            {
                int column = columns.Pixel(ix);
                if (column >= 0)
                {
                    SampleLoops.AddScaled<TLanes>(
                        gradient, weight * columns.Weight(x, ix), row + ((nint)column * channels),
                        channels);
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (dy, x) = (b.InputShape(Gradient), b.OutputShape());
        if (x.Count == 0)
        {
            return;
        }

        int taps = SampleAxis.TapsOf(Forward.Mode);
        var bands = PictureBands.ForCpu(
            x.N, H, (long)dy.N * dy.H * dy.W * ((dy.C * taps * taps) + 32));
        b.Add(new SpreadStep
        {
            Label = "GridSampleInputGradient", Width = b.Width, Pieces = bands.Count,
            Bands = bands, DY = b.Input(Gradient), Grid = b.Input(Places), DX = b.Output(),
            Rows = Forward.AxisOf(H), Columns = Forward.AxisOf(W), Samples = dy.H * dy.W, C = x.C,
        });
    }
}
