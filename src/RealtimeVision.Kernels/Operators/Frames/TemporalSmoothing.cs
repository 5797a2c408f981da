using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Exponential smoothing from frame to frame: y = a x + (1 - a) state. The output is the state of
/// the next frame.
/// </summary>
/// <remarks>
/// Inputs: x, any shape; the state, of the same shape; the strength a, Float32 [1], from 0 (keeps
/// the state) to 1 (takes x); the reset, Float32 [1]: above 0.5, y = x whatever the state holds, as
/// the first frame of a stream needs. Strength and reset may change from run to run. Output: x's
/// shape.
/// </remarks>
public sealed partial record TemporalSmoothing : Operator
{
    /// <summary>Index of x among the inputs.</summary>
    public const int X = 0;

    /// <summary>Index of the state among the inputs.</summary>
    public const int State = 1;

    /// <summary>Index of the strength among the inputs.</summary>
    public const int Strength = 2;

    /// <summary>Index of the reset among the inputs.</summary>
    public const int Reset = 3;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 4, $"takes x, state, strength and reset, has {inputs.Length} inputs");
        RequireFloat(inputs[X], "x");
        RequireFloat(inputs[State], "the state");
        RequireFloat(inputs[Strength], "the strength", 1);
        RequireFloat(inputs[Reset], "the reset", 1);
        Require(
            inputs[X].Shape == inputs[State].Shape,
            $"state {inputs[State].Shape} has to have the shape of x, {inputs[X].Shape}");
        Require(
            inputs[Strength].Shape[0] == 1 && inputs[Reset].Shape[0] == 1,
            $"strength and reset are one number each, not {inputs[Strength]} and {inputs[Reset]}");
        return [inputs[X]];
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        input is X or State;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 3 * inputs[X].Shape.Count;
}
