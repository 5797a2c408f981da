using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record FrameToTensor : ICpuOperator
{
    // A row of the largest frame as floats, and what a vector may write past it.
    private const int RowFloats = (Letterbox.MaxSide * 4) + 64;

    /// <summary>
    /// A piece is some rows of the tensor. For each, rows of the frame are blended to one row of
    /// floats, all bytes of it with vectors; then pixels are picked along that row.
    /// </summary>
    private sealed unsafe class ResampleStep : VectorStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor GeometryInput { get; init; }

        public required CpuTensor Y { get; init; }

        public required Layout Layout { get; init; }

        public required RowBlocks Blocks { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var layout = Layout;
            var frame = Read(GeometryInput.Ints, layout.HasRegion != 0);
            bool isValid = frame.IsValid((int)Source.Type.Bytes);
            var box = isValid
                ? frame.In(layout.Width, layout.Height, (FrameFit)layout.Fit)
                : default;
            var taps = (ColumnTaps*)worker.Scratch;
            float* blended = worker.Scratch + (layout.Width * sizeof(ColumnTaps) / sizeof(float));
            FindTaps(taps, box, frame.BytesPerPixel);

            var axis = new ResampleAxis(box.SourceHeight, box.TargetHeight);
            float inner = box.TargetWidth > 0
                ? new ResampleAxis(box.SourceWidth, box.TargetWidth).Inner
                : 0;
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                float* y = Y.Floats + ((nint)row * layout.Width * layout.Channels);
                int i = row - box.TargetY;
                if (i < 0 || i >= box.TargetHeight)
                {
                    Pad(y, layout.Width);
                    continue;
                }

                int first = axis.First(i);
                byte* source = Source.Bytes
                    + ((nint)(box.SourceY + first) * frame.RowBytes)
                    + ((nint)box.SourceX * frame.BytesPerPixel);
                Blend<TLanes>(
                    source, frame.RowBytes, axis.Last(i) - first + 1,
                    axis.FirstWeight(i), axis.Inner, axis.LastWeight(i),
                    blended, box.SourceWidth * frame.BytesPerPixel);
                Pad(y, box.TargetX);
                float* target = y + (box.TargetX * layout.Channels);
                Pick(blended, taps, inner, frame, target, box.TargetWidth);
                int end = box.TargetX + box.TargetWidth;
                Pad(y + (end * layout.Channels), layout.Width - end);
            }
        }

        /// <summary>The weighted sum of some rows of bytes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Blend<TLanes>(
            byte* source, nint pitch, int rows, float first, float inner, float last, float* sum,
            int count)
            where TLanes : struct, ILanes<TLanes>
        {
            var firstWeight = TLanes.Broadcast(first);
            var innerWeight = TLanes.Broadcast(inner);
            var lastWeight = TLanes.Broadcast(last);
            for (int i = 0; i < count; i += TLanes.Count)
            {
                byte* at = source + i;
                var value = TLanes.LoadBytes(at) * firstWeight;
                for (int r = rows - 2; r > 0; r--)
                {
                    at += pitch;
                    value = TLanes.MultiplyAdd(TLanes.LoadBytes(at), innerWeight, value);
                }

                if (rows > 1)
                {
                    value = TLanes.MultiplyAdd(TLanes.LoadBytes(at + pitch), lastWeight, value);
                }

                value.Store(sum + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Pick(
            float* row, ColumnTaps* taps, float inner, FrameGeometry frame, float* y, int count)
        {
            var layout = Layout;
            int step = frame.BytesPerPixel;
            bool isBgr = layout.Order == (int)ColourOrder.Bgr;
            int byte0 = isBgr ? frame.Blue : frame.Red;
            int byte2 = isBgr ? frame.Red : frame.Blue;
            for (int x = 0; x < count; x++)
            {
                ref var tap = ref taps[x];
                float* pixel = row + tap.First;
                float* last = row + tap.Last;
                float value0 = (pixel[byte0] * tap.FirstWeight) + (last[byte0] * tap.LastWeight);
                float value1 =
                    (pixel[frame.Green] * tap.FirstWeight) + (last[frame.Green] * tap.LastWeight);
                float value2 = (pixel[byte2] * tap.FirstWeight) + (last[byte2] * tap.LastWeight);
                for (pixel += step; pixel < last; pixel += step)
                {
                    value0 += pixel[byte0] * inner;
                    value1 += pixel[frame.Green] * inner;
                    value2 += pixel[byte2] * inner;
                }

                if (layout.Channels == 1)
                {
                    float gray = (0.299f * value0) + (0.587f * value1) + (0.114f * value2);
                    y[x] = (gray * layout.Scale0) + layout.Shift0;
                    continue;
                }

                y[3 * x] = (value0 * layout.Scale0) + layout.Shift0;
                y[(3 * x) + 1] = (value1 * layout.Scale1) + layout.Shift1;
                y[(3 * x) + 2] = (value2 * layout.Scale2) + layout.Shift2;
            }
        }

        private void Pad(float* y, int pixels)
        {
            if (Layout.Channels == 1)
            {
                new Span<float>(y, pixels).Fill(Layout.Padding0);
                return;
            }

            for (int i = 0; i < pixels; i++, y += 3)
            {
                y[0] = Layout.Padding0;
                y[1] = Layout.Padding1;
                y[2] = Layout.Padding2;
            }
        }

        private static void FindTaps(ColumnTaps* taps, Letterbox box, int bytesPerPixel)
        {
            var axis = new ResampleAxis(box.SourceWidth, box.TargetWidth);
            for (int i = 0; i < box.TargetWidth; i++)
            {
                taps[i] = new ColumnTaps
                {
                    First = axis.First(i) * bytesPerPixel,
                    Last = axis.Last(i) * bytesPerPixel,
                    FirstWeight = axis.FirstWeight(i),
                    LastWeight = axis.LastWeight(i),
                };
            }
        }

        private static FrameGeometry Read(int* g, bool hasRegion) => hasRegion
            ? new(g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[8], g[9], g[10], g[11])
            : new(g[0], g[1], g[2], g[3], g[4], g[5], g[6]);
    }

    /// <summary>The floats of a blended row that make up a pixel, and their weights.</summary>
    private struct ColumnTaps
    {
        public int First, Last;
        public float FirstWeight, LastWeight;
    }

    unsafe void ICpuOperator.Prepare(CpuBindings b)
    {
        b.ReserveWorkerScratch((Width * sizeof(ColumnTaps) / sizeof(float)) + RowFloats);

        // The frame's size is not known yet; most are some times larger than the tensor.
        var blocks = RowBlocks.Of(Height, 8L * Width * 3);
        b.Add(new ResampleStep
        {
            Label = Name,
            Width = b.Width,
            Pieces = blocks.Pieces,
            Source = b.Input(Pixels),
            GeometryInput = b.Input(FrameGeometryInput),
            Y = b.Output(),
            Layout = LayoutFor(b.InputType(FrameGeometryInput)),
            Blocks = blocks,
        });
    }
}
