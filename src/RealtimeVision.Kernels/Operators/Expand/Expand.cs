using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>A tensor repeated along dimensions of size 1, and along new ones before them.</summary>
/// <remarks>
/// Input: a tensor of any type whose shape broadcasts to <see cref="Shape"/> (NumPy's rule). Output:
/// of that type and shape. Whole tensors one after the other, which is what tiling is, come of a
/// dimension of size 1 put before the one that grows.
/// </remarks>
/// <param name="Shape">The shape of the output.</param>
public sealed record Expand(Shape Shape) : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && StridedCopy.CanMove(inputs[0]), "takes one tensor");
        var x = inputs[0].Shape;
        bool fits = x.Rank <= Shape.Rank;
        for (int i = 1; i <= x.Rank && fits; i++)
        {
            fits = x[-i] == Shape[-i] || x[-i] == 1;
        }

        Require(fits, $"{x} does not broadcast to {Shape}");
        return [inputs[0] with { Shape = Shape }];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, g.SumTo(g.OutputGradient(), g.Input(0).Shape));

    void ICpuOperator.Prepare(CpuBindings b) => CopyOf(b.InputShape(0)).AddTo(b, Name, b.Input(0), b.Output());

    void IGpuOperator.Prepare(GpuBindings b) => CopyOf(b.InputShape(0)).AddTo(b, Name, b.Input(0), b.Output());

    private StridedCopy CopyOf(Shape x)
    {
        var own = x.Strides();
        var strides = new int[Shape.Rank];
        for (int i = 1; i <= x.Rank; i++)
        {
            strides[^i] = x[-i] == 1 ? 0 : own[^i];
        }

        return StridedCopy.Of(Shape.Sizes, strides, Shape.Strides());
    }
}
