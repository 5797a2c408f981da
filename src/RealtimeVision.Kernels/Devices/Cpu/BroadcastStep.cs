namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// A function of two tensors of one element type, both broadcast to the output, whose elements may
/// be of another type.
/// </summary>
internal sealed unsafe class BroadcastStep<TInput, TOutput> : CpuStep
    where TInput : unmanaged
    where TOutput : unmanaged
{
    private const int PieceElements = 32 * 1024;

    // Two of them and the output stay in L1.
    private const int Block = 2048;

    private BroadcastStep()
    {
    }

    private CpuOperand<TInput> X { get; init; } = null!;

    private CpuOperand<TInput> Y { get; init; } = null!;

    private CpuTensor Results { get; init; } = null!;

    private delegate*<TInput*, TInput*, TOutput*, long, void> Function { get; init; }

    /// <summary>Adds the step.</summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="label">Name of the step.</param>
    /// <param name="x">Index of the first argument among the inputs.</param>
    /// <param name="y">Index of the second argument; that of the first where there is none.</param>
    /// <param name="function">Its loop over elements that follow one another.</param>
    public static void Add(
        CpuBindings b, string label, int x, int y,
        delegate*<TInput*, TInput*, TOutput*, long, void> function)
    {
        var shape = b.OutputShape();
        if (shape.Count == 0)
        {
            return;
        }

        b.ReserveWorkerScratch(2 * Block);
        var first = CpuOperand<TInput>.Of(b, x, shape);
        b.Add(new BroadcastStep<TInput, TOutput>
        {
            Label = label,
            Pieces = checked((int)((shape.Count + PieceElements - 1) / PieceElements)),
            X = first,
            Y = x == y ? first : CpuOperand<TInput>.Of(b, y, shape),
            Results = b.Output(),
            Function = function,
        });
    }

    public override void Run(int piece, CpuWorker worker)
    {
        var bufferX = (TInput*)worker.Scratch;
        var bufferY = (TInput*)(worker.Scratch + Block);
        long first = (long)piece * PieceElements;
        long end = Math.Min(first + PieceElements, Results.Type.Shape.Count);
        for (; first < end; first += Block)
        {
            long count = Math.Min(Block, end - first);
            var x = X.Block(first, count, bufferX);
            var y = Y == X ? x : Y.Block(first, count, bufferY);
            Function(x, y, (TOutput*)Results.Bytes + first, count);
        }
    }
}
