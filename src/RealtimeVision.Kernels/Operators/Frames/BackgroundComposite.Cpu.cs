using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record BackgroundComposite : ICpuOperator
{
    /// <summary>A piece is some rows of the frame.</summary>
    private sealed unsafe class CompositeStep : VectorStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor GeometryInput { get; init; }

        public required CpuTensor MaskInput { get; init; }

        public required CpuTensor BlurredInput { get; init; }

        public required CpuTensor PictureInput { get; init; }

        public required CpuTensor SettingsInput { get; init; }

        public required CpuTensor Y { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            var frame = FrameOperators.Read(GeometryInput.Ints);
            var kind = (BackgroundKind)SettingsInput.Ints[0];
            if (kind == BackgroundKind.None || !frame.IsValid((int)Source.Type.Bytes))
            {
                return;
            }

            int bytes = frame.Width * frame.BytesPerPixel;
            var rows = new BackgroundRows(frame, worker.Scratch);
            if (kind == BackgroundKind.Blur)
            {
                rows.FindTaps();
            }
            else if (kind == BackgroundKind.Colour)
            {
                rows.Fill(SettingsInput.Ints[1]);
            }

            byte* repeated = (byte*)rows.Rest;
            int whole = bytes / TLanes.Count * TLanes.Count;
            var (from, to) = FrameOperators.Rows(frame.Height, piece, Pieces);
            for (int row = from; row < to; row++)
            {
                byte* mask = MaskInput.Bytes + ((nint)row * frame.Width);
                FrameRows.Repeat(mask, frame.BytesPerPixel, repeated, frame.Width);
                nint at = (nint)row * frame.RowBytes;
                byte* x = Source.Bytes + at;
                byte* y = Y.Bytes + at;
                if (kind == BackgroundKind.Picture)
                {
                    byte* picture = PictureInput.Bytes + at;
                    Over<TLanes>(x, picture, repeated, y, 0, whole);
                    Over<Lanes1>(x, picture, repeated, y, whole, bytes);
                    continue;
                }

                float weight = kind == BackgroundKind.Blur
                    ? rows.MoveTo(row, BlurredInput.Floats)
                    : 0;
                Over<TLanes>(x, rows.Upper, rows.Lower, weight, repeated, y, 0, whole);
                Over<Lanes1>(x, rows.Upper, rows.Lower, weight, repeated, y, whole, bytes);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Over<TLanes>(
            byte* x, byte* background, byte* mask, byte* y, int from, int to)
            where TLanes : struct, ILanes<TLanes>
        {
            var share = TLanes.Broadcast(1f / 255);
            for (int i = from; i < to; i += TLanes.Count)
            {
                var behind = TLanes.LoadBytes(background + i);
                var opacity = TLanes.LoadBytes(mask + i) * share;
                TLanes.MultiplyAdd(TLanes.LoadBytes(x + i) - behind, opacity, behind).StoreBytes(
                    y + i);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Over<TLanes>(
            byte* x, float* upper, float* lower, float weight, byte* mask, byte* y, int from,
            int to)
            where TLanes : struct, ILanes<TLanes>
        {
            var share = TLanes.Broadcast(1f / 255);
            var rowWeight = TLanes.Broadcast(weight);
            for (int i = from; i < to; i += TLanes.Count)
            {
                var behind = FrameRows.Between(upper + i, lower + i, rowWeight);
                var opacity = TLanes.LoadBytes(mask + i) * share;
                TLanes.MultiplyAdd(TLanes.LoadBytes(x + i) - behind, opacity, behind).StoreBytes(
                    y + i);
            }
        }
    }

    /// <summary>Two rows of a background as wide as the frame, in scratch memory.</summary>
    private unsafe ref struct BackgroundRows
    {
        private readonly FrameGeometry _frame;
        private readonly FrameRows.Tap* _taps;
        private readonly int _width;
        private readonly int _height;
        private int _held;

        public BackgroundRows(FrameGeometry frame, float* scratch)
        {
            _frame = frame;
            _width = BackgroundBlur.Small(frame.Width);
            _height = BackgroundBlur.Small(frame.Height);
            _held = -2;
            int pitch = (frame.Width * frame.BytesPerPixel) + FrameRows.Slack;
            Upper = scratch;
            Lower = Upper + pitch;
            _taps = (FrameRows.Tap*)(Lower + pitch);
            Rest = Lower + pitch + (2 * frame.Width);
        }

        public float* Upper { get; private set; }

        public float* Lower { get; private set; }

        /// <summary>Scratch memory that is left.</summary>
        public float* Rest { get; }

        /// <summary>Both rows in one colour.</summary>
        public readonly void Fill(int colour)
        {
            int bytes = _frame.BytesPerPixel;
            for (int i = 0; i < _frame.Width * bytes; i++)
            {
                Upper[i] = (colour >> (8 * (i % bytes))) & 255;
            }

            new Span<float>(Upper, _frame.Width * bytes).CopyTo(
                new Span<float>(Lower, _frame.Width * bytes));
        }

        public readonly void FindTaps()
        {
            for (int x = 0; x < _frame.Width; x++)
            {
                FrameRows.SetTap(_taps, x, Place(x, _width), 0, _width);
            }
        }

        /// <summary>
        /// Stretches the rows around a row of the frame; gives the lower's weight.
        /// </summary>
        public float MoveTo(int row, float* blurred)
        {
            float place = Place(row, _height);
            int first = (int)place;
            if (first != _held)
            {
                if (first == _held + 1)
                {
                    float* other = Upper;
                    Upper = Lower;
                    Lower = other;
                }
                else
                {
                    Stretch(first, blurred, Upper);
                }

                Stretch(Math.Min(first + 1, _height - 1), blurred, Lower);
                _held = first;
            }

            return place - first;
        }

        private readonly void Stretch(int row, float* blurred, float* stretched)
        {
            int bytes = _frame.BytesPerPixel;
            FrameRows.Stretch(
                blurred + ((nint)row * _width * bytes), _taps, FrameRows.Next(0, _width), bytes,
                stretched, _frame.Width);
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        int capacity = b.InputShape(Pixels)[0];
        b.ReserveWorkerScratch(
            (3L * (FrameOperators.MostRowBytes(capacity) + FrameRows.Slack))
            + (2L * FrameOperators.MostColumns(capacity)));
        b.Add(new CompositeStep
        {
            Label = Name,
            Width = b.Width,
            Pieces = FrameOperators.Pieces(capacity),
            Source = b.Input(Pixels),
            GeometryInput = b.Input(FrameGeometryInput),
            MaskInput = b.Input(Mask),
            BlurredInput = b.Input(Blurred),
            PictureInput = b.Input(Picture),
            SettingsInput = b.Input(Settings),
            Y = b.Output(),
        });
    }
}
