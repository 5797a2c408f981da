using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Pointwise : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    /// <summary>The chain over one range of the output, from x as it is.</summary>
    private sealed class WholeStep : CpuStep
    {
        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuEpilogue Chain { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            long first = (long)piece * PieceElements;
            long count = Math.Min(PieceElements, Y.Type.Shape.Count - first);
            Chain.Apply(X.Floats + first, Y.Floats + first, first, count);
        }
    }

    /// <summary>
    /// The same from x repeated, which is written to the output before the chain runs there.
    /// </summary>
    private sealed class BroadcastStep : CpuStep
    {
        // As much as stays in L1 between the two.
        private const int Block = 4096;

        public required CpuOperand<float> X { get; init; }

        public required CpuTensor Y { get; init; }

        public required CpuEpilogue? Chain { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            long first = (long)piece * PieceElements;
            long end = Math.Min(first + PieceElements, Y.Type.Shape.Count);
            for (; first < end; first += Block)
            {
                long count = Math.Min(Block, end - first);
                X.Expand(Y.Floats + first, first, count);
                Chain?.Apply(Y.Floats + first, first, count);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var y = b.Output();
        var shape = y.Type.Shape;
        int pieces = checked((int)((shape.Count + PieceElements - 1) / PieceElements));
        if (pieces == 0)
        {
            return;
        }

        int source = 0;
        var chain = Chain;
        int[] operands = [.. Enumerable.Range(FirstOperand, chain.Operands)];
        if (b.InputShape(0) != shape && StartsBinary && b.InputShape(FirstOperand) == shape)
        {
            // The operand is the one that needs no broadcast: let it be x.
            var links = chain.Links.ToArray();
            links[0] = new ChainLink(((BinaryFunction)links[0].Function).Swapped);
            chain = new PointwiseChain(links);
            (source, operands[0]) = (FirstOperand, 0);
        }

        var epilogue = CpuEpilogue.Of(b, chain, operands, shape);
        b.Add(epilogue is not null && b.InputShape(source) == shape
            ? new WholeStep
            {
                Label = "Pointwise Whole", Pieces = pieces, X = b.Input(source), Y = y, Chain = epilogue,
            }
            : new BroadcastStep
            {
                Label = "Pointwise Broadcast", Pieces = pieces, X = CpuOperand<float>.Of(b, source, shape), Y = y,
                Chain = epilogue,
            });
    }
}
