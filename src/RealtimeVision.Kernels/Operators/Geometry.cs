namespace RealtimeVision.Kernels.Operators;

/// <summary>A pair of numbers along the rows and the columns of a picture.</summary>
/// <param name="Height">Down.</param>
/// <param name="Width">Across.</param>
public readonly record struct Size2(int Height, int Width)
{
    /// <summary>1 and 1.</summary>
    public static Size2 One => new(1, 1);

    /// <summary>The same number both ways.</summary>
    public static implicit operator Size2(int size) => new(size, size);

    /// <summary>The pair as <c>3x5</c>.</summary>
    public override string ToString() => $"{Height}x{Width}";
}

/// <summary>Pixels added around a picture.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns before.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns after.</param>
public readonly record struct Padding2(int Top, int Left, int Bottom, int Right)
{
    /// <summary>No padding.</summary>
    public static Padding2 None => default;

    /// <summary>The same on all sides.</summary>
    public static implicit operator Padding2(int all) => new(all, all, all, all);

    /// <summary>Padding above and below.</summary>
    public int Vertical => Top + Bottom;

    /// <summary>Padding before and after.</summary>
    public int Horizontal => Left + Right;
}

/// <summary>A window that slides over a picture: what convolution and pooling share.</summary>
/// <param name="Kernel">Size of the window in taps.</param>
/// <param name="Stride">Steps between neighbouring windows.</param>
/// <param name="Padding">Pixels added around.</param>
/// <param name="Dilation">Steps between neighbouring taps.</param>
public readonly record struct Window2(Size2 Kernel, Size2 Stride, Padding2 Padding, Size2 Dilation)
{
    /// <summary>Rows and columns that the window spans, dilation included.</summary>
    public Size2 Span => new(
        ((Kernel.Height - 1) * Dilation.Height) + 1, ((Kernel.Width - 1) * Dilation.Width) + 1);

    /// <summary>
    /// True for a 1x1 window at every pixel: plain matrix multiplication over pixels.
    /// </summary>
    public bool IsPointwise => Kernel == Size2.One && Stride == Size2.One && Padding == Padding2.None;

    /// <summary>
    /// Rows and columns of the output for an input of that size; may be 0 or less.
    /// </summary>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="ceilMode">
    /// True where a last window that reaches over the bottom or right padding counts, as long as it
    /// begins inside the picture or the padding before it (the rule of PyTorch and ONNX).
    /// </param>
    public Size2 Output(int height, int width, bool ceilMode = false) => new(
        Positions(height, Padding.Top, Padding.Bottom, Span.Height, Stride.Height, ceilMode),
        Positions(width, Padding.Left, Padding.Right, Span.Width, Stride.Width, ceilMode));

    private static int Positions(int size, int before, int after, int span, int stride, bool ceilMode)
    {
        int room = size + before + after - span;
        int positions = FloorDivide(ceilMode ? room + stride - 1 : room, stride) + 1;
        return ceilMode && (positions - 1) * stride >= size + before ? positions - 1 : positions;
    }

    /// <summary>Quotient rounded down, for negative numerators too.</summary>
    private static int FloorDivide(int a, int b) => (a >= 0 ? a : a - b + 1) / b;

    /// <summary>
    /// Null where stride, dilation, kernel and padding make sense, else what does not.
    /// </summary>
    public string? Problem() =>
        Kernel.Height < 1 || Kernel.Width < 1 ? $"the kernel has to be at least 1x1, is {Kernel}"
        : Stride.Height < 1 || Stride.Width < 1 ? $"the stride has to be at least 1, is {Stride}"
        : Dilation.Height < 1 || Dilation.Width < 1 ? $"the dilation has to be at least 1, is {Dilation}"
        : Padding.Top < 0 || Padding.Left < 0 || Padding.Bottom < 0 || Padding.Right < 0
            ? $"the padding must not be negative, is {Padding}"
        : null;
}
