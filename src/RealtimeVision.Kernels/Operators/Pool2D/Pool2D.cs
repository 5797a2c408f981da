using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A window that slides over each channel of a picture and gives one number for the pixels under
/// it.
/// </summary>
/// <remarks>Input: picture [N, H, W, C]. Output: [N, OH, OW, C].</remarks>
/// <param name="Window">
/// The window; its padding is less than its span, so that it always reaches the picture.
/// </param>
/// <param name="CeilMode">
/// True where windows that reach over the bottom or right padding count too, as long as they begin
/// inside the picture or the padding before it.
/// </param>
public abstract partial record Pool2D(Window2 Window, bool CeilMode) : Operator
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, $"takes a picture, has {inputs.Length} inputs");
        RequireFloat(inputs[0], "the picture", 4);
        Require(Window.Problem() is null, Window.Problem() ?? "");
        var (padding, span) = (Window.Padding, Window.Span);
        Require(
            Math.Max(padding.Top, padding.Bottom) < span.Height
                && Math.Max(padding.Left, padding.Right) < span.Width,
            $"padding {padding} has to be less than the window's {span}");
        var x = inputs[0].Shape;
        var size = Window.Output(x.H, x.W, CeilMode);
        Require(
            size.Height > 0 && size.Width > 0,
            $"a window of {span} does not fit picture {x} with padding {padding}");
        return [TensorType.Float(x.N, size.Height, size.Width, x.C)];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        Infer(inputs)[0].Shape.Count * Window.Kernel.Height * Window.Kernel.Width;

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <summary>Adds the gradient of pooling by sums: the windows' gradients shared out.</summary>
    private protected void DifferentiateSums(GradientBuilder g, bool isMean)
    {
        var geometry = GeometryOf(g.Input(0).Shape, g.Output().Shape);
        g.Give(0, AxisProduct.PictureGradient(
            g,
            geometry.Rows.Matrix(geometry.OH, isMean, CountsPadding),
            geometry.Columns.Matrix(geometry.OW, isMean, CountsPadding),
            g.OutputGradient()));
    }

    /// <summary>True where a mean counts the padding.</summary>
    private protected virtual bool CountsPadding => false;

    private protected abstract void Prepare(CpuBindings b);

    private protected abstract void Prepare(GpuBindings b);

    private PoolGeometry GeometryOf(Shape x, Shape y) =>
        PoolGeometry.Of(Window, x, y, CountsPadding);
}

/// <summary>
/// The largest pixel under the window, channel by channel; NaN where one is NaN. Padding never
/// wins.
/// </summary>
/// <remarks>
/// Input: picture [N, H, W, C]. Output: [N, OH, OW, C]. A window whose taps all miss the picture (a
/// dilated one on a tiny picture) gives negative infinity.
/// </remarks>
/// <param name="Window">The window.</param>
/// <param name="CeilMode">
/// Whether windows that reach over the end count: see <see cref="Pool2D"/>.
/// </param>
public sealed record MaxPool2D(Window2 Window, bool CeilMode = false) : Pool2D(Window, CeilMode)
{
    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        MaxPool2DGradient.Differentiate(g, Window);

    private protected override void Prepare(CpuBindings b) => Prepare<MaxReduction>(b);

    private protected override void Prepare(GpuBindings b) => Prepare<MaxReduction>(b);
}

/// <summary>The mean of the pixels under the window, channel by channel.</summary>
/// <remarks>
/// Input: picture [N, H, W, C]. Output: [N, OH, OW, C]. The sum is divided by the number of taps
/// inside the picture or, with <paramref name="CountIncludePad"/>, inside the padded picture; what
/// lies beyond the padding (under the last windows in ceil mode) never counts. A window whose taps
/// all miss the picture gives 0.
/// </remarks>
/// <param name="Window">The window.</param>
/// <param name="CeilMode">
/// Whether windows that reach over the end count: see <see cref="Pool2D"/>.
/// </param>
/// <param name="CountIncludePad">True where padding counts as pixels of value 0.</param>
public sealed record AvgPool2D(Window2 Window, bool CeilMode = false, bool CountIncludePad = false)
    : Pool2D(Window, CeilMode)
{
    private protected override bool CountsPadding => CountIncludePad;

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        DifferentiateSums(g, isMean: true);

    private protected override void Prepare(CpuBindings b) => Prepare<MeanReduction>(b);

    private protected override void Prepare(GpuBindings b) => Prepare<MeanReduction>(b);
}

/// <summary>The sum of the pixels under the window, channel by channel.</summary>
/// <remarks>
/// Input: picture [N, H, W, C]. Output: [N, OH, OW, C]. A window whose taps all miss the picture
/// gives 0.
/// </remarks>
/// <param name="Window">The window.</param>
/// <param name="CeilMode">
/// Whether windows that reach over the end count: see <see cref="Pool2D"/>.
/// </param>
public sealed record SumPool2D(Window2 Window, bool CeilMode = false) : Pool2D(Window, CeilMode)
{
    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        DifferentiateSums(g, isMean: false);

    private protected override void Prepare(CpuBindings b) => Prepare<SumReduction>(b);

    private protected override void Prepare(GpuBindings b) => Prepare<SumReduction>(b);
}
