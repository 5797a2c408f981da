using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Entries of a tensor along one dimension, chosen for each line of that dimension for itself: the
/// score of the right class of each pixel.
/// </summary>
/// <remarks>
/// Inputs: x of any type; indices, Int32, of x's sizes but for the dimension. Output: of x's type
/// and the indices' shape, y[i, j, k] = x[i, indices[i, j, k], k] for dimension 1 of three. An index
/// of -1 is the last entry; one that is outside counts as the nearest entry.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
public sealed record GatherElements(int Axis) : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2 && StridedCopy.CanMove(inputs[0]), "takes a tensor and indices");
        Require(inputs[1].Element == ElementType.Int32, $"indices have to be Int32, are {inputs[1]}");
        var (x, indices) = (inputs[0].Shape, inputs[1].Shape);
        Require(Axis >= -x.Rank && Axis < x.Rank, $"{x} has no dimension {Axis}");
        Require(
            indices.Rank == x.Rank && indices.With(Axis, x[Axis]) == x,
            $"indices {indices} do not fit {x} along dimension {Axis}");
        Require(x[Axis] > 0 || indices.Count == 0, $"there are no entries along dimension {Axis} of {x}");
        return [inputs[0] with { Shape = indices }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, IndexGradients.OfGatherElements(g, Axis));

    void ICpuOperator.Prepare(CpuBindings b) => Rows(b.InputShape(0), b.InputShape(1))
        .AddGather(b, Name, b.Input(0), b.Input(1), b.Output());

    void IGpuOperator.Prepare(GpuBindings b) => Rows(b.InputShape(0), b.InputShape(1))
        .AddGather(b, Name, b.Input(0), b.Input(1), b.Output());

    private IndexedRows Rows(Shape x, Shape indices) => IndexedRows.OfElements(x, Axis, indices[Axis]);
}
