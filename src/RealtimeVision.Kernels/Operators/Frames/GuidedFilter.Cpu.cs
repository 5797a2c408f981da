using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GuidedFilter : ICpuOperator
{
    // What a vector may read or write past the end of a row in scratch memory.
    private const int Slack = 16;

    /// <summary>
    /// What the three steps share. A piece is some rows of the mask; those outside the frame are
    /// left out.
    /// </summary>
    private abstract unsafe class WindowStep : VectorStep
    {
        public required CpuTensor GeometryInput { get; init; }

        public required CpuTensor ModeInput { get; init; }

        public required Layout Layout { get; init; }

        public required RowBlocks Blocks { get; init; }

        /// <summary>Bytes of the largest frame that a geometry may speak of.</summary>
        protected const int AnyCapacity = int.MaxValue;

        protected MaskUpsampling Mode => (MaskUpsampling)(*ModeInput.Ints);

        /// <summary>Floats of a row with zeros on both sides, and room for a vector.</summary>
        protected int PaddedWidth => Layout.Width + (2 * Layout.Radius) + Slack;

        protected sealed override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var frame = FrameOperators.Read(GeometryInput.Ints);
            if (Mode == MaskUpsampling.None || !frame.IsValid(AnyCapacity))
            {
                return;
            }

            var place = Layout.Place(frame);
            var (from, to) = Blocks.Range(piece);
            Pad(from, to, place);
            Rows<TLanes>(
                Math.Max(from, place.Top), Math.Min(to, place.Bottom), place, worker.Scratch);
        }

        protected abstract void Rows<TLanes>(int from, int to, MaskPlacement place, float* scratch)
            where TLanes : struct, ILanes<TLanes>;

        /// <summary>Writes what is outside the frame.</summary>
        protected virtual void Pad(int from, int to, MaskPlacement place)
        {
        }

        /// <summary>Sums along a row that has zeros for what is outside.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected static void SumAlong<TLanes>(float* padded, int radius, float* sums, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            int x = 0;
            for (; x + TLanes.Count <= count; x += TLanes.Count)
            {
                var sum = TLanes.Load(padded + x);
                for (int i = 1; i <= 2 * radius; i++)
                {
                    sum += TLanes.Load(padded + x + i);
                }

                sum.Store(sums + x);
            }

            for (; x < count; x++)
            {
                float sum = padded[x];
                for (int i = 1; i <= 2 * radius; i++)
                {
                    sum += padded[x + i];
                }

                sums[x] = sum;
            }
        }

        /// <summary>Sums of rows down columns; may write a vector past the end.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        protected static void SumDown<TLanes>(
            float* rows, nint pitch, int height, float* sums, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int x = 0; x < count; x += TLanes.Count)
            {
                float* at = rows + x;
                var sum = TLanes.Load(at);
                for (int i = 1; i < height; i++)
                {
                    at += pitch;
                    sum += TLanes.Load(at);
                }

                sum.Store(sums + x);
            }
        }

        /// <summary>One divided by the pixels of each window of a row.</summary>
        protected void Shares(float* shares, int y, MaskPlacement place)
        {
            int r = Layout.Radius;
            int rows = Math.Min(y + r, place.Bottom - 1) - Math.Max(y - r, place.Top) + 1;
            for (int x = place.Left; x < place.Right; x++)
            {
                int columns = Math.Min(x + r, place.Right - 1) - Math.Max(x - r, place.Left) + 1;
                shares[x - place.Left] = 1f / (rows * columns);
            }
        }
    }

    /// <summary>Sums along rows of I, p, I p and I I.</summary>
    private sealed unsafe class RowSumStep : WindowStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor P { get; init; }

        /// <summary>[4, h, w].</summary>
        public required CpuTensor Sums { get; init; }

        protected override void Rows<TLanes>(int from, int to, MaskPlacement place, float* scratch)
        {
            if (Mode != MaskUpsampling.Guided)
            {
                return;
            }

            var layout = Layout;
            int count = place.Right - place.Left;
            int padded = PaddedWidth;
            new Span<float>(scratch, 4 * padded).Clear();
            nint plane = (nint)layout.Height * layout.Width;
            for (int y = from; y < to; y++)
            {
                nint at = ((nint)y * layout.Width) + place.Left;
                Products(scratch + layout.Radius, padded, y, place.Left, P.Floats + at, count);
                for (int i = 0; i < 4; i++)
                {
                    SumAlong<TLanes>(
                        scratch + (i * padded), layout.Radius, Sums.Floats + (i * plane) + at,
                        count);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Products(float* rows, int pitch, int y, int left, float* p, int count)
        {
            var layout = Layout;
            int s = layout.Stride;
            nint rowFloats = (nint)layout.Width * s * layout.Channels;
            float* source = Source.Floats + (y * s * rowFloats) + (left * s * layout.Channels);
            for (int x = 0; x < count; x++, source += s * layout.Channels)
            {
                float luma = layout.Shift;
                for (int dy = 0; dy < s; dy++)
                {
                    float* pixel = source + (dy * rowFloats);
                    for (int dx = 0; dx < s; dx++, pixel += layout.Channels)
                    {
                        luma += pixel[0] * layout.Weight0;
                        if (layout.Channels == 3)
                        {
                            luma += (pixel[1] * layout.Weight1) + (pixel[2] * layout.Weight2);
                        }
                    }
                }

                float value = p[x];
                rows[x] = luma;
                rows[pitch + x] = value;
                rows[(2 * pitch) + x] = luma * value;
                rows[(3 * pitch) + x] = luma * luma;
            }
        }
    }

    /// <summary>a and b of each window, and their sums along rows.</summary>
    private sealed unsafe class LineStep : WindowStep
    {
        /// <summary>[4, h, w].</summary>
        public required CpuTensor Sums { get; init; }

        /// <summary>[2, h, w].</summary>
        public required CpuTensor LineSums { get; init; }

        protected override void Rows<TLanes>(int from, int to, MaskPlacement place, float* scratch)
        {
            if (Mode != MaskUpsampling.Guided)
            {
                return;
            }

            var layout = Layout;
            int count = place.Right - place.Left;
            int padded = PaddedWidth;
            float* shares = scratch + (2 * padded);
            float* down = shares + padded;
            new Span<float>(scratch, 2 * padded).Clear();
            nint plane = (nint)layout.Height * layout.Width;
            for (int y = from; y < to; y++)
            {
                int first = Math.Max(y - layout.Radius, place.Top);
                int rows = Math.Min(y + layout.Radius, place.Bottom - 1) - first + 1;
                for (int i = 0; i < 4; i++)
                {
                    float* top = Sums.Floats + (i * plane) + ((nint)first * layout.Width);
                    SumDown<TLanes>(
                        top + place.Left, layout.Width, rows, down + (i * padded), count);
                }

                Shares(shares, y, place);
                float* a = scratch + layout.Radius;
                Lines<TLanes>(down, padded, shares, a, a + padded, count);

                // What the last vector wrote beyond the row counts as outside.
                new Span<float>(a + count, layout.Radius + Slack).Clear();
                new Span<float>(a + padded + count, layout.Radius + Slack).Clear();
                nint at = ((nint)y * layout.Width) + place.Left;
                SumAlong<TLanes>(scratch, layout.Radius, LineSums.Floats + at, count);
                SumAlong<TLanes>(
                    scratch + padded, layout.Radius, LineSums.Floats + plane + at, count);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Lines<TLanes>(
            float* sums, int pitch, float* shares, float* a, float* b, int count)
            where TLanes : struct, ILanes<TLanes>
        {
            var epsilon = TLanes.Broadcast(Layout.Epsilon);
            for (int x = 0; x < count; x += TLanes.Count)
            {
                var share = TLanes.Load(shares + x);
                var luma = TLanes.Load(sums + x) * share;
                var value = TLanes.Load(sums + pitch + x) * share;
                var covariance = (TLanes.Load(sums + (2 * pitch) + x) * share) - (luma * value);
                var variance = (TLanes.Load(sums + (3 * pitch) + x) * share) - (luma * luma);
                var slope = covariance / (variance + epsilon);
                slope.Store(a + x);
                (value - (slope * luma)).Store(b + x);
            }
        }
    }

    /// <summary>The means of a and b.</summary>
    private sealed unsafe class MeanStep : WindowStep
    {
        public required CpuTensor P { get; init; }

        /// <summary>[2, h, w].</summary>
        public required CpuTensor LineSums { get; init; }

        public required CpuTensor Y { get; init; }

        protected override void Pad(int from, int to, MaskPlacement place)
        {
            int width = Layout.Width;
            for (int y = from; y < to; y++)
            {
                bool isOutside = y < place.Top || y >= place.Bottom;
                for (int plane = 0; plane < 2; plane++)
                {
                    float* row = Y.Floats + (((nint)(plane * Layout.Height) + y) * width);
                    new Span<float>(row, isOutside ? width : place.Left).Clear();
                    new Span<float>(row + place.Right, width - place.Right).Clear();
                }
            }
        }

        protected override void Rows<TLanes>(int from, int to, MaskPlacement place, float* scratch)
        {
            var layout = Layout;
            int count = place.Right - place.Left;
            float* shares = scratch;
            float* down = scratch + PaddedWidth;
            nint plane = (nint)layout.Height * layout.Width;
            for (int y = from; y < to; y++)
            {
                nint at = ((nint)y * layout.Width) + place.Left;
                if (Mode != MaskUpsampling.Guided)
                {
                    new Span<float>(Y.Floats + at, count).Clear();
                    new Span<float>(P.Floats + at, count).CopyTo(
                        new Span<float>(Y.Floats + plane + at, count));
                    continue;
                }

                int first = Math.Max(y - layout.Radius, place.Top);
                int rows = Math.Min(y + layout.Radius, place.Bottom - 1) - first + 1;
                Shares(shares, y, place);
                for (int i = 0; i < 2; i++)
                {
                    float* top = LineSums.Floats + (i * plane) + ((nint)first * layout.Width);
                    SumDown<TLanes>(top + place.Left, layout.Width, rows, down, count);
                    float* mean = Y.Floats + (i * plane) + at;
                    int whole = count / TLanes.Count * TLanes.Count;
                    Scale<TLanes>(down, shares, mean, 0, whole);
                    Scale<Lanes1>(down, shares, mean, whole, count);
                }
            }
        }

        private static void Scale<TLanes>(float* sums, float* shares, float* y, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            for (int x = from; x < to; x += TLanes.Count)
            {
                (TLanes.Load(sums + x) * TLanes.Load(shares + x)).Store(y + x);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var mask = b.InputShape(Probabilities);
        var layout = LayoutFor(b.InputShape(Picture), mask);
        b.ReserveWorkerScratch(7L * (mask.W + (2 * Radius) + Slack));
        var sums = b.Scratch(TensorType.Float(4, mask.H, mask.W));
        var lineSums = b.Scratch(TensorType.Float(2, mask.H, mask.W));
        var (geometry, mode) = (b.Input(FrameGeometryInput), b.Input(Mode));
        var blocks = RowBlocks.Of(mask.H, 4L * mask.W * (Radius + 2));
        b.Add(new RowSumStep
        {
            Label = "GuidedFilter rows", Width = b.Width, Pieces = blocks.Pieces,
            GeometryInput = geometry, ModeInput = mode, Layout = layout, Blocks = blocks,
            Source = b.Input(Picture), P = b.Input(Probabilities), Sums = sums,
        });
        b.Add(new LineStep
        {
            Label = "GuidedFilter lines", Width = b.Width, Pieces = blocks.Pieces,
            GeometryInput = geometry, ModeInput = mode, Layout = layout, Blocks = blocks,
            Sums = sums, LineSums = lineSums,
        });
        b.Add(new MeanStep
        {
            Label = "GuidedFilter means", Width = b.Width, Pieces = blocks.Pieces,
            GeometryInput = geometry, ModeInput = mode, Layout = layout, Blocks = blocks,
            P = b.Input(Probabilities), LineSums = lineSums, Y = b.Output(),
        });
    }
}
