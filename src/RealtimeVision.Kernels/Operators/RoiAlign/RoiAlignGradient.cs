using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The gradient of the pictures of <see cref="RoiAlign"/>.</summary>
/// <remarks>
/// Inputs: the gradient of the cells [R, OutH, OutW, C]; boxes [R, 4]; Int32 [R], each box's
/// picture. Output: [N, H, W, C]; each pixel sums what read it in the order of boxes, cells and
/// samples.
/// </remarks>
/// <param name="Forward">What boxes were cut with; the mean of samples.</param>
/// <param name="N">Number of pictures.</param>
/// <param name="H">Rows of a picture.</param>
/// <param name="W">Columns of a picture.</param>
public sealed partial record RoiAlignGradient(RoiAlign Forward, int N, int H, int W) : Operator
{
    /// <summary>Index of the cells' gradient among the inputs.</summary>
    public const int Gradient = 0;

    /// <summary>Index of the boxes among the inputs.</summary>
    public const int Boxes = 1;

    /// <summary>Index of the boxes' pictures among the inputs.</summary>
    public const int BoxPictures = 2;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3, $"takes a gradient, boxes and their pictures, has {inputs.Length} inputs");
        Require(!Forward.Max, "the largest of samples has no gradient");
        RequireFloat(inputs[Gradient], "the gradient", 4);
        var x = TensorType.Float(N, H, W, inputs[Gradient].Shape.C);
        var y = Forward.Infer([x, inputs[Boxes], inputs[BoxPictures]])[0];
        Require(inputs[Gradient] == y, $"the gradient of {y} is {inputs[Gradient]}");
        return [x];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        int samples = Math.Max(Forward.SamplingRatio, 2);
        return 8 * samples * samples * inputs[Gradient].Shape.Count;
    }
}
