using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Rows of a tensor that integers name: what gathering and scattering come down to. The other side,
/// what is gathered or what is scattered, is [Batches, Rows, Inner]; its row (b, r) belongs to the
/// part of the tensor that begins at b TensorBatch + the sum of index[j] Strides[j].
/// </summary>
/// <remarks>
/// The indices of column i of that row begin at b IndexBatch + r IndexRow + i IndexColumn: with
/// IndexColumn 0 they name whole rows, with 1 each element for itself. A negative index counts from
/// the end of its dimension.
/// </remarks>
/// <param name="Batches">Parts of the tensor that are indexed each for itself.</param>
/// <param name="Rows">Rows named in each batch.</param>
/// <param name="Inner">Elements of a row.</param>
/// <param name="TensorBatch">Elements of the tensor in each batch.</param>
/// <param name="IndexBatch">Indices from one batch to the next; 0 where all have the same.</param>
/// <param name="IndexRow">Indices from one row to the next.</param>
/// <param name="IndexColumn">Indices from one column to the next.</param>
/// <param name="Sizes">Sizes of the dimensions that are indexed.</param>
/// <param name="Strides">Elements of the tensor between neighbours of each.</param>
internal sealed partial record IndexedRows(
    int Batches,
    int Rows,
    int Inner,
    int TensorBatch,
    int IndexBatch,
    int IndexRow,
    int IndexColumn,
    int[] Sizes,
    int[] Strides)
{
    /// <summary>Elements of the side that is gathered or scattered.</summary>
    public long Count => (long)Batches * Rows * Inner;

    /// <summary>Entries along one dimension, the same ones everywhere.</summary>
    public static IndexedRows OfAxis(Shape x, int axis, long indices)
    {
        var (outer, length, inner) = AxisLines.Of(x, axis);
        return new IndexedRows(
            outer, checked((int)indices), inner, checked(length * inner), 0, 1, 0, [length], [inner]);
    }

    /// <summary>Entries along one dimension, others for each line.</summary>
    public static IndexedRows OfElements(Shape x, int axis, int rows)
    {
        var (outer, length, inner) = AxisLines.Of(x, axis);
        return new IndexedRows(
            outer, rows, inner, checked(length * inner), checked(rows * inner), inner, 1, [length], [inner]);
    }

    /// <summary>
    /// Parts named by tuples, the last dimension of the indices, after dimensions that both share.
    /// </summary>
    public static IndexedRows OfTuples(Shape x, Shape indices, int batchDims = 0)
    {
        int depth = indices[-1];
        int rows = checked((int)indices.Product(batchDims, indices.Rank - 1));
        return new IndexedRows(
            checked((int)x.Product(0, batchDims)),
            rows,
            checked((int)x.Product(batchDims + depth, x.Rank)),
            checked((int)x.Product(batchDims, x.Rank)),
            checked(rows * depth),
            depth,
            0,
            x.Sizes.Slice(batchDims, depth).ToArray(),
            x.Strides()[batchDims..(batchDims + depth)]);
    }
}
