using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The same elements in the same order under another shape. A view: nothing runs on any device.
/// </summary>
/// <remarks>Input: a tensor of any type. Output: the same memory as <see cref="Shape"/>.</remarks>
/// <param name="Shape">The new shape, with as many elements.</param>
public sealed record Reshape(Shape Shape) : Operator, ICpuOperator, IGpuOperator
{
    /// <inheritdoc/>
    public override bool IsView => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1 && inputs[0].IsPresent, "takes one tensor");
        Require(
            inputs[0].Shape.Count == Shape.Count,
            $"{inputs[0].Shape} has {inputs[0].Shape.Count} elements, {Shape} has {Shape.Count}");
        return [inputs[0] with { Shape = Shape }];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        g.Give(0, g.Add(new Reshape(g.Input(0).Shape), g.OutputGradient()));

    void ICpuOperator.Prepare(CpuBindings bindings)
    {
    }

    void IGpuOperator.Prepare(GpuBindings bindings)
    {
    }
}
