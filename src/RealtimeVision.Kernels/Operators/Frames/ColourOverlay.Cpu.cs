using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record ColourOverlay : ICpuOperator
{
    /// <summary>
    /// A piece is some rows. Each pixel takes a few whole numbers from a table: memory, not
    /// arithmetic.
    /// </summary>
    private sealed unsafe class BlendStep : CpuStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor Mask { get; init; }

        public required CpuTensor Palette { get; init; }

        public required CpuTensor Opacity { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuTensor Rows { get; init; }

        public required CpuTensor Columns { get; init; }

        public required int Width { get; init; }

        public required int MaskWidth { get; init; }

        public required bool IsBilinear { get; init; }

        public required RowBlocks Blocks { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var tints = (Tint*)worker.Scratch;
            FindTints(tints);
            var (from, to) = Blocks.Range(piece);
            for (int row = from; row < to; row++)
            {
                nint at = (nint)row * Width * 3;
                BlendRow(Source.Bytes + at, Y.Bytes + at, Rows.Ints + (3 * row), tints);
            }
        }

        private void FindTints(Tint* tints)
        {
            float opacity = Math.Clamp(*Opacity.Floats, 0f, 1f);
            for (int i = 0; i < 256; i++)
            {
                byte* colour = Palette.Bytes + (4 * i);
                int weight = (int)((opacity * colour[3] * (256f / 255f)) + 0.5f);
                tints[i] = new Tint
                {
                    Rest = 256 - weight,
                    Red = (colour[0] * weight) + 128,
                    Green = (colour[1] * weight) + 128,
                    Blue = (colour[2] * weight) + 128,
                };
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void BlendRow(byte* source, byte* y, int* row, Tint* tints)
        {
            byte* upper = Mask.Bytes + ((nint)row[0] * MaskWidth);
            byte* lower = Mask.Bytes + ((nint)row[1] * MaskWidth);
            int rowWeight = row[2];
            int* column = Columns.Ints;
            for (int x = Width; x > 0; x--, column += 3, source += 3, y += 3)
            {
                int value = upper[column[0]];
                if (IsBilinear)
                {
                    int weight = column[2];
                    int above = (value * (256 - weight)) + (upper[column[1]] * weight);
                    int below = (lower[column[0]] * (256 - weight)) + (lower[column[1]] * weight);
                    value = ((above * (256 - rowWeight)) + (below * rowWeight) + 32768) >> 16;
                }

                ref var tint = ref tints[value];
                y[0] = (byte)(((source[0] * tint.Rest) + tint.Red) >> 8);
                y[1] = (byte)(((source[1] * tint.Rest) + tint.Green) >> 8);
                y[2] = (byte)(((source[2] * tint.Rest) + tint.Blue) >> 8);
            }
        }
    }

    /// <summary>A colour times its weight, in 1/256, and the frame's weight.</summary>
    private struct Tint
    {
        public int Rest, Red, Green, Blue;
    }

    unsafe void ICpuOperator.Prepare(CpuBindings b)
    {
        var frame = b.InputShape(Frame);
        var blocks = RowBlocks.Of(frame[0], 8L * frame[1]);
        var (rows, columns) = Samples(b);
        b.ReserveWorkerScratch(256 * sizeof(Tint) / sizeof(float));
        b.Add(new BlendStep
        {
            Label = Name,
            Pieces = blocks.Pieces,
            Source = b.Input(Frame),
            Mask = b.Input(Mask),
            Palette = b.Input(Palette),
            Opacity = b.Input(Opacity),
            Y = b.Output(),
            Rows = rows,
            Columns = columns,
            Width = frame[1],
            MaskWidth = b.InputShape(Mask)[1],
            IsBilinear = Sampling == MaskSampling.Bilinear,
            Blocks = blocks,
        });
    }
}
