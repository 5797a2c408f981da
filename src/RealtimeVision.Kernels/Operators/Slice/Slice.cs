using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A part of a tensor: along each dimension some elements from a start on, every so many, either
/// way.
/// </summary>
/// <remarks>
/// Input: a tensor of any type. Output: of that type, of shape <see cref="Sizes"/>; element i of a
/// dimension is the input's start + i step.
/// </remarks>
/// <param name="Starts">Index of the first element taken, for each dimension.</param>
/// <param name="Sizes">How many are taken.</param>
/// <param name="Steps">From each to the next; negative goes backwards; not 0.</param>
public sealed record Slice(IntList Starts, Shape Sizes, IntList Steps) : Operator, ICpuOperator, IGpuOperator
{
    /// <summary>A part without gaps.</summary>
    public Slice(IntList starts, Shape sizes)
        : this(starts, sizes, IntList.Repeat(1, sizes.Rank))
    {
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        var x = inputs[0].Shape;
        Require(
            Starts.Count == x.Rank && Sizes.Rank == x.Rank && Steps.Count == x.Rank,
            $"starts {Starts}, sizes {Sizes} and steps {Steps} have to be one a dimension of {x}");
        for (int d = 0; d < x.Rank; d++)
        {
            long last = Starts[d] + ((long)(Sizes[d] - 1) * Steps[d]);
            Require(
                Steps[d] != 0 && (Sizes[d] == 0 || (Starts[d] >= 0 && Starts[d] < x[d] && last >= 0 && last < x[d])),
                $"dimension {d} of {x}: {Sizes[d]} elements from {Starts[d]} in steps of {Steps[d]} are not inside");
        }

        return [inputs[0] with { Shape = Sizes }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var x = g.Input(0).Shape;
        var dx = g.OutputGradient();
        if (dx.Shape.Count == 0)
        {
            g.Give(0, g.Fill(0, x));
            return;
        }

        int[] before = new int[x.Rank];
        int[] after = new int[x.Rank];
        for (int d = 0; d < x.Rank; d++)
        {
            if (Sizes[d] > 1 && Steps[d] != 1)
            {
                var (start, step) = (Starts[d], Steps[d]);
                var picking = SparseMatrix.Picking(
                    x[d], Enumerable.Range(0, Sizes[d]).Select(i => start + (i * step)));
                dx = g.Add(new AxisProduct(d, picking.Transposed), dx);
            }
            else
            {
                (before[d], after[d]) = (Starts[d], x[d] - Starts[d] - Sizes[d]);
            }
        }

        g.Give(0, dx.Shape == x ? dx : g.Add(new Pad([.. before], [.. after]), dx));
    }

    void ICpuOperator.Prepare(CpuBindings b) => CopyOf(b.InputShape(0)).AddTo(b, Name, b.Input(0), b.Output());

    void IGpuOperator.Prepare(GpuBindings b) => CopyOf(b.InputShape(0)).AddTo(b, Name, b.Input(0), b.Output());

    private StridedCopy CopyOf(Shape x)
    {
        var strides = x.Strides();
        int offset = 0;
        for (int d = 0; d < strides.Length; d++)
        {
            offset += Starts[d] * strides[d];
            strides[d] *= Steps[d];
        }

        return StridedCopy.Of(Sizes.Sizes, strides, Sizes.Strides(), offset);
    }
}
