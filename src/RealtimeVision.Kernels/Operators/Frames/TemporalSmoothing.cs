using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Smoothing of probabilities from frame to frame that leaves no ghosts: the past counts only where
/// the present is unsure. The output is the state of the next frame.
/// </summary>
/// <remarks>
/// <para>
/// y = x + (state - x) (1 - a) u(x), with u(x) = 4 x (1 - x), at least 0: the uncertainty of a
/// probability, 1 at a half and 0 at both ends (Gini's impurity, scaled). The rim of a mask, which
/// flickers, is averaged; what appears or goes is taken at once. The idea is that of MediaPipe's
/// segmentation smoothing, which weighs by entropy.
/// </para>
/// <para>
/// Inputs: x, probabilities of any shape; the state, of the same shape; the strength a, Float32
/// [1], from 0 (an unsure pixel keeps its state) to 1 (takes x); the reset, Float32 [1]: above 0.5,
/// y = x whatever the state holds, as the first frame of a stream needs. Strength and reset may
/// change from run to run. Output: x's shape.
/// </para>
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
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 7 * inputs[X].Shape.Count;
}
