using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Parts of a tensor, each named by a tuple of indices into its first dimensions.</summary>
/// <remarks>
/// Inputs: x of any type; indices, Int32 [B..., K..., D], where B are <see cref="BatchDims"/>
/// dimensions that x begins with, too. Output: of x's type, [B..., K..., the dimensions of x after
/// those that B and D take]. An index of -1 is the last entry of its dimension; one that is outside
/// counts as the nearest entry.
/// </remarks>
/// <param name="BatchDims">Dimensions that both begin with; tuples name places after them.</param>
public sealed record GatherNd(int BatchDims = 0) : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2 && StridedCopy.CanMove(inputs[0]), "takes a tensor and indices");
        Require(inputs[1].Element == ElementType.Int32, $"indices have to be Int32, are {inputs[1]}");
        var (x, indices) = (inputs[0].Shape, inputs[1].Shape);
        Require(
            indices.Rank >= 1 && BatchDims >= 0 && BatchDims < indices.Rank && BatchDims + indices[-1] <= x.Rank
                && x.Sizes[..BatchDims].SequenceEqual(indices.Sizes[..BatchDims]),
            $"indices {indices} do not fit {x} after {BatchDims} dimensions");
        int first = BatchDims + indices[-1];
        Require(
            indices.Product(0, indices.Rank - 1) == 0 || x.Product(BatchDims, first) > 0,
            $"there are no entries in {x}");
        return [inputs[0] with { Shape = new Shape([.. indices.Sizes[..^1], .. x.Sizes[first..]]) }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, IndexGradients.OfGatherNd(g, BatchDims));

    void ICpuOperator.Prepare(CpuBindings b) => Rows(b.InputShape(0), b.InputShape(1))
        .AddGather(b, Name, b.Input(0), b.Input(1), b.Output());

    void IGpuOperator.Prepare(GpuBindings b) => Rows(b.InputShape(0), b.InputShape(1))
        .AddGather(b, Name, b.Input(0), b.Input(1), b.Output());

    private IndexedRows Rows(Shape x, Shape indices) => IndexedRows.OfTuples(x, indices, BatchDims);
}
