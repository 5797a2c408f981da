using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Pixels put back to where a maximum pooling took them, with 0 between (Zeiler and Fergus 2014).
/// </summary>
/// <remarks>
/// Inputs: picture [N, H, W, C]; Int32 [N, H, W, C], for each pixel the index
/// ((n C + c) OutH + y) OutW + x of where it goes, as <see cref="MaxPoolWithIndices2D"/> gives it.
/// Output: [N, OutH, OutW, C]. Of pixels that go to one place the last one stays. One whose index is
/// not in its own channel of its own picture goes nowhere.
/// </remarks>
/// <param name="OutH">Rows of the output.</param>
/// <param name="OutW">Columns of the output.</param>
public sealed partial record MaxUnpool2D(int OutH, int OutW) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, $"takes a picture and indices, has {inputs.Length} inputs");
        RequireFloat(inputs[0], "the picture", 4);
        var x = inputs[0].Shape;
        Require(
            inputs[1] == new TensorType(ElementType.Int32, x),
            $"the indices have to be Int32{x}, are {inputs[1]}");
        Require(OutH > 0 && OutW > 0, $"the output has to be at least 1x1, is {OutH}x{OutW}");
        return [TensorType.Float(x.N, OutH, OutW, x.C)];
    }
}
