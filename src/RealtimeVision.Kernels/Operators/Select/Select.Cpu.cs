using System.Numerics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed unsafe partial record Select : ICpuOperator
{
    private const int PieceElements = 32 * 1024;

    // What is expanded of all three and the output stay in L1.
    private const int Block = 2048;

    private sealed class SelectStep<T> : CpuStep
        where T : unmanaged
    {
        public required CpuOperand<byte> Condition { get; init; }

        public required CpuOperand<T> X { get; init; }

        public required CpuOperand<T> Y { get; init; }

        public required CpuTensor Results { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var bufferX = (T*)worker.Scratch;
            var bufferY = (T*)(worker.Scratch + Block);
            var bufferCondition = (byte*)(worker.Scratch + (2 * Block));
            long first = (long)piece * PieceElements;
            long end = Math.Min(first + PieceElements, Results.Type.Shape.Count);
            for (; first < end; first += Block)
            {
                long count = Math.Min(Block, end - first);
                Choose(
                    Condition.Block(first, count, bufferCondition),
                    X.Block(first, count, bufferX),
                    Y.Block(first, count, bufferY),
                    (T*)Results.Bytes + first,
                    count);
            }
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        if (b.InputType(X).Element.Size() == sizeof(int))
        {
            Prepare<int>(b);
        }
        else
        {
            Prepare<byte>(b);
        }
    }

    private static void Prepare<T>(CpuBindings b)
        where T : unmanaged
    {
        var shape = b.OutputShape();
        if (shape.Count == 0)
        {
            return;
        }

        b.ReserveWorkerScratch(3 * Block);
        b.Add(new SelectStep<T>
        {
            Label = "Select",
            Pieces = checked((int)((shape.Count + PieceElements - 1) / PieceElements)),
            Condition = CpuOperand<byte>.Of(b, Condition, shape),
            X = CpuOperand<T>.Of(b, X, shape),
            Y = CpuOperand<T>.Of(b, Y, shape),
            Results = b.Output(),
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Choose<T>(byte* condition, T* x, T* y, T* results, long count)
        where T : unmanaged
    {
        int width = Vector<byte>.Count;
        long i = 0;
        for (; i <= count - width; i += width)
        {
            var isY = Vector.Equals(Vector.Load(condition + i), Vector<byte>.Zero);
            if (typeof(T) == typeof(byte))
            {
                Vector.ConditionalSelect(isY, Vector.Load((byte*)y + i), Vector.Load((byte*)x + i))
                    .Store((byte*)results + i);
            }
            else
            {
                Vector.Widen(isY.As<byte, sbyte>(), out var low, out var high);
                ChooseHalf(low, (int*)x + i, (int*)y + i, (int*)results + i);
                ChooseHalf(
                    high, (int*)x + i + (width / 2), (int*)y + i + (width / 2),
                    (int*)results + i + (width / 2));
            }
        }

        for (; i < count; i++)
        {
            results[i] = condition[i] != 0 ? x[i] : y[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ChooseHalf(Vector<short> isY, int* x, int* y, int* results)
    {
        int width = Vector<int>.Count;
        Vector.Widen(isY, out var low, out var high);
        Vector.ConditionalSelect(low, Vector.Load(y), Vector.Load(x)).Store(results);
        Vector.ConditionalSelect(high, Vector.Load(y + width), Vector.Load(x + width))
            .Store(results + width);
    }
}
