using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Pad : ICpuOperator
{
    private const int PieceElements = 64 * 1024;

    /// <summary>A range of the output, set to one value.</summary>
    private sealed class FillStep<T> : CpuStep
        where T : unmanaged
    {
        public required CpuTensor Y { get; init; }

        public required T Value { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            long first = (long)piece * PieceElements;
            long count = Math.Min(PieceElements, Y.Type.Shape.Count - first);
            new Span<T>((T*)Y.Bytes + first, (int)count).Fill(Value);
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        if (Mode != PadMode.Constant)
        {
            RepetitionOf(x.Type.Shape, y.Type.Shape)
                .AddTo(b, $"Pad {Mode}", RepetitionKey(x.Type.Shape), x, y);
            return;
        }

        int pieces = checked((int)((y.Type.Shape.Count + PieceElements - 1) / PieceElements));
        int value = BitsOf(y.Type.Element);
        b.Add(y.Type.Element.Size() == 4
            ? new FillStep<int> { Label = "Pad Fill", Pieces = pieces, Y = y, Value = value }
            : new FillStep<byte> { Label = "Pad Fill", Pieces = pieces, Y = y, Value = (byte)value });
        CopyOf(x.Type.Shape, y.Type.Shape).AddTo(b, "Pad", x, y);
    }
}
