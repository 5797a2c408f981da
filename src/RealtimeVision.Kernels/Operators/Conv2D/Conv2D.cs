using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Two-dimensional convolution (correlation, as the field has it), with bias and a chain of
/// pointwise functions on the result: y = chain(sum over taps and channels of x w + bias).
/// </summary>
/// <remarks>
/// Inputs: picture [N, H, W, C]; weights [KH, KW, C / groups, O]; bias [O], may be absent; then the
/// chain's operands, each of a shape that broadcasts to the output (a residual has the output's
/// own). Output: [N, OH, OW, O]. Groups = C with O = C is depthwise.
/// </remarks>
/// <param name="Stride">Steps between output pixels.</param>
/// <param name="Padding">Zeros around the picture.</param>
/// <param name="Dilation">Steps between taps.</param>
/// <param name="Groups">Groups that channels are cut into; each sees its own inputs only.</param>
/// <param name="Epilogue">What is done to each sum before it is written.</param>
public sealed partial record Conv2D(
    Size2 Stride, Padding2 Padding, Size2 Dilation, int Groups = 1, PointwiseChain Epilogue = default)
    : Operator, IEpilogueOperator
{
    /// <summary>A convolution of stride 1 without padding.</summary>
    public Conv2D()
        : this(Size2.One, Padding2.None, Size2.One)
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
        var window = WindowOf(w);
        Require(window.Problem() is null, window.Problem() ?? "");
        Require(
            Groups >= 1 && x.C == w[2] * Groups && w[3] % Groups == 0,
            $"weights {w} in {Groups} groups do not fit a picture {x}");
        if (inputs.Length > Bias && inputs[Bias].IsPresent)
        {
            RequireFloat(inputs[Bias], "the bias", 1);
            Require(inputs[Bias].Shape[0] == w[3], $"bias {inputs[Bias].Shape} does not fit weights {w}");
        }

        var size = window.Output(x.H, x.W);
        Require(
            size.Height > 0 && size.Width > 0,
            $"a window of {window.Span} does not fit picture {x} with padding {Padding}");
        var output = TensorType.Float(x.N, size.Height, size.Width, w[3]);
        this.RequireOperands(Epilogue, inputs, output.Shape);
        return [output];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs)
    {
        var w = inputs[Weights].Shape;
        return 2 * Infer(inputs)[0].Shape.Count * w[0] * w[1] * w[2];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => Epilogue == PointwiseChain.Empty;

    /// <inheritdoc/>
    /// <remarks>
    /// The picture's gradient is the transposed convolution of the output's with the same weights,
    /// which lie in memory as it wants them.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var (x, w, y) = (g.Input(Picture).Shape, g.Input(Weights).Shape, g.Output().Shape);
        var dy = g.OutputGradient();
        if (g.Wants(Picture))
        {
            var span = WindowOf(w).Span;
            var left = new Size2(
                x.H + Padding.Vertical - span.Height - ((y.H - 1) * Stride.Height),
                x.W + Padding.Horizontal - span.Width - ((y.W - 1) * Stride.Width));
            g.Give(Picture, g.Add(
                new ConvTranspose2D(Stride, Padding, left, Dilation, Groups), dy, g.Input(Weights)));
        }

        if (g.Wants(Weights))
        {
            g.Give(Weights, g.Add(
                new Conv2DWeightGradient(new Size2(w[0], w[1]), Stride, Padding, Dilation, Groups),
                g.Input(Picture),
                dy));
        }

        if (g.Wants(Bias))
        {
            g.Give(Bias, g.SumTo(dy, g.Input(Bias).Shape));
        }
    }

    /// <summary>The sliding window, whose size is the weights'.</summary>
    private Window2 WindowOf(Shape weights) => new(new Size2(weights[0], weights[1]), Stride, Padding, Dilation);
}
