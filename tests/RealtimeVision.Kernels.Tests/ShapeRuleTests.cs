using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Tests;

/// <summary>
/// What operators say of inputs that do not fit, and that operators are compared by their
/// parameters.
/// </summary>
public class ShapeRuleTests
{
    private static readonly TensorType Picture = TensorType.Float(2, 5, 6, 3);
    private static readonly TensorType Bytes = new(ElementType.UInt8, new Shape(4, 3));

    private static TestCaseData Misfit(string message, Operator op, params TensorType[] inputs) =>
        new TestCaseData(message, op, inputs).SetArgDisplayNames(op.Name, message);

    private static IEnumerable<TestCaseData> BackgroundMisfits()
    {
        var pixels = new TensorType(ElementType.UInt8, new Shape(100));
        var geometry = new TensorType(ElementType.Int32, new Shape(8));
        var one = new TensorType(ElementType.Int32, new Shape(1));
        var two = new TensorType(ElementType.Int32, new Shape(2));
        var mask = TensorType.Float(1, 5, 6, 1);
        var filter = new GuidedFilter(2, 1e-3f, FrameFit.Stretch, ColourOrder.Rgb, 0, 1);
        yield return Misfit("takes picture, probabilities", filter, mask);
        yield return Misfit("has to be [1, H, W, 3], is [2, 5, 6, 3]", filter, Picture, mask, geometry, one);
        yield return Misfit(
            "[1, 10, 13, 3] have to be the same multiple", filter, TensorType.Float(1, 10, 13, 3), mask, geometry, one);
        yield return Misfit(
            "the radius is 1 to 64, not 65", filter with { Radius = 65 }, TensorType.Float(1, 5, 6, 3), mask, geometry, one);
        yield return Misfit(
            "epsilon has to be above 0", filter with { Epsilon = 0 }, TensorType.Float(1, 5, 6, 3), mask, geometry, one);
        yield return Misfit(
            "the geometry has to be Int32 [8]", filter, TensorType.Float(1, 5, 6, 3), mask, one, one);
        var upsample = new GuidedUpsample(5, 6, FrameFit.Stretch);
        var lines = TensorType.Float(2, 5, 6);
        yield return Misfit("[2, h, w], are [3, 5, 6]", upsample, pixels, geometry, TensorType.Float(3, 5, 6), one);
        yield return Misfit("UInt8 [capacity], are UInt8[4, 3]", upsample, Bytes, geometry, lines, one);
        yield return Misfit("High has to be above Low", upsample with { Low = 1 }, pixels, geometry, lines, one);
        yield return Misfit(
            "sigma is one number", new BackgroundBlur(), pixels, geometry, pixels, TensorType.Float(2));
        yield return Misfit(
            "100 bytes has 41 floats, not 7", new BackgroundComposite(), pixels, geometry, pixels,
            TensorType.Float(7), pixels, two);
        yield return Misfit(
            "kind and colour has to be Int32 [2]", new BackgroundComposite(), pixels, geometry, pixels,
            TensorType.Float(41), pixels, one);
    }

    private static IEnumerable<TestCaseData> Misfits()
    {
        yield return Misfit("[2, 5, 6, 3] and [4] do not broadcast", new Pointwise(Binary.Add), Picture, TensorType.Float(4));
        yield return Misfit("takes 1 operands, has 0", new Pointwise(Binary.Add), Picture);
        yield return Misfit("takes 0 operands, has 1", new Pointwise(Unary.Relu), Picture, Picture);
        yield return Misfit("UInt8[4, 3]", new Pointwise(Unary.Relu), Bytes);
        yield return Misfit("takes x, gamma, beta", new BatchNorm(0), Picture);
        yield return Misfit(
            "[4] does not fit the channels of [2, 5, 6, 3]",
            new BatchNorm(0),
            Picture, TensorType.Float(3), TensorType.Float(4), TensorType.Float(3), TensorType.Float(3));
        yield return Misfit("180 elements, [7, 5] has 35", new Reshape(new Shape(7, 5)), Picture);
        yield return Misfit("[0, 1, 1, 2] is no order", new Transpose([0, 1, 1, 2]), Picture);
        yield return Misfit("[1, 0] is no order", new Transpose([1, 0]), Picture);
        foreach (var misfit in BackgroundMisfits())
        {
            yield return misfit;
        }

        yield return Misfit("has no dimension 4", new Concat(4), Picture);
        yield return Misfit("UInt8[4, 3] does not fit Float32[4, 3]", new Concat(0), TensorType.Float(4, 3), Bytes);
        yield return Misfit(
            "Float32[2, 5, 7, 3] does not fit", new Concat(3), Picture, TensorType.Float(2, 5, 7, 3));
        yield return Misfit("takes one tensor", new Concat(0));
        yield return Misfit("are not inside", new Slice([0, 2], new Shape(4, 2)), Bytes);
        yield return Misfit("are not inside", new Slice([0, 1], new Shape(4, 3), [1, -1]), Bytes);
        yield return Misfit("in steps of 0", new Slice([0, 0], new Shape(4, 3), [1, 0]), Bytes);
        yield return Misfit("one a dimension", new Slice([0], new Shape(4)), Bytes);
        yield return Misfit("cuts more than [4, 3] has", new Pad([0, -1], [0, -3]), Bytes);
        yield return Misfit(
            "nothing to repeat along dimension 1",
            new Pad([0, 1], [0, 0], Mode: PadMode.Edge),
            TensorType.Float(4, 0));
        yield return Misfit("one number a dimension", new Pad([0], [0]), Bytes);
        yield return Misfit("has no dimension -5", new Softmax(-5), Picture);
        yield return Misfit("has no dimension 4", new Reduce(ReduceKind.Sum, [4]), Picture);
        yield return Misfit("nothing to reduce", new Reduce(ReduceKind.Max, [1]), TensorType.Float(2, 0));
        yield return Misfit("has no dimension 4", new ArgMax(4), Picture);
        yield return Misfit("has to be Float32", new ArgMax(0), Bytes);

        yield return Misfit("Add takes 2 inputs, has 1", new IntegerPointwise(Integer.Add), Bytes);
        yield return Misfit("takes Int32 or UInt8, has Float32[2, 5, 6, 3]", new IntegerPointwise(Integer.Abs), Picture);
        yield return Misfit(
            "has UInt8[4, 3] and Int32[3]",
            new IntegerPointwise(Integer.BitwiseOr), Bytes, new TensorType(ElementType.Int32, new Shape(3)));
        yield return Misfit(
            "of one type, has UInt8[4, 3] and Float32[2, 5, 6, 3]", new Compare(Comparison.Less), Bytes, Picture);
        yield return Misfit("[4, 3] and [2, 5, 6, 3] do not broadcast", new Select(), Bytes, Picture, Picture);
        yield return Misfit("the condition has to be UInt8", new Select(), Picture, Picture, Picture);
        yield return Misfit("makes no None", new Cast(ElementType.None), Bytes);
        yield return Misfit(
            "Mean takes Float32, has Int32[3]",
            new Reduce(ReduceKind.Mean, []), new TensorType(ElementType.Int32, new Shape(3)));

        yield return Misfit(
            "padding", new MaxPool2D(new Window2(2, 1, 2, 1)), Picture);
        yield return Misfit(
            "does not fit picture [2, 5, 6, 3]", new AvgPool2D(new Window2(7, 1, 0, 1)), Picture);
        yield return Misfit("kernel has to be", new MaxPool2D(new Window2(0, 1, 0, 1)), Picture);
        yield return Misfit("without pixels", new GlobalAvgPool2D(), TensorType.Float(1, 0, 4, 3));
        yield return Misfit("has to be Float32", new GlobalAvgPool2D(), Bytes);
        yield return Misfit("at least 1x1", new Upsample2D(0, 4, UpsampleMode.Nearest), Picture);
        yield return Misfit(
            "scales have to be positive",
            new Upsample2D(2, 4, UpsampleMode.Nearest, ScaleH: -1),
            Picture);
        yield return Misfit(
            "weights [2, 2, 8, 4] in 1 groups do not fit a picture [2, 5, 6, 3]",
            new ConvTranspose2D(2),
            Picture, TensorType.Float(2, 2, 8, 4));
        yield return Misfit(
            "output padding 2x2",
            new ConvTranspose2D(2, 0, 2, 1),
            Picture, TensorType.Float(2, 2, 8, 3));
        yield return Misfit(
            "bias [7] does not fit",
            new ConvTranspose2D(2),
            Picture, TensorType.Float(2, 2, 8, 3), TensorType.Float(7));
        yield return Misfit(
            "leaves nothing", new ConvTranspose2D(1, 5, 0, 1), Picture, TensorType.Float(2, 2, 8, 3));
        yield return Misfit("1 to 256 classes", new ClassMask(), TensorType.Float(1, 2, 2, 257));
        yield return Misfit(
            "[N, H, W, 1] or [N, H, W]", new ThresholdMask(MaskValues.Probability), Picture);
        yield return Misfit(
            "takes 2 inputs for Binary", new ThresholdMask(MaskValues.Binary), TensorType.Float(1, 2, 2));
        yield return Misfit(
            "state [2] has to have the shape of x",
            new TemporalSmoothing(),
            Picture, TensorType.Float(2), TensorType.Float(1), TensorType.Float(1));
        yield return Misfit(
            "UInt8 [H, W, 3], is UInt8[4, 3]",
            new ColourOverlay(MaskSampling.Nearest),
            Bytes, Bytes, Bytes, TensorType.Float(1));
        yield return Misfit(
            "UInt8 [capacity]",
            new FrameToTensor(4, 4, FrameFit.Stretch, ColourOrder.Rgb, 0, 0, 1),
            Picture, new TensorType(ElementType.Int32, new Shape(8)));
        yield return Misfit(
            "Int32 [8] or [12]",
            new FrameToTensor(4, 4, FrameFit.Stretch, ColourOrder.Rgb, 0, 0, 1),
            new TensorType(ElementType.UInt8, new Shape(99)),
            new TensorType(ElementType.Int32, new Shape(9)));
    }

    [TestCaseSource(nameof(Misfits))]
    public void NamesWhatDoesNotFit(string message, Operator op, TensorType[] inputs) =>
        Assert.That(() => op.Infer(inputs), Throws.TypeOf<ShapeException>().With.Message.Contains(message));

    [Test]
    public void ComparesOperatorsByContent()
    {
        int[] order = [0, 2, 1];
        Assert.That(new Transpose([.. order]), Is.EqualTo(new Transpose([0, 2, 1])));
        Assert.That(new Transpose([0, 2, 1]), Is.Not.EqualTo(new Transpose([0, 1, 2])));
        Assert.That(
            new Transpose([.. order]).GetHashCode(), Is.EqualTo(new Transpose([0, 2, 1]).GetHashCode()));
        Assert.That(new Slice([1], new Shape(2)), Is.EqualTo(new Slice([1], new Shape(2), [1])));
        Assert.That(new Pad([1], [0]), Is.Not.EqualTo(new Pad([0], [1])));
        Assert.That(
            new Pointwise(Unary.Clip, 0, 6), Is.EqualTo(new Pointwise(PointwiseChain.Of(Unary.Clip, 0, 6))));
        Assert.That(new Pointwise(Unary.Clip, 0, 6), Is.Not.EqualTo(new Pointwise(Unary.Clip, 0, 5)));
    }

    [Test]
    public void RunsInPlaceOnlyWhereNothingIsReadLater()
    {
        var twice = new Pointwise(new PointwiseChain(new(Binary.Add), new(Binary.Multiply)));
        TensorType[] inputs = [Picture, Picture, Picture];
        Assert.That(twice.CanRunInPlace(0, inputs), Is.True);
        Assert.That(twice.CanRunInPlace(1, inputs), Is.True);
        Assert.That(twice.CanRunInPlace(2, inputs), Is.False);
        Assert.That(
            new Pointwise(Binary.Add).CanRunInPlace(0, [TensorType.Float(3), Picture]), Is.False);
    }
}
