using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A tensor of which parts are changed, each named by a tuple of indices into its first dimensions:
/// the way back of <see cref="GatherNd"/>, and with tuples of one index and
/// <see cref="ScatterReduction.Add"/> that of <see cref="Gather"/> along the first dimension.
/// </summary>
/// <remarks>
/// Inputs: data of any type, Float32 or Int32 where updates are not just put in place; indices,
/// Int32 [K..., D]; updates of data's type, [K..., the dimensions of data after the first D].
/// Output: data with the part that each tuple names changed by its update, in the tuples' order. An
/// index of -1 is the last entry of its dimension; a tuple that is outside changes nothing.
/// </remarks>
/// <param name="Reduction">What an update does.</param>
public sealed record ScatterNd(ScatterReduction Reduction = ScatterReduction.None)
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
        Require(indices.Rank >= 1 && indices[-1] <= x.Rank, $"indices {indices} do not fit {x}");
        var expected = new Shape([.. indices.Sizes[..^1], .. x.Sizes[indices[-1]..]]);
        Require(updates == expected, $"updates {updates} have to be {expected} for indices {indices} into {x}");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        IndexGradients.ScatterNd(g, Reduction);

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == ScatteredRows.Data;

    void ICpuOperator.Prepare(CpuBindings b) => Rows(b.InputShape(0), b.InputShape(1)).AddTo(b, Name);

    void IGpuOperator.Prepare(GpuBindings b) => Rows(b.InputShape(0), b.InputShape(1)).AddTo(b, Name);

    private ScatteredRows Rows(Shape x, Shape indices) => new(IndexedRows.OfTuples(x, indices), Reduction);
}
