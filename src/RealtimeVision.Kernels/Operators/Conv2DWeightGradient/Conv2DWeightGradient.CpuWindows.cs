using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Conv2DWeightGradient
{
    private static CpuTensor AddPadding(CpuBindings b, Geometry geometry)
    {
        var padded = b.Scratch(new TensorType(ElementType.Float32, geometry.Padded));
        var blocks = RowBlocks.Of(geometry.Padded.N * geometry.Padded.H, geometry.Pitch);
        b.Add(new PadStep
        {
            Label = "Conv2DWeightGradient Pad",
            Pieces = blocks.Pieces,
            Rows = blocks,
            X = b.Input(Picture),
            Padded = padded,
            Geometry = geometry,
        });
        return padded;
    }

    /// <summary>Where the windows of output pixels lie in the picture, padded where they reach over
    /// its edge.</summary>
    private sealed class Geometry
    {
        private readonly Conv2DWeightGradient _op;
        private readonly Shape _gradient;

        public Geometry(Conv2DWeightGradient op, Shape picture, Shape gradient)
        {
            (_op, Picture, _gradient) = (op, picture, gradient);
            var span = op.Window.Span;
            int height = ((gradient.H - 1) * op.Stride.Height) + span.Height;
            int width = ((gradient.W - 1) * op.Stride.Width) + span.Width;
            IsPadded = op.Padding.Top > 0 || op.Padding.Left > 0 || height > picture.H || width > picture.W;
            Padded = IsPadded ? new Shape(picture.N, height, width, picture.C) : picture;
        }

        public Shape Picture { get; }

        /// <summary>True where the picture has to be copied into a larger one.</summary>
        public bool IsPadded { get; }

        /// <summary>The picture that windows are read from.</summary>
        public Shape Padded { get; }

        /// <summary>Floats from a row of it to the next.</summary>
        public int Pitch => Padded.W * Padded.C;

        public Padding2 Padding => _op.Padding;

        /// <summary>Floats from an output pixel's window to the next one's.</summary>
        public int PixelStride => _op.Stride.Width * Padded.C;

        /// <summary>Floats from a window's first number to a tap.</summary>
        public nint Tap(int ky, int kx) =>
            ((nint)ky * _op.Dilation.Height * Pitch) + ((nint)kx * _op.Dilation.Width * Padded.C);

        /// <summary>The first window of each output row, all pictures after one another.</summary>
        public nint[] RowOffsets()
        {
            var rows = new nint[_gradient.N * _gradient.H];
            for (int i = 0; i < rows.Length; i++)
            {
                var (n, y) = Math.DivRem(i, _gradient.H);
                rows[i] = (((nint)n * Padded.H) + (y * _op.Stride.Height)) * Pitch;
            }

            return rows;
        }
    }

    private sealed unsafe class PadStep : CpuStep
    {
        public required RowBlocks Rows { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Padded { get; init; }

        public required Geometry Geometry { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (x, padded) = (Geometry.Picture, Geometry.Padded);
            int left = Math.Min(Geometry.Padding.Left, padded.W) * x.C;
            int middle = Math.Max(Math.Min(x.W, padded.W - Geometry.Padding.Left), 0) * x.C;
            var (from, to) = Rows.Range(piece);
            for (int r = from; r < to; r++)
            {
                var row = new Span<float>(Padded.Floats + ((long)r * Geometry.Pitch), Geometry.Pitch);
                int n = r / padded.H;
                int y = (r % padded.H) - Geometry.Padding.Top;
                if (y < 0 || y >= x.H)
                {
                    row.Clear();
                    continue;
                }

                row[..left].Clear();
                new Span<float>(X.Floats + ((((long)n * x.H) + y) * x.W * x.C), middle)
                    .CopyTo(row[left..]);
                row[(left + middle)..].Clear();
            }
        }
    }
}
