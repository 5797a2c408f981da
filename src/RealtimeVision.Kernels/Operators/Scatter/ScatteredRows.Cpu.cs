using System.Numerics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed unsafe partial record ScatteredRows
{
    private const int PieceElements = 32 * 1024;

    // Columns are given to pieces by whole cache lines.
    private const int LineElements = 16;

    /// <summary>Adds the steps that copy and change.</summary>
    public void AddTo(CpuBindings b, string label)
    {
        int count = checked((int)b.OutputShape().Count);
        StridedCopy.Of([count], [1], [1]).AddTo(b, $"{label} Copy", b.Input(Data), b.Output());
        if (Rows.Count > 0 && count > 0)
        {
            b.Add(StepOf(b, label));
        }
    }

    private CpuStep StepOf(CpuBindings b, string label)
    {
        bool isFloat = b.InputType(Data).Element == ElementType.Float32;
        return Reduction switch
        {
            ScatterReduction.None when b.InputType(Data).Element == ElementType.UInt8 =>
                StepOf<byte, ScatterReplace<byte>>(b, label),
            ScatterReduction.None => StepOf<int, ScatterReplace<int>>(b, label),
            ScatterReduction.Add when isFloat => StepOf<float, ScatterAdd>(b, label),
            ScatterReduction.Add => StepOf<int, ScatterAdd>(b, label),
            ScatterReduction.Multiply when isFloat => StepOf<float, ScatterMultiply>(b, label),
            ScatterReduction.Multiply => StepOf<int, ScatterMultiply>(b, label),
            ScatterReduction.Minimum when isFloat => StepOf<float, ScatterMinimum>(b, label),
            ScatterReduction.Minimum => StepOf<int, ScatterMinimum>(b, label),
            _ when isFloat => StepOf<float, ScatterMaximum>(b, label),
            _ => StepOf<int, ScatterMaximum>(b, label),
        };
    }

    private ColumnStep<T, TFunction> StepOf<T, TFunction>(CpuBindings b, string label)
        where T : unmanaged
        where TFunction : struct, IScatterFunction<T>
    {
        int columns = Math.Max(PieceElements / Rows.Rows, 1);
        columns = (columns + LineElements - 1) / LineElements * LineElements;
        return new ColumnStep<T, TFunction>
        {
            Label = label, Pieces = checked((int)((Columns + columns - 1) / columns)), Rows = Rows,
            ColumnsAtOnce = columns, IndexTensor = b.Input(Indices), UpdateTensor = b.Input(Updates), Y = b.Output(),
        };
    }

    /// <summary>All updates of some columns, in order.</summary>
    private sealed class ColumnStep<T, TFunction> : CpuStep
        where T : unmanaged
        where TFunction : struct, IScatterFunction<T>
    {
        public required IndexedRows Rows { get; init; }

        public required int ColumnsAtOnce { get; init; }

        public required CpuTensor IndexTensor { get; init; }

        public required CpuTensor UpdateTensor { get; init; }

        public required CpuTensor Y { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var rows = Rows;
            long first = (long)piece * ColumnsAtOnce;
            long end = Math.Min(first + ColumnsAtOnce, (long)rows.Batches * rows.Inner);
            while (first < end)
            {
                long batch = first / rows.Inner;
                long column = first - (batch * rows.Inner);
                long run = Math.Min(rows.Inner - column, end - first);
                Scatter(rows, batch, column, run);
                first += run;
            }
        }

        // One update of neighbours, which do not meet: vectors change nothing but the time.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Change(T* y, T* update, long count)
        {
            long i = 0;
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                TFunction.Apply(Vector.Load(y + i), Vector.Load(update + i)).Store(y + i);
            }

            for (; i < count; i++)
            {
                y[i] = TFunction.Apply(y[i], update[i]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Scatter(IndexedRows rows, long batch, long column, long count)
        {
            T* y = (T*)Y.Bytes + (batch * rows.TensorBatch) + column;
            T* update = (T*)UpdateTensor.Bytes + (batch * rows.Rows * rows.Inner) + column;
            int* at = IndexTensor.Ints + (batch * rows.IndexBatch) + (column * rows.IndexColumn);
            for (int r = 0; r < rows.Rows; r++)
            {
                if (rows.IndexColumn == 0)
                {
                    long offset = rows.OffsetInside(at);
                    if (offset >= 0)
                    {
                        Change(y + offset, update, count);
                    }
                }
                else
                {
                    for (long i = 0; i < count; i++)
                    {
                        long offset = rows.OffsetInside(at + i);
                        if (offset >= 0)
                        {
                            y[offset + i] = TFunction.Apply(y[offset + i], update[i]);
                        }
                    }
                }

                at += rows.IndexRow;
                update += rows.Inner;
            }
        }
    }
}
