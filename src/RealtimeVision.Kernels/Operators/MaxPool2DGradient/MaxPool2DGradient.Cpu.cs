using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxPool2DGradient : ICpuOperator
{
    /// <summary>
    /// A piece is some rows of the picture: it goes over all windows that reach them, and writes to
    /// no other rows.
    /// </summary>
    private sealed unsafe class WindowsStep : VectorStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Dy { get; init; }

        public required CpuTensor Dx { get; init; }

        public required RowBlocks Blocks { get; init; }

        public required PoolGeometry Geometry { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var g = Geometry;
            var (from, to) = Blocks.Range(piece);
            nint pitch = (nint)g.Columns.Size * g.C;
            long bytes = (to - from) * pitch * sizeof(float);
            Unsafe.InitBlockUnaligned(Dx.Floats + (from * pitch), 0, checked((uint)bytes));
            while (from < to)
            {
                int n = from / g.Rows.Size;
                int end = Math.Min(to, (n + 1) * g.Rows.Size);
                int first = from - (n * g.Rows.Size);
                int last = end - (n * g.Rows.Size);
                int endWindow = Math.Min(g.Rows.LastWindow(last - 1) + 1, g.OH);
                for (int oy = g.Rows.FirstWindow(first); oy < endWindow; oy++)
                {
                    GiveRow<TLanes>(n, oy, first, last);
                }

                from = end;
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void GiveRow<TLanes>(int n, int oy, int firstRow, int endRow)
            where TLanes : struct, ILanes<TLanes>
        {
            var g = Geometry;
            int channels = g.C;
            nint pitch = (nint)g.Columns.Size * channels;
            nint picture = n * g.Rows.Size * pitch;
            int top = g.Rows.Start(oy);
            int firstY = g.Rows.FirstTap(top, 0);
            int endY = g.Rows.EndTap(top, g.Rows.Size);
            nint window = ((nint)((n * g.OH) + oy) * g.OW) * channels;
            for (int ox = 0; ox < g.OW; ox++, window += channels)
            {
                int left = g.Columns.Start(ox);
                int firstX = g.Columns.FirstTap(left, 0);
                int endX = g.Columns.EndTap(left, g.Columns.Size);
                for (int c = 0; c < channels; c += TLanes.Count)
                {
                    bool isWhole = c + TLanes.Count <= channels;
                    var mask = TLanes.FirstLanes(channels - c);
                    var zero = TLanes.Broadcast(0f);
                    var largest = TLanes.Load(Y.Floats + window + c);
                    var rest = TLanes.Load(Dy.Floats + window + c);
                    for (int ky = firstY; ky < endY; ky++)
                    {
                        int row = top + (ky * g.Rows.Dilation);
                        bool isOwn = row >= firstRow && row < endRow;
                        nint line = picture + (row * pitch) + c;
                        for (int kx = firstX; kx < endX; kx++)
                        {
                            nint at = line + ((left + (kx * g.Columns.Dilation)) * (nint)channels);
                            var pixel = TLanes.Load(X.Floats + at);
                            if (isOwn)
                            {
                                var sum = TLanes.Load(Dx.Floats + at)
                                    + TLanes.SelectGreater(largest, pixel, zero, rest);
                                if (isWhole)
                                {
                                    sum.Store(Dx.Floats + at);
                                }
                                else
                                {
                                    sum.StoreWhere(mask, Dx.Floats + at);
                                }
                            }

                            rest = TLanes.SelectGreater(largest, pixel, rest, zero);
                        }
                    }
                }
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, y) = (b.InputShape(X), b.InputShape(Y));
        if (x.Count == 0)
        {
            return;
        }

        var taps = Window.Kernel;
        long work = y.Count * taps.Height * taps.Width / ((long)x.N * x.H);
        var blocks = RowBlocks.Of((long)x.N * x.H, work + ((long)x.W * x.C));
        b.Add(new WindowsStep
        {
            Label = Name, Width = b.Width.Within(x.C), Pieces = blocks.Pieces, Blocks = blocks,
            X = b.Input(X), Y = b.Input(Y), Dy = b.Input(Gradient), Dx = b.Output(),
            Geometry = PoolGeometry.Of(Window, x, y),
        });
    }
}
