using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Lstm : ICpuOperator
{
    // From so many rows on, the inputs of all steps are multiplied first, as one matrix; below,
    // each step takes its own on the way. Sums have the same terms in the same order: a sequence
    // run in parts gives the same bits.
    private const int LeastRowsForProduct = 8;

    // A step of a layer is cut only into pieces of about 10 microseconds, since all meet at its
    // end.
    private const long MultiplicationsPerPiece = 1 << 18;

    // With so many independent sequences there is no need to cut steps.
    private const int EnoughPieces = 4;

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var x = b.InputShape(Sequence);
        var (steps, n, features) = (x[0], x[1], x[2]);
        var packing = new GatePacking(Directions, Hidden, b.Width);
        bool isProduct = steps > 1 && steps * n >= LeastRowsForProduct;
        var bias = b.Has(Bias) ? packing.Of(b, Bias, 1, gatesOfPanel: 4) : null;
        CpuTensor? gates = null;
        if (isProduct)
        {
            gates = b.Scratch(TensorType.Float(Directions, steps * n, packing.Columns));
            var product = new MatrixProduct(
                steps * n, packing.Columns, features, false, false, new Shape(Directions), default,
                new Shape(Directions), gates.Type.Shape);
            b.Add(new ProductStep(product, b)
            {
                Label = "Lstm Inputs",
                A = b.Input(Sequence),
                B = packing.Of(b, InputWeights, features, gatesOfPanel: 2),
                Bias = bias,
                BiasStride = packing.Columns,
                Y = gates,
                Epilogue = null,
            });
        }

        int rowsOfPiece = Math.Max((n + 7) / 8, Math.Min(n, RecurrenceStep.MostRows));
        int rowPieces = (n + rowsOfPiece - 1) / rowsOfPiece;
        long work = (long)rowsOfPiece * packing.Columns * (Hidden + (isProduct ? 0 : features));
        int unitPieces = Directions * rowPieces >= EnoughPieces
            ? 1
            : (int)Math.Clamp(work / MultiplicationsPerPiece, 1, packing.Blocks);
        int blocksOfPiece = (packing.Blocks + unitPieces - 1) / unitPieces;
        unitPieces = (packing.Blocks + blocksOfPiece - 1) / blocksOfPiece;
        var recurrence = new Recurrence
        {
            Op = this,
            Steps = steps,
            N = n,
            Features = features,
            RowsOfPiece = rowsOfPiece,
            RowPieces = rowPieces,
            BlocksOfPiece = blocksOfPiece,
            UnitPieces = unitPieces,
            Packing = packing,
            Gates = gates,
            X = b.Input(Sequence),
            W = isProduct ? null : packing.Of(b, InputWeights, features, gatesOfPanel: 4),
            R = packing.Of(b, RecurrentWeights, Hidden, gatesOfPanel: 4),
            Bias = isProduct ? null : bias,
            H0 = b.InputOrNull(InitialHidden),
            C0 = b.InputOrNull(InitialCell),
            Y = b.Output(AllHidden),
            H = b.Output(LastHidden),
            C = b.Output(LastCell),
        };

        // Sequences and directions know nothing of one another: a piece takes all steps of its own.
        // Where a step itself is cut, its pieces have to meet before the next.
        int stepsAtOnce = unitPieces == 1 ? steps : 1;
        for (int step = 0; step < steps; step += stepsAtOnce)
        {
            b.Add(new RecurrenceStep
            {
                Label = "Lstm Recurrence",
                Width = b.Width,
                Pieces = Directions * rowPieces * unitPieces,
                Recurrence = recurrence,
                From = step,
                To = step + stepsAtOnce,
            });
        }
    }

    /// <summary>
    /// Weights in the order in which the recurrence reads them: hidden units in blocks of a vector,
    /// the vectors of a block's gates i, f, g, o side by side, zeros for the units that the last
    /// block lacks.
    /// </summary>
    /// <param name="Directions">Number of matrices.</param>
    /// <param name="Hidden">Hidden units.</param>
    /// <param name="Width">Vector width.</param>
    private sealed unsafe record GatePacking(int Directions, int Hidden, VectorWidth Width)
    {
        /// <summary>Blocks of hidden units.</summary>
        public int Blocks => (Hidden + (int)Width - 1) / (int)Width;

        /// <summary>Columns of a packed matrix.</summary>
        public int Columns => Blocks * 4 * (int)Width;

        /// <summary>
        /// Packs an input [D, rows, 4 H]: [D][block][rows][4 gates], or, for matrix products, whose
        /// panels are two vectors wide, [D][block][2 pairs of gates][rows][2 gates].
        /// </summary>
        public CpuTensor Of(CpuBindings b, int input, int rows, int gatesOfPanel) => b.Packed(
            input,
            $"gates/{rows}/{gatesOfPanel}/{Width}",
            (long)Directions * rows * Columns,
            (source, destination) => Pack(source, destination, rows, gatesOfPanel));

        private void Pack(float* source, float* destination, int rows, int gatesOfPanel)
        {
            int width = (int)Width;
            for (int d = 0; d < Directions; d++)
            {
                for (int first = 0; first < Hidden; first += width)
                {
                    int units = Math.Min(width, Hidden - first);
                    for (int panel = 0; panel < 4; panel += gatesOfPanel)
                    {
                        for (int row = 0; row < rows; row++)
                        {
                            float* from = source + ((((long)d * rows) + row) * 4 * Hidden) + first;
                            for (int gate = panel; gate < panel + gatesOfPanel; gate++)
                            {
                                new Span<float>(from + ((long)gate * Hidden), units)
                                    .CopyTo(new Span<float>(destination, units));
                                destination += width;
                            }
                        }
                    }
                }
            }
        }
    }
}
