using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

internal sealed partial record StridedCopy
{
    private const int MaxDimensions = 6;
    private const int ThreadGroup = 256;

    // A tile of 32 x 32 that 8 x 32 threads carry; a column more keeps its columns in different
    // banks.
    private const int Tile = 32;
    private const int TilePitch = Tile + 1;
    private const int TileGroup = 256;

    private delegate void ElementLauncher<T>(
        AcceleratorStream stream, KernelConfig config, ArrayView<T> source, ArrayView<T> target, Walk walk)
        where T : unmanaged;

    private delegate void LoopLauncher<T>(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<T> source,
        ArrayView<T> target,
        ArrayView<int> loops,
        int depth,
        int count,
        int sourceOffset,
        int targetOffset)
        where T : unmanaged;

    private delegate void TileLauncher<T>(
        AcceleratorStream stream, KernelConfig config, ArrayView<T> source, ArrayView<T> target, Matrices matrices)
        where T : unmanaged;

    /// <summary>
    /// The loops of a copy: elements below each, strides in the source and in the target.
    /// </summary>
    internal struct Walk
    {
        public int Count, SourceOffset, TargetOffset;
        public int Below0, Below1, Below2, Below3, Below4;
        public int Source0, Source1, Source2, Source3, Source4, Source5;
        public int Target0, Target1, Target2, Target3, Target4, Target5;
    }

    /// <summary>Matrices of Rows x Columns in the source, in two nested loops.</summary>
    internal struct Matrices
    {
        public int Rows, Columns, TilesDown, TilesAcross, SourceRow, TargetRow, SourceOffset, TargetOffset;
        public int Inner, SourceInner, SourceOuter, TargetInner, TargetOuter;
    }

    /// <summary>One thread an element.</summary>
    internal static void ElementKernel<T>(ArrayView<T> source, ArrayView<T> target, Walk w)
        where T : unmanaged
    {
        int rest = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (rest >= w.Count)
        {
            return;
        }

        int i0 = rest / w.Below0;
        rest -= i0 * w.Below0;
        int i1 = rest / w.Below1;
        rest -= i1 * w.Below1;
        int i2 = rest / w.Below2;
        rest -= i2 * w.Below2;
        int i3 = rest / w.Below3;
        rest -= i3 * w.Below3;
        int i4 = rest / w.Below4;
        rest -= i4 * w.Below4;
        int from = w.SourceOffset + (i0 * w.Source0) + (i1 * w.Source1) + (i2 * w.Source2)
            + (i3 * w.Source3) + (i4 * w.Source4) + (rest * w.Source5);
        int to = w.TargetOffset + (i0 * w.Target0) + (i1 * w.Target1) + (i2 * w.Target2)
            + (i3 * w.Target3) + (i4 * w.Target4) + (rest * w.Target5);
        target[to] = source[from];
    }

    /// <summary>
    /// One thread an element, for any number of loops: size, stride in the source and in the target
    /// of each, outermost first.
    /// </summary>
    internal static void LoopKernel<T>(
        ArrayView<T> source,
        ArrayView<T> target,
        ArrayView<int> loops,
        int depth,
        int count,
        int sourceOffset,
        int targetOffset)
        where T : unmanaged
    {
        int rest = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (rest >= count)
        {
            return;
        }

        int from = sourceOffset;
        int to = targetOffset;
        for (int d = depth - 1; d >= 0; d--)
        {
            int size = loops[3 * d];
            int above = rest / size;
            int turn = rest - (above * size);
            from += turn * loops[(3 * d) + 1];
            to += turn * loops[(3 * d) + 2];
            rest = above;
        }

        target[to] = source[from];
    }

    /// <summary>
    /// One group a tile: read along rows of the source, written along rows of the target.
    /// </summary>
    internal static void TileKernel<T>(ArrayView<T> source, ArrayView<T> target, Matrices m)
        where T : unmanaged
    {
        var tile = SharedMemory.Allocate<T>(Tile * TilePitch);
        int group = Grid.IdxX;
        int firstColumn = group % m.TilesAcross * Tile;
        group /= m.TilesAcross;
        int firstRow = group % m.TilesDown * Tile;
        int matrix = group / m.TilesDown;
        int outer = matrix / m.Inner;
        int inner = matrix - (outer * m.Inner);
        int from = m.SourceOffset + (outer * m.SourceOuter) + (inner * m.SourceInner);
        int to = m.TargetOffset + (outer * m.TargetOuter) + (inner * m.TargetInner);
        int lane = Group.IdxX % Tile;
        int first = Group.IdxX / Tile;
        for (int i = first; i < Tile; i += TileGroup / Tile)
        {
            int row = firstRow + i;
            int column = firstColumn + lane;
            if (row < m.Rows && column < m.Columns)
            {
                tile[(i * TilePitch) + lane] = source[from + (row * m.SourceRow) + column];
            }
        }

        Group.Barrier();
        for (int i = first; i < Tile; i += TileGroup / Tile)
        {
            int column = firstColumn + i;
            int row = firstRow + lane;
            if (row < m.Rows && column < m.Columns)
            {
                target[to + (column * m.TargetRow) + row] = tile[(lane * TilePitch) + i];
            }
        }
    }

    /// <summary>Adds the step that copies.</summary>
    public void AddTo(GpuBindings b, string label, GpuTensor source, GpuTensor target)
    {
        if (source.Type.Element.Size() == 4)
        {
            AddTo(b, label, () => source.Ints, () => target.Ints);
        }
        else
        {
            AddTo(b, label, () => source.Bytes, () => target.Bytes);
        }
    }

    private void AddTo<T>(GpuBindings b, string label, Func<ArrayView<T>> source, Func<ArrayView<T>> target)
        where T : unmanaged
    {
        if (Count == 0)
        {
            return;
        }

        if (IsTransposition && Sizes.Length <= 4)
        {
            var matrices = MatricesOf();
            var launch = b.Load<TileLauncher<T>>(TileKernel<T>, TileGroup);
            var config = new KernelConfig(
                checked((int)(Product(0, Sizes.Length - 2) * matrices.TilesDown * matrices.TilesAcross)), TileGroup);
            b.Add($"{label} Tiles", stream => launch(stream, config, source(), target(), matrices));
        }
        else if (Sizes.Length > MaxDimensions)
        {
            int[] numbers =
                [.. Enumerable.Range(0, Sizes.Length).SelectMany(d => (int[])[Sizes[d], SourceStrides[d], TargetStrides[d]])];
            var loops = b.Table($"StridedCopy {string.Join(' ', numbers)}", numbers);
            var launch = b.Load<LoopLauncher<T>>(LoopKernel<T>, ThreadGroup);
            var config = GpuBindings.Cover(Count, ThreadGroup);
            int count = checked((int)Count);
            b.Add(label, stream => launch(
                stream, config, source(), target(), loops.Ints, numbers.Length / 3, count, SourceOffset, TargetOffset));
        }
        else
        {
            var walk = WalkOf();
            var launch = b.Load<ElementLauncher<T>>(ElementKernel<T>, ThreadGroup);
            var config = GpuBindings.Cover(Count, ThreadGroup);
            b.Add(label, stream => launch(stream, config, source(), target(), walk));
        }
    }

    private Walk WalkOf()
    {
        var (n, s, t) = (Padded(Sizes, 1), Padded(SourceStrides, 0), Padded(TargetStrides, 0));
        return new Walk
        {
            Count = checked((int)Count), SourceOffset = SourceOffset, TargetOffset = TargetOffset,
            Below0 = n[1] * n[2] * n[3] * n[4] * n[5], Below1 = n[2] * n[3] * n[4] * n[5],
            Below2 = n[3] * n[4] * n[5], Below3 = n[4] * n[5], Below4 = n[5],
            Source0 = s[0], Source1 = s[1], Source2 = s[2], Source3 = s[3], Source4 = s[4], Source5 = s[5],
            Target0 = t[0], Target1 = t[1], Target2 = t[2], Target3 = t[3], Target4 = t[4], Target5 = t[5],
        };
    }

    private Matrices MatricesOf()
    {
        var (n, s, t) = (Padded(Sizes, 1), Padded(SourceStrides, 0), Padded(TargetStrides, 0));
        return new Matrices
        {
            Rows = n[5], Columns = n[4], SourceRow = s[5], TargetRow = t[4],
            TilesDown = (n[5] + Tile - 1) / Tile, TilesAcross = (n[4] + Tile - 1) / Tile,
            Inner = n[3], SourceInner = s[3], SourceOuter = s[2], TargetInner = t[3], TargetOuter = t[2],
            SourceOffset = SourceOffset, TargetOffset = TargetOffset,
        };
    }

    /// <summary>
    /// Loops that do nothing put before, so that there are as many as a kernel has.
    /// </summary>
    private static int[] Padded(int[] values, int filler) =>
        [.. Enumerable.Repeat(filler, MaxDimensions - values.Length), .. values];
}
