using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2DWeightGradient
{
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
}
