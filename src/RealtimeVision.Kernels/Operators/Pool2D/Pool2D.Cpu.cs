using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record Pool2D : ICpuOperator
{
    /// <summary>
    /// A piece is some rows of the output; vectors run over channels, window by window.
    /// </summary>
    private sealed unsafe class PoolStep<TReduction> : VectorStep
        where TReduction : struct, IPoolReduction
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required PoolGeometry Geometry { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                PoolRow<TLanes>(row);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void PoolRow<TLanes>(int row)
            where TLanes : struct, ILanes<TLanes>
        {
            var g = Geometry;
            int channels = g.C;
            nint pitch = (nint)g.Columns.Size * channels;
            float* picture = X.Floats + (row / g.OH * g.Rows.Size * pitch);
            float* result = Y.Floats + ((nint)row * g.OW * channels);
            int top = g.Rows.Start(row % g.OH);
            int firstY = g.Rows.FirstTap(top, 0);
            int endY = g.Rows.EndTap(top, g.Rows.Size);
            nint rowStep = g.Rows.Dilation * pitch;
            nint columnStep = (nint)g.Columns.Dilation * channels;
            for (int ox = 0; ox < g.OW; ox++, result += channels)
            {
                int left = g.Columns.Start(ox);
                int firstX = g.Columns.FirstTap(left, 0);
                int endX = g.Columns.EndTap(left, g.Columns.Size);
                var share = TLanes.Broadcast(g.Share(top, left, (endY - firstY) * (endX - firstX)));
                float* corner = picture
                    + ((top + (firstY * g.Rows.Dilation)) * pitch)
                    + ((left + (firstX * g.Columns.Dilation)) * (nint)channels);
                for (int at = 0; at < channels; at += TLanes.Count)
                {
                    int c = Math.Min(at, channels - TLanes.Count);
                    var value = TLanes.Broadcast(TReduction.Empty);
                    float* line = corner + c;
                    for (int ky = firstY; ky < endY; ky++, line += rowStep)
                    {
                        float* pixel = line;
                        for (int kx = firstX; kx < endX; kx++, pixel += columnStep)
                        {
                            value = TReduction.Accumulate(value, TLanes.Load(pixel));
                        }
                    }

                    TReduction.Finish(value, share).Store(result + c);
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b) => Prepare(b);

    private protected void Prepare<TReduction>(CpuBindings b)
        where TReduction : struct, IPoolReduction
    {
        var (x, y) = (b.InputShape(0), b.OutputShape());
        var taps = Window.Kernel;
        var blocks = RowBlocks.Of((long)y.N * y.H, (long)y.W * y.C * taps.Height * taps.Width);
        b.Add(new PoolStep<TReduction>
        {
            Label = Name,
            Width = b.Width.Within(y.C),
            Pieces = blocks.Pieces,
            Blocks = blocks,
            X = b.Input(0),
            Y = b.Output(),
            Geometry = GeometryOf(x, y),
        });
    }
}
