using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Transposed two-dimensional convolution, with bias and a chain of pointwise functions on the
/// result: each pixel of the picture is spread over a window of the output.
/// </summary>
/// <remarks>
/// <para>
/// Inputs: picture [N, H, W, C]; weights [KH, KW, O / groups, C]; bias [O], may be absent; then the
/// chain's operands, each of a shape that broadcasts to the output. Output: [N, OH, OW, O], with
/// OH = (H - 1) stride - top - bottom + dilation (KH - 1) + 1 + output padding, and OW likewise.
/// </para>
/// <para>
/// y[oy, ox, o] = chain(bias[o] + sum of x[iy, ix, c] w[ky, kx, o, c] over all taps with
/// oy = iy stride - top + ky dilation and ox = ix stride - left + kx dilation, and all channels c
/// of o's group).
/// </para>
/// </remarks>
/// <param name="Stride">Output pixels between the windows of neighbouring pixels.</param>
/// <param name="Padding">Rows and columns cut off around the output.</param>
/// <param name="OutputPadding">
/// Rows and columns added below and after; less than stride or dilation.
/// </param>
/// <param name="Dilation">Steps between taps.</param>
/// <param name="Groups">Groups that channels are cut into; each sees its own inputs only.</param>
/// <param name="Epilogue">What is done to each sum before it is written.</param>
public sealed partial record ConvTranspose2D(
    Size2 Stride,
    Padding2 Padding,
    Size2 OutputPadding,
    Size2 Dilation,
    int Groups = 1,
    PointwiseChain Epilogue = default)
    : Operator, IEpilogueOperator
{
    /// <summary>A transposed convolution without padding.</summary>
    public ConvTranspose2D(Size2 stride)
        : this(stride, Padding2.None, default, Size2.One)
    {
    }

    /// <summary>Index of the picture among the inputs.</summary>
    public const int Picture = 0;

    /// <summary>Index of the weights among the inputs.</summary>
    public const int Weights = 1;

    /// <summary>Index of the bias among the inputs.</summary>
    public const int Bias = 2;

    /// <inheritdoc/>
    public int FirstOperand => 3;

    /// <inheritdoc/>
    public Operator WithEpilogue(PointwiseChain epilogue) => this with { Epilogue = epilogue };

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length >= 2, "takes a picture and weights");
        RequireFloat(inputs[Picture], "the picture", 4);
        RequireFloat(inputs[Weights], "the weights", 4);
        var x = inputs[Picture].Shape;
        var w = inputs[Weights].Shape;
        var window = new Window2(new Size2(w[0], w[1]), Stride, Padding, Dilation);
        Require(window.Problem() is null, window.Problem() ?? "");
        Require(
            IsLess(OutputPadding.Height, Stride.Height, Dilation.Height)
                && IsLess(OutputPadding.Width, Stride.Width, Dilation.Width),
            $"output padding {OutputPadding} has to be less than "
                + $"stride {Stride} or dilation {Dilation}");
        Require(
            Groups >= 1 && x.C == w[3] && x.C % Groups == 0,
            $"weights {w} in {Groups} groups do not fit a picture {x}");
        int outputs = checked(w[2] * Groups);
        if (inputs.Length > Bias && inputs[Bias].IsPresent)
        {
            RequireFloat(inputs[Bias], "the bias", 1);
            Require(
                inputs[Bias].Shape[0] == outputs,
                $"bias {inputs[Bias].Shape} does not fit weights {w} in {Groups} groups");
        }

        int height = ((x.H - 1) * Stride.Height) - Padding.Vertical + window.Span.Height
            + OutputPadding.Height;
        int width = ((x.W - 1) * Stride.Width) - Padding.Horizontal + window.Span.Width
            + OutputPadding.Width;
        Require(
            x.H > 0 && x.W > 0 && height > 0 && width > 0,
            $"padding {Padding} leaves nothing of picture {x} under weights {w}");
        var output = TensorType.Float(x.N, height, width, outputs);
        this.RequireOperands(Epilogue, inputs, output.Shape);
        return [output];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        var w = inputs[Weights].Shape;
        return 2 * inputs[Picture].Shape.Count * w[0] * w[1] * w[2];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => Epilogue == PointwiseChain.Empty;

    /// <inheritdoc/>
    /// <remarks>
    /// The picture's gradient is the convolution of the output's with the same weights; that of the
    /// weights is a convolution's with picture and output in each other's place.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var w = g.Input(Weights).Shape;
        var dy = g.OutputGradient();
        if (g.Wants(Picture))
        {
            var dx = g.Add(new Conv2D(Stride, Padding, Dilation, Groups), dy, g.Input(Weights));
            var x = g.Input(Picture).Shape;

            // Output padding of a whole stride and more adds rows that no pixel reaches.
            g.Give(Picture, dx.Shape == x ? dx : g.Add(new Slice([0, 0, 0, 0], x), dx));
        }

        if (g.Wants(Weights))
        {
            g.Give(Weights, g.Add(
                new Conv2DWeightGradient(new Size2(w[0], w[1]), Stride, Padding, Dilation, Groups),
                dy,
                g.Input(Picture)));
        }

        if (g.Wants(Bias))
        {
            g.Give(Bias, g.SumTo(dy, g.Input(Bias).Shape));
        }
    }

    private static bool IsLess(int padding, int stride, int dilation) =>
        padding >= 0 && padding < Math.Max(stride, dilation);
}
