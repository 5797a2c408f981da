using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record LocalResponseNorm : ICpuOperator
{
    /// <summary>Some rows of channels.</summary>
    private sealed class RowsStep : VectorStep
    {
        public required LocalResponseNorm Op { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Y { get; init; }

        public required RowBlocks Blocks { get; init; }

        protected override void Run<TLanes>(int piece, CpuWorker worker)
        {
            int channels = X.Type.Shape[-1];
            var (from, to) = Blocks.Range(piece);
            new Span<float>(worker.Scratch, channels + Op.Size + Lanes16.Count).Clear();
            for (int row = from; row < to; row++)
            {
                long at = (long)row * channels;
                Op.Normalise<TLanes>(X.Floats + at, Y.Floats + at, channels, worker.Scratch);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var shape = b.OutputShape();
        if (shape.Count == 0)
        {
            return;
        }

        // The squares, and the zeros before and after them.
        b.ReserveWorkerScratch(shape[-1] + Size + Lanes16.Count);
        var blocks = RowBlocks.Of(shape.Count / shape[-1], (long)shape[-1] * (Size + 8));
        b.Add(new RowsStep
        {
            Label = Name, Width = b.Width, Pieces = blocks.Pieces, Op = this, X = b.Input(0),
            Y = b.Output(), Blocks = blocks,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalise<TLanes>(float* x, float* y, int channels, float* squares)
        where TLanes : struct, ILanes<TLanes>
    {
        int c = 0;
        for (; c <= channels - TLanes.Count; c += TLanes.Count)
        {
            var value = TLanes.Load(x + c);
            (value * value).Store(squares + Before + c);
        }

        for (; c < channels; c++)
        {
            squares[Before + c] = x[c] * x[c];
        }

        c = NormaliseFrom<TLanes>(0, x, y, channels, squares);
        NormaliseFrom<Lanes1>(c, x, y, channels, squares);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int NormaliseFrom<TLanes>(int c, float* x, float* y, int channels, float* squares)
        where TLanes : struct, ILanes<TLanes>
    {
        var alpha = TLanes.Broadcast(Alpha / Size);
        var bias = TLanes.Broadcast(Bias);
        var exponent = TLanes.Broadcast(-Beta);
        for (; c <= channels - TLanes.Count; c += TLanes.Count)
        {
            var sum = TLanes.Load(squares + c);
            for (int i = 1; i < Size; i++)
            {
                sum += TLanes.Load(squares + c + i);
            }

            var power = TLanes.Exp(exponent * TLanes.Log(TLanes.MultiplyAdd(sum, alpha, bias)));
            (TLanes.Load(x + c) * power).Store(y + c);
        }

        return c;
    }
}
