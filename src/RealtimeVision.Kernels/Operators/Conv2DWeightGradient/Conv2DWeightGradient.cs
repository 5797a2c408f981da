using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The gradient of a convolution's weights: for each tap and pair of channels the sum over all
/// output pixels of what the tap saw times the output's gradient.
/// </summary>
/// <remarks>
/// Inputs: picture [N, H, W, C]; gradient of the output [N, OH, OW, O]. Output: [KH, KW, C / groups,
/// O]. dw[ky, kx, c, o] = sum of x[n, oy stride - top + ky dilation, ox stride - left + kx dilation,
/// c] dy[n, oy, ox, o], pixels outside the picture being zeros. Sums are taken in a fixed order.
/// For a transposed convolution, picture and gradient change places.
/// </remarks>
/// <param name="Kernel">Taps along each axis.</param>
/// <param name="Stride">The convolution's.</param>
/// <param name="Padding">The convolution's.</param>
/// <param name="Dilation">The convolution's.</param>
/// <param name="Groups">The convolution's.</param>
public sealed partial record Conv2DWeightGradient(
    Size2 Kernel, Size2 Stride, Padding2 Padding, Size2 Dilation, int Groups = 1) : Operator
{
    /// <summary>Index of the picture among the inputs.</summary>
    public const int Picture = 0;

    /// <summary>Index of the output's gradient among the inputs.</summary>
    public const int OutputGradient = 1;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 2, "takes a picture and the gradient of an output");
        RequireFloat(inputs[Picture], "the picture", 4);
        RequireFloat(inputs[OutputGradient], "the gradient", 4);
        var (x, dy) = (inputs[Picture].Shape, inputs[OutputGradient].Shape);
        Require(Window.Problem() is null, Window.Problem() ?? "");
        Require(
            Groups >= 1 && x.C % Groups == 0 && dy.C % Groups == 0,
            $"{Groups} groups do not fit picture {x} and gradient {dy}");
        var size = Window.Output(x.H, x.W);
        Require(
            x.N == dy.N && size.Height >= dy.H && size.Width >= dy.W,
            $"gradient {dy} is not that of a convolution of {x} by a window of {Kernel}");
        return [TensorType.Float(Kernel.Height, Kernel.Width, x.C / Groups, dy.C)];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        2 * inputs[OutputGradient].Shape.Count * Kernel.Height * Kernel.Width
            * (inputs[Picture].Shape.C / Groups);

    private Window2 Window => new(Kernel, Stride, Padding, Dilation);
}
