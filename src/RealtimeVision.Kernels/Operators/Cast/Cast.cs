using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The elements of a tensor as another type.</summary>
/// <remarks>
/// Input: any type and shape. Output: the type that is asked for, in the same shape. Floats are cut
/// off towards zero; those beyond the limits of the type become its limits, and NaN becomes 0.
/// Int32 becomes UInt8 by its lowest 8 bits. Int32 becomes the nearest Float32. What is to be a
/// boolean is compared with 0 instead (<see cref="Compare"/>).
/// </remarks>
/// <param name="To">The type.</param>
public sealed partial record Cast(ElementType To) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => To == ElementType.Float32;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        Require(inputs[0].IsPresent && To != ElementType.None, $"makes no {To} of {inputs[0]}");
        return [new TensorType(To, inputs[0].Shape)];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) => g.Give(0, g.OutputGradient());

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        inputs[input].Element.Size() == To.Size();
}
