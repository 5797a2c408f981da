using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The gradient of the picture that <see cref="MaxPool2D"/> reads: each window's gradient goes to
/// the first of its largest pixels, row by row.
/// </summary>
/// <remarks>
/// Inputs: picture x [N, H, W, C]; the largest y [N, OH, OW, C] and their gradients, of the same
/// shape. Output: [N, H, W, C]. A pixel's gradients are added in the order of the windows. A window
/// whose largest is NaN counts as if its first pixel were.
/// </remarks>
/// <param name="Window">The window.</param>
public sealed partial record MaxPool2DGradient(Window2 Window) : Operator
{
    /// <summary>Index of the picture among the inputs.</summary>
    public const int X = 0;

    /// <summary>Index of the largest pixels among the inputs.</summary>
    public const int Y = 1;

    /// <summary>Index of their gradients among the inputs.</summary>
    public const int Gradient = 2;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 3, $"takes x, y and its gradient, has {inputs.Length} inputs");
        RequireFloat(inputs[X], "the picture", 4);
        RequireFloat(inputs[Y], "the largest pixels", 4);
        Require(Window.Problem() is null, Window.Problem() ?? "");
        var (x, y) = (inputs[X].Shape, inputs[Y].Shape);
        Require(
            inputs[Gradient] == inputs[Y],
            $"the gradient has to be {inputs[Y]}, is {inputs[Gradient]}");
        Require(x.N == y.N && x.C == y.C, $"pictures {x} and {y} differ in number or channels");
        return [inputs[X]];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        inputs[Y].Shape.Count * Window.Kernel.Height * Window.Kernel.Width;

    /// <summary>The node for a pooling with this window.</summary>
    internal static void Differentiate(GradientBuilder g, Window2 window)
    {
        if (g.HasGradient(0))
        {
            g.Give(0, g.Add(
                new MaxPool2DGradient(window), g.Input(0), g.Output(), g.OutputGradient()));
        }
    }
}
