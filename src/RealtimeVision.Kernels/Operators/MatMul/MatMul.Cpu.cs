using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Cpu.Gemm;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MatMul : ICpuOperator
{
    void ICpuOperator.Prepare(CpuBindings b)
    {
        var shape = b.InputShape(B);
        var product = ProductOf(b.InputShape(A), shape);
        var panels = new MatrixPanels(
            product.K, product.N, checked((int)shape.Product(0, shape.Rank - 2)), TransposeB,
            b.Width);
        b.Add(new ProductStep(product, b)
        {
            Label = "MatMul Panels",
            A = b.Input(A),
            B = panels.Of(b, B),
            Bias = b.InputOrNull(Bias),
            Y = b.Output(),
            Epilogue = CpuEpilogue.Of(b, this, b.OutputShape()),
        });
    }

    /// <summary>Matrices that lie one after the other, to be cut into panels.</summary>
    /// <param name="Rows">Rows of a matrix.</param>
    /// <param name="Columns">Columns of a matrix.</param>
    /// <param name="Count">Number of matrices.</param>
    /// <param name="IsTransposed">True where they are stored column by column.</param>
    /// <param name="Width">Vector width.</param>
    private sealed unsafe record MatrixPanels(
        int Rows, int Columns, int Count, bool IsTransposed, VectorWidth Width)
    {
        private int PanelsOfMatrix => WeightPanels.Count(Columns, Width);

        private long PanelFloats => (long)Rows * WeightPanels.Columns(Width);

        private long Floats => Count * PanelsOfMatrix * PanelFloats;

        /// <summary>
        /// The panels of an input: made once where it is constant, else by a step.
        /// </summary>
        public CpuTensor Of(CpuBindings b, int input)
        {
            int panels = Count * PanelsOfMatrix;
            if (b.ConstantOf(input) is not null)
            {
                return b.Packed(
                    input, $"panels/{Rows}x{Columns}{(IsTransposed ? " transposed" : "")}/{Width}",
                    Floats,
                    (source, destination) => Pack(source, destination, 0, panels));
            }

            var packed = b.Scratch(TensorType.Float(checked((int)Floats)));
            int ofPiece = (int)Math.Max((1 << 16) / PanelFloats, 1);
            b.Add(new PackStep
            {
                Label = "MatMul Pack",
                Pieces = (panels + ofPiece - 1) / ofPiece,
                PanelsOfPiece = ofPiece,
                Panels = this,
                Source = b.Input(input),
                Destination = packed,
            });
            return packed;
        }

        private void Pack(float* source, float* destination, int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                int first = i % PanelsOfMatrix * WeightPanels.Columns(Width);
                float* matrix = source + ((long)(i / PanelsOfMatrix) * Rows * Columns);
                WeightPanels.Pack(
                    matrix + (IsTransposed ? (long)first * Rows : first),
                    IsTransposed ? 1 : Columns,
                    IsTransposed ? Rows : 1,
                    Rows,
                    Math.Min(WeightPanels.Columns(Width), Columns - first),
                    destination + (i * PanelFloats),
                    Width);
            }
        }

        private sealed class PackStep : CpuStep
        {
            public required MatrixPanels Panels { get; init; }

            public required int PanelsOfPiece { get; init; }

            public required CpuTensor Source { get; init; }

            public required CpuTensor Destination { get; init; }

            public override void Run(int piece, CpuWorker worker)
            {
                int from = piece * PanelsOfPiece;
                int to = Math.Min(from + PanelsOfPiece, Panels.Count * Panels.PanelsOfMatrix);
                float* destination = Destination.Floats;
                if (Panels.Columns % WeightPanels.Columns(Panels.Width) != 0)
                {
                    // The columns that the last panel lacks are multiplied too; what another node
                    // left there could be slow to multiply.
                    new Span<float>(
                        destination + (from * Panels.PanelFloats),
                        checked((int)((to - from) * Panels.PanelFloats))).Clear();
                }

                Panels.Pack(Source.Floats, destination, from, to);
            }
        }
    }
}
