using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>Tensors one after the other along a dimension.</summary>
/// <remarks>
/// Inputs: one or more tensors of one type, of the same sizes but for the dimension
/// <see cref="Axis"/>. Output: their sizes there added up.
/// </remarks>
/// <param name="Axis">The dimension; a negative one counts from the end.</param>
public sealed record Concat(int Axis) : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length >= 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor or more");
        var first = inputs[0];
        Require(
            Axis >= -first.Shape.Rank && Axis < first.Shape.Rank, $"{first.Shape} has no dimension {Axis}");
        int size = 0;
        foreach (var input in inputs)
        {
            Require(
                input.Element == first.Element && input.Shape.Rank == first.Shape.Rank
                    && input.Shape.With(Axis, first.Shape[Axis]) == first.Shape,
                $"{input} does not fit {first} along dimension {Axis}");
            size += input.Shape[Axis];
        }

        return [first with { Shape = first.Shape.With(Axis, size) }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var dy = g.OutputGradient();
        int[] starts = new int[dy.Shape.Rank];
        for (int i = 0; i < g.Node.Inputs.Count; i++)
        {
            var x = g.Input(i).Shape;
            if (g.Wants(i))
            {
                g.Give(i, g.Add(new Slice([.. starts], x), dy));
            }

            starts[Axis < 0 ? Axis + starts.Length : Axis] += x[Axis];
        }
    }

    void ICpuOperator.Prepare(CpuBindings b)
    {
        var copies = CopiesOf(b.OutputShape(), [.. Enumerable.Range(0, b.InputCount).Select(b.InputShape)]);
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i].AddTo(b, Name, b.Input(i), b.Output());
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var copies = CopiesOf(b.OutputShape(), [.. Enumerable.Range(0, b.InputCount).Select(b.InputShape)]);
        for (int i = 0; i < copies.Length; i++)
        {
            copies[i].AddTo(b, Name, b.Input(i), b.Output());
        }
    }

    private StridedCopy[] CopiesOf(Shape output, Shape[] inputs)
    {
        var strides = output.Strides();
        int at = 0;
        return Array.ConvertAll(inputs, input =>
        {
            var copy = StridedCopy.Of(input.Sizes, input.Strides(), strides, 0, at);
            at += input[Axis] * strides[Axis < 0 ? Axis + output.Rank : Axis];
            return copy;
        });
    }
}
