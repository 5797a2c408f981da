using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A tensor of which entries along one dimension are changed, chosen for each line of that dimension
/// for itself: the way back of <see cref="GatherElements"/>.
/// </summary>
/// <remarks>
/// Inputs: data of any type, Float32 or Int32 where updates are not just put in place; indices,
/// Int32, of its sizes but for the dimension; updates of data's type and the indices' shape. Output:
/// data with y[i, indices[i, j, k], k] changed by updates[i, j, k], for dimension 1 of three, j
/// counting up. An index of -1 is the last entry; one that is outside changes nothing.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
/// <param name="Reduction">What an update does.</param>
public sealed record ScatterElements(int Axis, ScatterReduction Reduction = ScatterReduction.None)
    : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => Reduction is ScatterReduction.None or ScatterReduction.Add;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        string? misfit = ScatteredRows.Misfit(inputs, Reduction);
        Require(misfit is null, misfit ?? "");
        var (x, indices, updates) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        Require(Axis >= -x.Rank && Axis < x.Rank, $"{x} has no dimension {Axis}");
        Require(
            indices.Rank == x.Rank && indices.With(Axis, x[Axis]) == x,
            $"indices {indices} do not fit {x} along dimension {Axis}");
        Require(updates == indices, $"updates {updates} do not fit indices {indices}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        IndexGradients.ScatterElements(g, Axis, Reduction);

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == ScatteredRows.Data;

    void ICpuOperator.Prepare(CpuBindings b) => Rows(b.InputShape(0), b.InputShape(1)).AddTo(b, Name);

    void IGpuOperator.Prepare(GpuBindings b) => Rows(b.InputShape(0), b.InputShape(1)).AddTo(b, Name);

    private ScatteredRows Rows(Shape x, Shape indices) =>
        new(IndexedRows.OfElements(x, Axis, indices[Axis]), Reduction);
}
