using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record RecurrentOperator : ICpuOperator
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
        int width = (int)b.Width;
        int blocks = (Hidden + width - 1) / width;
        bool isProduct = steps > 1 && steps * n >= LeastRowsForProduct;
        var parts = Parts;
        var state = TensorType.Float(Directions, n, Hidden);

        int rowsOfPiece = Math.Max((n + 7) / 8, Math.Min(n, Recurrence.MostRows));
        int rowPieces = (n + rowsOfPiece - 1) / rowsOfPiece;
        long work = (long)rowsOfPiece * blocks * width * Gates * (Hidden + (isProduct ? 0 : features));
        int unitPieces = Directions * rowPieces >= EnoughPieces
            ? 1
            : (int)Math.Clamp(work / MultiplicationsPerPiece, 1, blocks);
        int blocksOfPiece = (blocks + unitPieces - 1) / unitPieces;
        unitPieces = (blocks + blocksOfPiece - 1) / blocksOfPiece;
        var recurrence = new Recurrence
        {
            Op = this,
            Width = b.Width,
            Steps = steps,
            N = n,
            Features = features,
            Blocks = blocks,
            RowsOfPiece = rowsOfPiece,
            RowPieces = rowPieces,
            BlocksOfPiece = blocksOfPiece,
            UnitPieces = unitPieces,
            Parts = Array.ConvertAll(parts, p => (p, TensorsOf(b, p, isProduct))),
            X = b.Input(Sequence),
            H0 = b.InputOrNull(InitialHidden),
            C0 = InitialCellInput < 0 ? null : b.InputOrNull(InitialCellInput),
            Peepholes = PeepholeInput < 0 ? null : b.InputOrNull(PeepholeInput),
            Reset = parts.Length == 1 ? null : b.Scratch(state),
            Update = parts.Length == 1 ? null : b.Scratch(state),
            Lengths = b.InputOrNull(Lengths),
            Y = b.Output(AllHidden),
            H = b.Output(LastHidden),
            C = LastCellOutput < 0 ? null : b.Output(LastCellOutput),
        };

        // Sequences and directions know nothing of one another: a piece takes all steps of its own.
        // Where a step itself is cut, its pieces have to meet before the next, and between parts.
        bool isCut = unitPieces > 1;
        for (int step = 0; step < steps; step += isCut ? 1 : steps)
        {
            for (int part = 0; part < parts.Length; part += isCut ? 1 : parts.Length)
            {
                b.Add(new RecurrenceStep
                {
                    Label = $"{Name} Recurrence",
                    Pieces = Directions * rowPieces * unitPieces,
                    Recurrence = recurrence,
                    From = step,
                    To = isCut ? step + 1 : steps,
                    FirstPart = part,
                    EndPart = isCut ? part + 1 : parts.Length,
                });
            }
        }
    }

    /// <summary>
    /// A part's weights in the order in which they are read; may add the step that multiplies the
    /// inputs.
    /// </summary>
    private RecurrentTensors TensorsOf(CpuBindings b, RecurrentPart part, bool isProduct)
    {
        var x = b.InputShape(Sequence);
        var (rows, features) = (x[0] * x[1], x[2]);
        var packing = new GatePacking(Directions, Hidden, part.FirstGate, part.Gates, b.Width);
        var bias = b.Has(Bias) ? packing.Of(b, Bias, 1, BiasGates, part.Gates) : null;
        CpuTensor? gates = null;
        if (isProduct)
        {
            gates = b.Scratch(TensorType.Float(Directions, rows, packing.Columns));
            var product = new MatrixProduct(
                rows, packing.Columns, features, false, false, new Shape(Directions), default,
                new Shape(Directions), gates.Type.Shape);
            b.Add(new ProductStep(product, b)
            {
                Label = $"{Name} Inputs",
                A = b.Input(Sequence),

                // Panels of products are two vectors wide.
                B = packing.Of(b, InputWeights, features, Gates, vectorsOfPanel: 2),
                Bias = bias,
                BiasStride = packing.Columns,
                Y = gates,
                Epilogue = null,
            });
        }

        var split = packing with { First = part.FirstGate + part.Gates, Count = 1 };
        return new RecurrentTensors
        {
            Gates = gates,
            W = isProduct ? null : packing.Of(b, InputWeights, features, Gates, part.Gates),
            R = packing.Of(b, RecurrentWeights, Hidden, Gates, part.Gates),
            Bias = isProduct ? null : bias,
            SplitBias = part.IsSplit && b.Has(Bias) ? split.Of(b, Bias, 1, BiasGates, 1) : null,
        };
    }

    /// <summary>
    /// Weights of some gates in the order in which they are read: hidden units in blocks of a
    /// vector, the vectors of a block's gates side by side, zeros for the units that the last block
    /// lacks.
    /// </summary>
    /// <param name="Directions">Number of matrices.</param>
    /// <param name="Hidden">Hidden units.</param>
    /// <param name="First">The first gate.</param>
    /// <param name="Count">Number of gates.</param>
    /// <param name="Width">Vector width.</param>
    private sealed unsafe record GatePacking(
        int Directions, int Hidden, int First, int Count, VectorWidth Width)
    {
        /// <summary>Columns of a packed matrix.</summary>
        public int Columns => Vectors * (int)Width;

        private int Vectors => (Hidden + (int)Width - 1) / (int)Width * Count;

        /// <summary>
        /// Packs an input [D, rows, gates H]: [D][panel][rows][vectors of the panel].
        /// </summary>
        /// <param name="b">What the operator is given.</param>
        /// <param name="input">Which input.</param>
        /// <param name="rows">Its rows.</param>
        /// <param name="gates">Gates that it has columns for.</param>
        /// <param name="vectorsOfPanel">Vectors that are read together.</param>
        public CpuTensor Of(CpuBindings b, int input, int rows, int gates, int vectorsOfPanel)
        {
            int panels = (Vectors + vectorsOfPanel - 1) / vectorsOfPanel;
            return b.Packed(
                input,
                $"gates/{rows}/{gates}/{First}/{Count}/{vectorsOfPanel}/{Width}",
                (long)Directions * panels * rows * vectorsOfPanel * (int)Width,
                (source, destination) => Pack(source, destination, rows, gates, vectorsOfPanel));
        }

        private void Pack(
            float* source, float* destination, int rows, int gates, int vectorsOfPanel)
        {
            int width = (int)Width;
            for (int d = 0; d < Directions; d++)
            {
                for (int panel = 0; panel < Vectors; panel += vectorsOfPanel)
                {
                    for (int row = 0; row < rows; row++)
                    {
                        float* from = source + ((((long)d * rows) + row) * gates * Hidden);
                        for (int v = panel; v < panel + vectorsOfPanel; v++)
                        {
                            if (v < Vectors)
                            {
                                int unit = v / Count * width;
                                int gate = First + (v % Count);
                                int units = Math.Min(width, Hidden - unit);
                                new Span<float>(from + ((long)gate * Hidden) + unit, units)
                                    .CopyTo(new Span<float>(destination, units));
                            }

                            destination += width;
                        }
                    }
                }
            }
        }
    }
}
