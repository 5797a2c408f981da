using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Trilu : ICpuOperator
{
    /// <summary>Some rows, of one matrix or more.</summary>
    private sealed class RowsStep : CpuStep
    {
        public required Trilu Operator { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required RowBlocks Blocks { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var (height, width) = (X.Type.Shape[-2], X.Type.Shape[-1]);
            int size = X.Type.Element.Size();
            var (first, last) = Blocks.Range(piece);
            for (int row = first; row < last; row++)
            {
                var (from, to) = Operator.Kept(row % height, width);
                long start = (long)row * width * size;
                var x = new ReadOnlySpan<byte>(X.Bytes + start, width * size);
                var y = new Span<byte>(Y.Bytes + start, width * size);
                x[(from * size)..(to * size)].CopyTo(y[(from * size)..]);
                y[..(from * size)].Clear();
                y[(to * size)..].Clear();
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var shape = b.OutputShape();
        if (shape.Count > 0)
        {
            var blocks = RowBlocks.Of(shape.Count / shape[-1], shape[-1]);
            b.Add(new RowsStep
            {
                Label = Name, Pieces = blocks.Pieces, Operator = this, X = b.Input(0), Y = b.Output(), Blocks = blocks,
            });
        }
    }
}
