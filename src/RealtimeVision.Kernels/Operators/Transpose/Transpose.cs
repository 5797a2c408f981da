using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The dimensions in another order: [N, C, H, W] by [0, 2, 3, 1] is [N, H, W, C].
/// </summary>
/// <remarks>
/// Input: a tensor of any type. Output: of that type, dimension i of size input[order[i]].
/// </remarks>
/// <param name="Order">For each dimension of the output, the input's dimension that it is.</param>
public sealed record Transpose(IntList Order) : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        var x = inputs[0].Shape;
        int[] sorted = [.. Order.Values];
        Array.Sort(sorted);
        Require(
            sorted.AsSpan().SequenceEqual([.. Enumerable.Range(0, x.Rank)]),
            $"{Order} is no order of the dimensions of {x}");
        return [inputs[0] with { Shape = new Shape(ByOrder(x.Sizes)) }];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g)
    {
        var inverse = new int[Order.Count];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[Order[i]] = i;
        }

        g.Give(0, g.Add(new Transpose([.. inverse]), g.OutputGradient()));
    }

    void ICpuOperator.Prepare(CpuBindings b) => CopyOf(b.InputShape(0)).AddTo(b, Name, b.Input(0), b.Output());

    void IGpuOperator.Prepare(GpuBindings b) => CopyOf(b.InputShape(0)).AddTo(b, Name, b.Input(0), b.Output());

    private StridedCopy CopyOf(Shape x)
    {
        var y = new Shape(ByOrder(x.Sizes));
        return StridedCopy.Of(y.Sizes, ByOrder(x.Strides()), y.Strides());
    }

    private int[] ByOrder(ReadOnlySpan<int> values)
    {
        var ordered = new int[Order.Count];
        for (int i = 0; i < ordered.Length; i++)
        {
            ordered[i] = values[Order[i]];
        }

        return ordered;
    }
}
