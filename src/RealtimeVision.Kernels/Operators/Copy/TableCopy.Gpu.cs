using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed partial record TableCopy
{
    private const int MaxLoops = 6;
    private const int ThreadGroup = 256;

    private delegate void TableLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> source,
        ArrayView<int> table,
        ArrayView<T> target,
        Loops loops)
        where T : unmanaged;

    /// <summary>Turns of the loops, and where in the table each loop's entries begin.</summary>
    internal struct Loops
    {
        public int Count, Run;
        public int Size1, Size2, Size3, Size4, Size5;
        public int First0, First1, First2, First3, First4, First5;
    }

    /// <summary>One thread an element of the target.</summary>
    internal static void TableKernel<T>(
        ArrayView<T> source, ArrayView<int> table, ArrayView<T> target, Loops loops)
        where T : unmanaged
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= loops.Count)
        {
            return;
        }

        int entry = index / loops.Run;
        int from = index - (entry * loops.Run);
        int above = entry / loops.Size5;
        from += table[loops.First5 + entry - (above * loops.Size5)];
        entry = above / loops.Size4;
        from += table[loops.First4 + above - (entry * loops.Size4)];
        above = entry / loops.Size3;
        from += table[loops.First3 + entry - (above * loops.Size3)];
        entry = above / loops.Size2;
        from += table[loops.First2 + above - (entry * loops.Size2)];
        above = entry / loops.Size1;
        from += table[loops.First1 + entry - (above * loops.Size1)];
        target[index] = source[from + table[loops.First0 + above]];
    }

    /// <summary>Adds the step that copies.</summary>
    /// <param name="b">The node's bindings.</param>
    /// <param name="label">Name of the step.</param>
    /// <param name="key">Names the table, with everything that it depends on.</param>
    /// <param name="source">What is read.</param>
    /// <param name="target">What is written, all of it.</param>
    /// <exception cref="NotSupportedException">
    /// More than six dimensions are left after merging.
    /// </exception>
    public void AddTo(
        GpuBindings b, string label, string key, GpuTensor source, GpuTensor target)
    {
        if (Count == 0)
        {
            return;
        }

        if (Sizes.Length > MaxLoops)
        {
            throw new NotSupportedException(
                $"{b.NodeName}: a copy over {Sizes.Length} dimensions is too much");
        }

        // Loops of one turn before the others, all of which read an entry 0 at the table's front.
        int missing = MaxLoops - Sizes.Length;
        int[] sizes = [.. Enumerable.Repeat(1, missing), .. Sizes];
        int[] firsts = new int[MaxLoops];
        for (int d = missing, first = 1; d < MaxLoops; first += sizes[d++])
        {
            firsts[d] = first;
        }

        var table = b.Table($"{key} after 0", [0, .. Table]);
        var loops = new Loops
        {
            Count = checked((int)Count), Run = Run,
            Size1 = sizes[1], Size2 = sizes[2], Size3 = sizes[3], Size4 = sizes[4],
            Size5 = sizes[5],
            First0 = firsts[0], First1 = firsts[1], First2 = firsts[2], First3 = firsts[3], First4 = firsts[4],
            First5 = firsts[5],
        };
        var config = GpuBindings.Cover(Count, ThreadGroup);
        if (source.Type.Element.Size() == 4)
        {
            var launch = b.Load<TableLauncher<int>>(TableKernel<int>, ThreadGroup);
            b.Add(label, stream => launch(
                stream, config, source.Ints, table.Ints, target.Ints, loops));
        }
        else
        {
            var launch = b.Load<TableLauncher<byte>>(TableKernel<byte>, ThreadGroup);
            b.Add(label, stream => launch(
                stream, config, source.Bytes, table.Ints, target.Bytes, loops));
        }
    }
}
