using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed unsafe partial record TableCopy
{
    /// <summary>A piece is some turns of the loops around the innermost.</summary>
    private sealed class RowsStep<T> : CpuStep
        where T : unmanaged
    {
        public required TableCopy Copy { get; init; }

        public required CpuTensor Source { get; init; }

        public required CpuTensor Target { get; init; }

        public required CpuTensor Table { get; init; }

        public required RowBlocks Blocks { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            int[] sizes = Copy.Sizes;
            int run = Copy.Run;
            int last = sizes.Length - 1;
            int* table = Table.Ints;
            int* entries = table + (Copy.Table.Length - sizes[last]);
            var (from, to) = Blocks.Range(piece);
            T* target = (T*)Target.Bytes + ((long)from * sizes[last] * run);
            for (int row = from; row < to; row++)
            {
                T* source = (T*)Source.Bytes;
                int rest = row;
                int* end = entries;
                for (int d = last - 1; d >= 0; d--)
                {
                    int above = rest / sizes[d];
                    end -= sizes[d];
                    source += end[rest - (above * sizes[d])];
                    rest = above;
                }

                CopyRow(source, entries, sizes[last], run, target);
                target += (long)sizes[last] * run;
            }
        }

        // Entries that follow one another in the source too are copied at once.
        private static void CopyRow(T* source, int* entries, int count, int run, T* target)
        {
            for (int i = 0; i < count;)
            {
                int first = i++;
                while (i < count && entries[i] == entries[i - 1] + run)
                {
                    i++;
                }

                long elements = (long)(i - first) * run;
                if (elements == 1)
                {
                    *target = source[entries[first]];
                }
                else
                {
                    long bytes = elements * sizeof(T);
                    Buffer.MemoryCopy(source + entries[first], target, bytes, bytes);
                }

                target += elements;
            }
        }
    }

    /// <summary>Adds the step that copies.</summary>
    /// <param name="b">The node's bindings.</param>
    /// <param name="label">Name of the step.</param>
    /// <param name="key">Names the table, with everything that it depends on.</param>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is written, all of it.</param>
    public void AddTo(
        CpuBindings b, string label, string key, CpuTensor source, CpuTensor target)
    {
        if (Count == 0)
        {
            return;
        }

        var table = b.Table(key, Table);
        long row = (long)Sizes[^1] * Run;
        var blocks = RowBlocks.Of(Count / row, row);
        b.Add(source.Type.Element.Size() == 4
            ? new RowsStep<float>
            {
                Label = label, Pieces = blocks.Pieces, Blocks = blocks, Copy = this,
                Source = source, Target = target, Table = table,
            }
            : new RowsStep<byte>
            {
                Label = label, Pieces = blocks.Pieces, Blocks = blocks, Copy = this,
                Source = source, Target = target, Table = table,
            });
    }
}
