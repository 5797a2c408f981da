using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record ReverseSequence : ICpuOperator
{
    /// <summary>Some rows of [x0, x1].</summary>
    private sealed class RowsStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Lengths { get; init; }

        public required CpuTensor Y { get; init; }

        public required int TimeAxis { get; init; }

        public required RowBlocks Blocks { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var shape = X.Type.Shape;
            long bytes = shape.Product(2, shape.Rank) * X.Type.Element.Size();
            var (first, last) = Blocks.Range(piece);
            for (int row = first; row < last; row++)
            {
                int outer = row / shape[1];
                int inner = row - (outer * shape[1]);
                var (time, step) = TimeAxis == 0 ? (outer, shape[1]) : (inner, 1);
                int length = Math.Min(Lengths.Ints[TimeAxis == 0 ? inner : outer], shape[TimeAxis]);
                long from = time < length ? row + ((long)(length - 1 - (2 * time)) * step) : row;
                Buffer.MemoryCopy(X.Bytes + (from * bytes), Y.Bytes + (row * bytes), bytes, bytes);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var shape = b.OutputShape();
        if (shape.Count > 0)
        {
            var blocks = RowBlocks.Of(shape.Product(0, 2), shape.Product(2, shape.Rank));
            b.Add(new RowsStep
            {
                Label = Name, Pieces = blocks.Pieces, X = b.Input(0), Lengths = b.Input(1), Y = b.Output(),
                TimeAxis = TimeAxis, Blocks = blocks,
            });
        }
    }
}
