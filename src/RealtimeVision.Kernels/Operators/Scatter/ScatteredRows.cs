using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A tensor of which rows are changed by updates: what ScatterElements and ScatterNd come down to.
/// Updates of one element are made in the order of their indices, whatever the device, so that the
/// same inputs give the same bits.
/// </summary>
/// <param name="Rows">Which rows.</param>
/// <param name="Reduction">What an update does.</param>
internal sealed partial record ScatteredRows(IndexedRows Rows, ScatterReduction Reduction)
{
    // All inputs' places are the same in both operators.
    public const int Data = 0;
    public const int Indices = 1;
    public const int Updates = 2;

    /// <summary>Columns that are changed, each for itself.</summary>
    public long Columns => (long)Rows.Batches * Rows.Inner;

    /// <summary>What is wrong with the types of the inputs; null where nothing is.</summary>
    public static string? Misfit(ReadOnlySpan<TensorType> inputs, ScatterReduction reduction)
    {
        if (inputs.Length != 3 || !StridedCopy.CanMove(inputs[Data]))
        {
            return "takes data, indices and updates";
        }

        if (inputs[Indices].Element != ElementType.Int32)
        {
            return $"indices have to be Int32, are {inputs[Indices]}";
        }

        if (inputs[Updates].Element != inputs[Data].Element)
        {
            return $"updates {inputs[Updates]} have to be of the type of {inputs[Data]}";
        }

        return reduction != ScatterReduction.None && inputs[Data].Element == ElementType.UInt8
            ? $"{reduction} works on Float32 and Int32, not on {inputs[Data]}"
            : null;
    }
}
