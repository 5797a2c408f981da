using System.Buffers.Binary;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// Convolutions: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV and MediaPipe's transposed convolution
/// with bias.
/// </summary>
internal static class Convolutions
{
    // [O, KH, KW, C / groups] to [KH, KW, C / groups, O].
    private static readonly IntList OutputLast = [1, 2, 3, 0];

    // [1, KH, KW, O] to [KH, KW, 1, O] of depthwise, [O, KH, KW, C] to [KH, KW, O, C] of transposed
    // convolution.
    private static readonly IntList KernelFirst = [1, 2, 0, 3];

    public static IEnumerable<TfLiteMapper> All =>
    [
        TfLiteMapper.Of("CONV_2D", Conv),
        TfLiteMapper.Of("DEPTHWISE_CONV_2D", Depthwise),
        TfLiteMapper.Of("TRANSPOSE_CONV", TransposeConv),
        TfLiteMapper.Of("CUSTOM Convolution2DTransposeBias", TransposeConvWithBias),
    ];

    private static GraphTensor Conv(TfLiteContext n)
    {
        var x = n.Picture(0);
        var w = Weights(n, 1);
        int groups = w.Shape[3] > 0 && x.Shape.C % w.Shape[3] == 0 ? x.Shape.C / w.Shape[3] : 1;
        var dilation = Windows.Positive(
            n.Node,
            n.Node.Int(5, "dilation_h_factor", 1),
            n.Node.Int(4, "dilation_w_factor", 1),
            "dilation_w_factor");
        return n.Activated(
            Convolve(n, x, n.Graph.InOrder(w, OutputLast), KernelOf(w), dilation, groups), 3);
    }

    private static GraphTensor Depthwise(TfLiteContext n)
    {
        var x = n.Picture(0);
        var w = Weights(n, 1);
        if (w.Shape[0] != 1 || x.Shape.C == 0 || w.Shape[3] % x.Shape.C != 0)
        {
            throw new ShapeException(
                $"weights {w.Shape} do not fit each channel of a picture {x.Shape}");
        }

        var dilation = Windows.Positive(
            n.Node,
            n.Node.Int(6, "dilation_h_factor", 1),
            n.Node.Int(5, "dilation_w_factor", 1),
            "dilation_w_factor");
        return n.Activated(
            Convolve(
                n, x, n.Graph.InOrder(w, KernelFirst), KernelOf(w), dilation, x.Shape.C),
            4);
    }

    private static Value Convolve(
        TfLiteContext n, Value x, Value w, Size2 kernel, Size2 dilation, int groups)
    {
        var window = Windows.Of(n.Node, x.Shape.H, x.Shape.W, kernel, dilation);
        var conv = new Conv2D(window.Stride, window.Padding, window.Dilation, groups);
        return n.Graph.Add(conv, x, w, Bias(n, 2));
    }

    private static GraphTensor TransposeConv(TfLiteContext n)
    {
        int[] sizes = n.Ints(0, "the sizes of its output");
        if (sizes.Length != 4)
        {
            throw n.Node.Bad($"{sizes.Length} sizes where 4 belong", "inputs[0]");
        }

        var x = n.Picture(2);
        var w = Weights(n, 1);
        var size = Windows.Positive(n.Node, sizes[1], sizes[2], "inputs[0]");
        var y = TransposeConv(
            n, x, w, Bias(n, 3), Windows.Stride(n.Node), size, Windows.IsSame(n.Node));
        return n.Activated(y, 3);
    }

    // Its options are TFLite's structure of parameters as it lies in memory: padding (1 the same
    // size, 2 valid), stride across, stride down.
    private static GraphTensor TransposeConvWithBias(TfLiteContext n)
    {
        var options = n.Node.CustomOptions.Span;
        if (options.Length < 3 * sizeof(int))
        {
            throw n.Node.Bad(
                $"{options.Length} bytes of options where 12 belong", "custom_options");
        }

        int padding = BinaryPrimitives.ReadInt32LittleEndian(options);
        var stride = Windows.Positive(
            n.Node,
            BinaryPrimitives.ReadInt32LittleEndian(options[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(options[4..]),
            "custom_options");
        if (padding is not (1 or 2))
        {
            throw n.Node.Bad($"there is no padding {padding}", "custom_options");
        }

        var x = n.Picture(0);
        var w = Weights(n, 1);
        bool isSame = padding == 1;
        var size = new Size2(
            Size(x.Shape.H, stride.Height, w.Shape[1]), Size(x.Shape.W, stride.Width, w.Shape[2]));
        return new GraphTensor(TransposeConv(n, x, w, Bias(n, 2), stride, size, isSame));

        int Size(int input, int step, int kernel) =>
            checked((input * step) + (isSame ? 0 : Math.Max(kernel - step, 0)));
    }

    // The output's size decides: what the windows reach beyond it is cut off, as convolution of a
    // picture of that size would pad it, and what they do not reach holds the bias.
    private static Value TransposeConv(
        TfLiteContext n,
        Value x,
        ImportedTensor w,
        Value? bias,
        Size2 stride,
        Size2 size,
        bool isSame)
    {
        var kernel = KernelOf(w);
        var cut = isSame
            ? Windows.SamePadding(size.Height, size.Width, kernel, stride) : Padding2.None;
        int below = checked(((x.Shape.H - 1) * stride.Height) + kernel.Height)
            - cut.Top - size.Height;
        int after = checked(((x.Shape.W - 1) * stride.Width) + kernel.Width)
            - cut.Left - size.Width;
        var conv = new ConvTranspose2D(
            stride,
            cut with { Bottom = Math.Max(below, 0), Right = Math.Max(after, 0) },
            new Size2(Math.Max(-below, 0), Math.Max(-after, 0)),
            Size2.One);
        return n.Graph.Add(conv, x, n.Graph.InOrder(w, KernelFirst), bias);
    }

    private static ImportedTensor Weights(TfLiteContext n, int input) =>
        n.Input(input) is { Rank: 4, Element: ElementType.Float32 } weights ? weights
            : throw new ShapeException(
                $"weights {n.Input(input).Shape} of {n.Input(input).Element} are not four axes "
                + "of Float32");

    private static Size2 KernelOf(ImportedTensor weights) =>
        new(weights.Shape[1], weights.Shape[2]);

    private static Value? Bias(TfLiteContext n, int input) =>
        n.Optional(input) is { } bias ? n.Graph.InOrder(bias) : null;
}
