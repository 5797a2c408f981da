using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The largest pixel under a window, channel by channel, and where it is: what
/// <see cref="MaxUnpool2D"/> undoes.
/// </summary>
/// <remarks>
/// Input: picture [N, H, W, C]. Outputs: the largest [N, OH, OW, C]; Int32 [N, OH, OW, C], the index
/// ((n C + c) H + y) W + x of the first of them, as if the picture lay as [N, C, H, W] (ONNX's
/// numbers); -1 for a window without pixels. Sizes, padding and NaN are as in
/// <see cref="MaxPool2D"/>.
/// </remarks>
/// <param name="Window">The window.</param>
/// <param name="CeilMode">
/// Whether windows that reach over the end count: see <see cref="Pool2D"/>.
/// </param>
/// <param name="ColumnMajor">
/// True for ((n C + c) W + x) H + y instead (ONNX: storage_order 1).
/// </param>
public sealed partial record MaxPoolWithIndices2D(
    Window2 Window, bool CeilMode = false, bool ColumnMajor = false)
    : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        var y = new MaxPool2D(Window, CeilMode).Infer(inputs)[0];
        Require(
            inputs[0].Shape.Count <= int.MaxValue,
            $"indices of picture {inputs[0].Shape} do not fit 32 bits");
        return [y, y with { Element = ElementType.Int32 }];
    }

    /// <inheritdoc/>
    public override void Differentiate(GradientBuilder g) =>
        MaxPool2DGradient.Differentiate(g, Window);

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) =>
        new MaxPool2D(Window, CeilMode).Flops(inputs);

    /// <summary>The index of a pixel of a plane.</summary>
    private static int IndexOf(in PoolGeometry g, bool columnMajor, int plane, int y, int x) =>
        columnMajor
            ? (((plane * g.Columns.Size) + x) * g.Rows.Size) + y
            : (((plane * g.Rows.Size) + y) * g.Columns.Size) + x;
}
