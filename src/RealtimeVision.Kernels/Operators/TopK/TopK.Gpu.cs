using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record TopK : IGpuOperator
{
    private const int ThreadGroup = 256;
    private const int LineGroup = 256;

    // Elements of shorter lines are all compared with one another; of longer ones the best are
    // found first, and these are compared.
    private const int ShortLine = 2048;

    // Two counts of a block's elements in one integer.
    private const int CountBits = 16;
    private const int CountMask = (1 << CountBits) - 1;

    private delegate void SelectLauncher<T>(
        AcceleratorStream stream, KernelConfig config, ArrayView<T> x, ArrayView<int> chosen, Numbers numbers)
        where T : unmanaged;

    private delegate void RankLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> x,
        ArrayView<int> chosen,
        ArrayView<T> y,
        ArrayView<int> indices,
        Numbers numbers)
        where T : unmanaged;

    /// <summary>
    /// Lines of x, how many are wanted of each, how many there are to compare, and whether these
    /// are some that were chosen.
    /// </summary>
    internal struct Numbers
    {
        public int Lines, Length, Inner, Count, Compared, IsChosen, Flip;
    }

    /// <summary>One thread an element that is compared: its rank is its place.</summary>
    internal static void RankKernel<T, TKey>(
        ArrayView<T> x, ArrayView<int> chosen, ArrayView<T> y, ArrayView<int> indices, Numbers n)
        where T : unmanaged
        where TKey : struct, ISortKey<T>
    {
        int thread = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int line = thread / n.Compared;
        int candidate = thread - (line * n.Compared);
        if (line >= n.Lines)
        {
            return;
        }

        int outer = line / n.Inner;
        int column = line - (outer * n.Inner);
        int first = (outer * n.Length * n.Inner) + column;
        int list = line * n.Compared;
        int index = n.IsChosen != 0 ? chosen[list + candidate] : candidate;
        T value = x[first + (index * n.Inner)];
        int key = TKey.Of(value) ^ n.Flip;
        int rank = 0;
        for (int c = 0; c < n.Compared; c++)
        {
            int other = n.IsChosen != 0 ? chosen[list + c] : c;
            int otherKey = TKey.Of(x[first + (other * n.Inner)]) ^ n.Flip;
            rank += (otherKey > key) | ((otherKey == key) & (other < index)) ? 1 : 0;
        }

        if (rank < n.Count)
        {
            int to = (((outer * n.Count) + rank) * n.Inner) + column;
            y[to] = value;
            indices[to] = index;
        }
    }

    /// <summary>
    /// One group a line: finds the key that just so many elements reach, bit by bit, then lists the
    /// elements above it, and of those that have it the first ones.
    /// </summary>
    internal static void SelectKernel<T, TKey>(ArrayView<T> x, ArrayView<int> chosen, Numbers n)
        where T : unmanaged
        where TKey : struct, ISortKey<T>
    {
        var counts = SharedMemory.Allocate<int>(LineGroup);
        int thread = Group.IdxX;
        int line = Grid.IdxX;
        int outer = line / n.Inner;
        int first = (outer * n.Length * n.Inner) + (line - (outer * n.Inner));
        int limit = int.MinValue;
        int above = 0;

        // One turn a bit; the last one counts what is above the key.
        for (int bit = 31; bit >= -1; bit--)
        {
            int tried = bit == 31 ? 0 : bit >= 0 ? limit + (1 << bit) : limit;
            int reached = 0;
            for (int l = thread; l < n.Length; l += LineGroup)
            {
                int key = TKey.Of(x[first + (l * n.Inner)]) ^ n.Flip;
                bool isReached = bit >= 0 ? key >= tried : key > tried;
                reached += isReached ? 1 : 0;
            }

            counts[thread] = reached;
            Group.Barrier();
            for (int half = LineGroup / 2; half > 0; half /= 2)
            {
                if (thread < half)
                {
                    counts[thread] += counts[thread + half];
                }

                Group.Barrier();
            }

            int total = counts[0];
            Group.Barrier();
            if (bit < 0)
            {
                above = total;
            }
            else if (total >= n.Count)
            {
                limit = tried;
            }
        }

        int list = line * n.Count;
        int nextAbove = 0;
        int nextEqual = above;
        for (int block = 0; block < n.Length; block += LineGroup)
        {
            int l = block + thread;
            int own = 0;
            if (l < n.Length)
            {
                int key = TKey.Of(x[first + (l * n.Inner)]) ^ n.Flip;
                own = key > limit ? 1 : key == limit ? 1 << CountBits : 0;
            }

            counts[thread] = own;
            Group.Barrier();
            for (int distance = 1; distance < LineGroup; distance *= 2)
            {
                int before = thread >= distance ? counts[thread - distance] : 0;
                Group.Barrier();
                counts[thread] += before;
                Group.Barrier();
            }

            int sum = counts[thread] - own;
            if (own == 1)
            {
                chosen[list + nextAbove + (sum & CountMask)] = l;
            }
            else if (own != 0 && nextEqual + (sum >> CountBits) < n.Count)
            {
                chosen[list + nextEqual + (sum >> CountBits)] = l;
            }

            int all = counts[LineGroup - 1];
            nextAbove += all & CountMask;
            nextEqual += all >> CountBits;
            Group.Barrier();
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        if (b.OutputShape().Count == 0)
        {
            return;
        }

        switch (b.InputType(0).Element)
        {
            case ElementType.Float32:
                Add<float, FloatKey>(b, t => t.Floats);
                break;
            case ElementType.Int32:
                Add<int, IntKey>(b, t => t.Ints);
                break;
            default:
                Add<byte, ByteKey>(b, t => t.Bytes);
                break;
        }
    }

    private void Add<T, TKey>(GpuBindings b, Func<GpuTensor, ArrayView<T>> view)
        where T : unmanaged
        where TKey : struct, ISortKey<T>
    {
        var (x, y, indices) = (b.Input(0), b.Output(0), b.Output(1));
        var lines = AxisLines.Of(x.Type.Shape, Axis);
        bool isChosen = lines.Length > ShortLine && Count < lines.Length;
        var numbers = new Numbers
        {
            Lines = lines.Count, Length = lines.Length, Inner = lines.Inner, Count = Count,
            Compared = isChosen ? Count : lines.Length, IsChosen = isChosen ? 1 : 0, Flip = Largest ? 0 : -1,
        };
        var chosen = indices;
        if (isChosen)
        {
            chosen = b.Scratch(new TensorType(ElementType.Int32, new Shape(lines.Count, Count)));
            var select = b.Load<SelectLauncher<T>>(SelectKernel<T, TKey>, LineGroup);
            var groups = new KernelConfig(lines.Count, LineGroup);
            b.Add("TopK Select", stream => select(stream, groups, view(x), chosen.Ints, numbers));
        }

        var rank = b.Load<RankLauncher<T>>(RankKernel<T, TKey>, ThreadGroup);
        var config = GpuBindings.Cover((long)lines.Count * numbers.Compared, ThreadGroup);
        b.Add("TopK Rank", stream => rank(
            stream, config, view(x), chosen.Ints, view(y), indices.Ints, numbers));
    }
}
