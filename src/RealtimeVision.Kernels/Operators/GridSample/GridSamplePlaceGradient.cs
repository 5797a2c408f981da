using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The gradient of the grid of <see cref="GridSample"/>.</summary>
/// <remarks>
/// Inputs: picture and grid as there; the gradient of what was sampled [N, OH, OW, C]. Output: [N,
/// OH, OW, 2], x and y. It is 0 where a coordinate is no number, or outside what is repeated at the
/// edge; on a pixel's centre, where linear interpolation has a corner, that of the cell after it.
/// Places of nearest pixels have no gradient but 0.
/// </remarks>
/// <param name="Forward">What was sampled; linear or cubic.</param>
public sealed partial record GridSamplePlaceGradient(GridSample Forward) : Operator
{
    /// <summary>Index of the samples' gradient among the inputs.</summary>
    public const int Gradient = 2;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3, $"takes a picture, a grid and a gradient, has {inputs.Length} inputs");
        Require(Forward.Mode != UpsampleMode.Nearest, "nearest pixels do not change with their places");
        var y = Forward.Infer(inputs[..Gradient])[0];
        Require(inputs[Gradient] == y, $"the gradient of {y} is {inputs[Gradient]}");
        return [inputs[GridSample.Places]];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        input == GridSample.Places;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        int taps = SampleAxis.TapsOf(Forward.Mode);
        return 2 * taps * taps * inputs[Gradient].Shape.Count;
    }
}
