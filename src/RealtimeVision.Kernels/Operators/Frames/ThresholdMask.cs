using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What the bytes of a <see cref="ThresholdMask"/> are.</summary>
public enum MaskValues
{
    /// <summary>
    /// The probability times 255, rounded to the nearest, half way up; held to 0 and 255; NaN gives
    /// 0.
    /// </summary>
    Probability,

    /// <summary>
    /// 1 where the probability is greater than the threshold, else 0 (also for NaN).
    /// </summary>
    Binary,
}

/// <summary>A mask of bytes of a probability for each pixel.</summary>
/// <remarks>
/// Inputs: probabilities [N, H, W, 1] or [N, H, W]; for <see cref="MaskValues.Binary"/> also the
/// threshold, Float32 [1], which may change from run to run. Output: UInt8 [N, H, W].
/// </remarks>
/// <param name="Values">What the bytes are.</param>
public sealed partial record ThresholdMask(MaskValues Values) : Operator
{
    /// <summary>Index of the probabilities among the inputs.</summary>
    public const int Probabilities = 0;

    /// <summary>Index of the threshold among the inputs.</summary>
    public const int Threshold = 1;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        int expected = Values == MaskValues.Binary ? 2 : 1;
        Require(
            inputs.Length == expected,
            $"takes {expected} inputs for {Values}, has {inputs.Length}");
        RequireFloat(inputs[Probabilities], "the probability");
        var x = inputs[Probabilities].Shape;
        Require(
            x.Rank == 3 || (x.Rank == 4 && x[3] == 1),
            $"probabilities have to be [N, H, W, 1] or [N, H, W], are {x}");
        if (Values == MaskValues.Binary)
        {
            RequireFloat(inputs[Threshold], "the threshold", 1);
            Require(
                inputs[Threshold].Shape[0] == 1,
                $"the threshold is one number, not {inputs[Threshold]}");
        }

        return [new TensorType(ElementType.UInt8, new Shape(x[0], x[1], x[2]))];
    }
}
