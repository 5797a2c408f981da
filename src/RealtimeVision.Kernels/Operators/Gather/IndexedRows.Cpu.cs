using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed unsafe partial record IndexedRows
{
    private const int PieceElements = 32 * 1024;

    // Shorter rows are copied before a call to copy them has begun.
    private const int ShortRow = 8;

    /// <summary>
    /// Where the row begins that a tuple of indices names; each is brought inside its dimension.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ClampedOffset(int* tuple)
    {
        long offset = 0;
        for (int j = 0; j < Sizes.Length; j++)
        {
            offset += (long)Clamp(tuple[j], Sizes[j]) * Strides[j];
        }

        return offset;
    }

    /// <summary>Where the row begins that a tuple names; negative where it is outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long OffsetInside(int* tuple)
    {
        long offset = 0;
        for (int j = 0; j < Sizes.Length; j++)
        {
            int index = FromEnd(tuple[j], Sizes[j]);
            if ((uint)index >= (uint)Sizes[j])
            {
                return -1;
            }

            offset += (long)index * Strides[j];
        }

        return offset;
    }

    /// <summary>An index from the beginning; a negative one counts from the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FromEnd(int index, int size) => index + (size & (index >> 31));

    /// <summary>An index inside a dimension.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Clamp(int index, int size) => Math.Max(0, Math.Min(FromEnd(index, size), size - 1));

    /// <summary>Adds the step that gathers.</summary>
    public void AddGather(CpuBindings b, string label, CpuTensor x, CpuTensor indices, CpuTensor y)
    {
        if (x.Type.Element.Size() == 4)
        {
            AddGather<int>(b, label, x, indices, y);
        }
        else
        {
            AddGather<byte>(b, label, x, indices, y);
        }
    }

    private void AddGather<T>(CpuBindings b, string label, CpuTensor x, CpuTensor indices, CpuTensor y)
        where T : unmanaged
    {
        if (Count > 0)
        {
            b.Add(new GatherStep<T>
            {
                Label = label, Pieces = checked((int)((Count + PieceElements - 1) / PieceElements)), Rows = this, X = x,
                Indices = indices, Y = y,
            });
        }
    }

    /// <summary>A range of what is gathered, row by row.</summary>
    private sealed class GatherStep<T> : CpuStep
        where T : unmanaged
    {
        public required IndexedRows Rows { get; init; }

        public required CpuTensor X { get; init; }

        public required CpuTensor Indices { get; init; }

        public required CpuTensor Y { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            var rows = Rows;
            long first = (long)piece * PieceElements;
            long count = Math.Min(PieceElements, rows.Count - first);
            long row = first / rows.Inner;
            long column = first - (row * rows.Inner);
            long batch = row / rows.Rows;
            row -= batch * rows.Rows;
            T* target = (T*)Y.Bytes + first;
            while (count > 0)
            {
                long run = Math.Min(rows.Inner - column, count);
                T* source = (T*)X.Bytes + (batch * rows.TensorBatch) + column;
                int* at = Indices.Ints + (batch * rows.IndexBatch) + (row * rows.IndexRow);
                if (rows.IndexColumn == 0)
                {
                    CopyRow(source + rows.ClampedOffset(at), target, run);
                }
                else
                {
                    Pick(source, at + column, target, run, rows.Sizes[0], rows.Strides[0]);
                }

                target += run;
                count -= run;
                column = 0;
                if (++row == rows.Rows)
                {
                    row = 0;
                    batch++;
                }
            }
        }

        private static void CopyRow(T* source, T* target, long count)
        {
            if (count >= ShortRow)
            {
                Buffer.MemoryCopy(source, target, count * sizeof(T), count * sizeof(T));
                return;
            }

            for (long i = 0; i < count; i++)
            {
                target[i] = source[i];
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Pick(T* source, int* indices, T* target, long count, int size, int stride)
        {
            for (long i = 0; i < count; i++)
            {
                target[i] = source[i + ((long)Clamp(indices[i], size) * stride)];
            }
        }
    }
}
