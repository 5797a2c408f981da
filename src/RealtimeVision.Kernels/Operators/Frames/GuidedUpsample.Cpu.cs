using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GuidedUpsample : ICpuOperator
{
    /// <summary>
    /// A piece is some rows of the frame. Rows of lines are stretched to the frame's width once
    /// each; what lies between two of them is done with vectors.
    /// </summary>
    private sealed unsafe class UpsampleStep : VectorStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor GeometryInput { get; init; }

        public required CpuTensor LinesInput { get; init; }

        public required CpuTensor ModeInput { get; init; }

        public required CpuTensor Mask { get; init; }

        public required Layout Layout { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var frame = FrameOperators.Read(GeometryInput.Ints);
            var mode = (MaskUpsampling)(*ModeInput.Ints);
            if (mode == MaskUpsampling.None || !frame.IsValid((int)Source.Type.Bytes))
            {
                return;
            }

            var place = Layout.Place(frame);
            int pitch = frame.Width + FrameRows.Slack;
            var taps = (FrameRows.Tap*)worker.Scratch;
            float* luma = worker.Scratch + (2 * pitch);
            float* upper = luma + pitch;
            float* lower = upper + (2 * pitch);
            for (int x = 0; x < frame.Width; x++)
            {
                FrameRows.SetTap(taps, x, place.Column(x), place.Left, place.Right);
            }

            int next = FrameRows.Next(place.Left, place.Right);
            int held = -2;
            var (from, to) = FrameOperators.Rows(frame.Height, piece, Pieces);
            for (int row = from; row < to; row++)
            {
                float at = place.Row(row);
                int first = (int)at;
                if (first != held)
                {
                    if (first == held + 1)
                    {
                        float* other = upper;
                        upper = lower;
                        lower = other;
                    }
                    else
                    {
                        Stretch(first, taps, next, upper, frame.Width, pitch);
                    }

                    Stretch(
                        Math.Min(first + 1, place.Bottom - 1), taps, next, lower, frame.Width,
                        pitch);
                    held = first;
                }

                byte* mask = Mask.Bytes + ((nint)row * frame.Width);
                if (mode == MaskUpsampling.Guided)
                {
                    FrameRows.Luma(
                        Source.Bytes + ((nint)row * frame.RowBytes), frame, luma, frame.Width);
                }

                int whole = frame.Width / TLanes.Count * TLanes.Count;
                Write<TLanes>(luma, upper, lower, pitch, at - first, mask, 0, whole, mode);
                Write<Lanes1>(
                    luma, upper, lower, pitch, at - first, mask, whole, frame.Width, mode);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Stretch(
            int row, FrameRows.Tap* taps, int next, float* stretched, int count, int pitch)
        {
            float* a = LinesInput.Floats + ((nint)row * Layout.Width);
            float* b = a + ((nint)Layout.Height * Layout.Width);
            for (int x = 0; x < count; x++)
            {
                int first = taps[x].First;
                float weight = taps[x].Weight;
                stretched[x] = a[first] + ((a[first + next] - a[first]) * weight);
                stretched[pitch + x] = b[first] + ((b[first + next] - b[first]) * weight);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Write<TLanes>(
            float* luma, float* upper, float* lower, int pitch, float weight, byte* mask, int from,
            int to, MaskUpsampling mode)
            where TLanes : struct, ILanes<TLanes>
        {
            var rowWeight = TLanes.Broadcast(weight);
            var scale = TLanes.Broadcast(Layout.Scale);
            var shift = TLanes.Broadcast(Layout.Shift);
            if (mode == MaskUpsampling.Bilinear)
            {
                for (int x = from; x < to; x += TLanes.Count)
                {
                    float* b = upper + pitch + x;
                    var value = FrameRows.Between(b, lower + pitch + x, rowWeight);
                    TLanes.MultiplyAdd(value, scale, shift).StoreBytes(mask + x);
                }

                return;
            }

            for (int x = from; x < to; x += TLanes.Count)
            {
                var a = FrameRows.Between(upper + x, lower + x, rowWeight);
                var b = FrameRows.Between(upper + pitch + x, lower + pitch + x, rowWeight);
                var value = TLanes.MultiplyAdd(a, TLanes.Load(luma + x), b);
                TLanes.MultiplyAdd(value, scale, shift).StoreBytes(mask + x);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        int capacity = b.InputShape(Pixels)[0];
        b.ReserveWorkerScratch(7L * (FrameOperators.MostColumns(capacity) + FrameRows.Slack));
        b.Add(new UpsampleStep
        {
            Label = Name,
            Width = b.Width,
            Pieces = FrameOperators.Pieces(capacity),
            Source = b.Input(Pixels),
            GeometryInput = b.Input(FrameGeometryInput),
            LinesInput = b.Input(Lines),
            ModeInput = b.Input(Mode),
            Mask = b.Output(),
            Layout = LayoutFor(b.InputShape(Lines)),
        });
    }
}
