using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record RecurrentGradient : ICpuOperator
{
    void ICpuOperator.Prepare(CpuBindings b)
    {
        var adjoint = Adjoint;
        var sums = b.InputShape(InputShare);
        var (d, n, columns, hidden) = (sums[0], sums[2], sums[3], Forward.Hidden);
        int panel = 2 * (int)b.Width;
        int padded = (hidden + panel - 1) / panel * panel;
        b.ReserveWorkerScratch((2L * RecurrenceGradient.MostRows * padded) + panel);
        var r = new RecurrenceGradient
        {
            Op = Forward,
            Directions = d,
            Steps = sums[1],
            N = n,
            Padded = padded,
            InputShare = b.Input(InputShare),
            HiddenShare = b.Input(HiddenShare),
            Weights = b.Packed(
                RecurrentWeights, $"adjoint/{padded}", (long)d * columns * padded,
                (source, destination) => Transpose(
                    source, destination, d, hidden, columns, padded)),
            HiddenBefore = b.InputOrNull(HiddenBefore),
            Bias = b.InputOrNull(Bias),
            C0 = b.InputOrNull(InitialCell),
            Peepholes = b.InputOrNull(Peepholes),
            DAllHidden = b.InputOrNull(AllHiddenGradient),
            DLastHidden = b.InputOrNull(LastHiddenGradient),
            DLastCell = b.InputOrNull(LastCellGradient),
            Lengths = b.InputOrNull(Lengths),
            DSums = b.Output(SumGradient),
            DH0 = b.Output(InitialHiddenGradient),
            DC0 = adjoint.HasCell ? b.Output(InitialCellGradient) : null,
            Cells = adjoint.HasCell ? b.Output(AllCells) : null,
            DHiddenShare = adjoint.IsSplit ? b.Output(HiddenShareGradient) : null,
        };

        // Sequences and directions know nothing of one another: a piece takes all steps of its own.
        int rowPieces = (n + RecurrenceGradient.MostRows - 1) / RecurrenceGradient.MostRows;
        b.Add(new ThroughTimeStep
        {
            Label = $"{Forward.Name} Through Time",
            Width = b.Width,
            Pieces = d * rowPieces,
            RowPieces = rowPieces,
            Adjoint = adjoint,
            Gradient = r,
        });
    }

    // [D, H, columns] to [D, columns, padded].
    private static void Transpose(
        float* source, float* destination, int directions, int hidden, int columns, int padded)
    {
        for (int d = 0; d < directions; d++)
        {
            float* from = source + ((long)d * hidden * columns);
            float* to = destination + ((long)d * columns * padded);
            for (int unit = 0; unit < hidden; unit++)
            {
                for (int column = 0; column < columns; column++)
                {
                    to[((long)column * padded) + unit] = from[((long)unit * columns) + column];
                }
            }
        }
    }

    private sealed class ThroughTimeStep : VectorStep
    {
        public required int RowPieces { get; init; }

        public required RecurrentAdjoint Adjoint { get; init; }

        public required RecurrenceGradient Gradient { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int row = piece % RowPieces * RecurrenceGradient.MostRows;
            Adjoint.Run<TLanes>(
                Gradient, piece / RowPieces, row,
                Math.Min(RecurrenceGradient.MostRows, Gradient.N - row), worker);
        }
    }
}
