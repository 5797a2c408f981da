using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The class of each pixel: the channel with the largest score.</summary>
/// <remarks>
/// Input: scores [N, H, W, C], C from 1 to 256. Output: UInt8 [N, H, W]. Of equal scores the first
/// wins; NaN never wins over a score before it, and nothing wins over NaN in the first channel.
/// </remarks>
public sealed partial record ClassMask : Operator
{
    /// <summary>Most classes that a byte tells apart.</summary>
    public const int MaxClasses = 256;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, $"takes scores, has {inputs.Length} inputs");
        RequireFloat(inputs[0], "the scores", 4);
        var x = inputs[0].Shape;
        Require(
            x.C is >= 1 and <= MaxClasses, $"a mask has 1 to {MaxClasses} classes, scores are {x}");
        return [new TensorType(ElementType.UInt8, new Shape(x.N, x.H, x.W))];
    }
}
