using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Tests;

/// <summary>What operators say of inputs that do not fit, and that operators are compared by their parameters.</summary>
public class ShapeRuleTests
{
    private static readonly TensorType Picture = TensorType.Float(2, 5, 6, 3);
    private static readonly TensorType Bytes = new(ElementType.UInt8, new Shape(4, 3));

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
        yield return Misfit("has no dimension 4", new Concat(4), Picture);
        yield return Misfit("UInt8[4, 3] does not fit Float32[4, 3]", new Concat(0), TensorType.Float(4, 3), Bytes);
        yield return Misfit(
            "Float32[2, 5, 7, 3] does not fit", new Concat(3), Picture, TensorType.Float(2, 5, 7, 3));
        yield return Misfit("takes one tensor", new Concat(0));
        yield return Misfit("are not inside", new Slice([0, 2], new Shape(4, 2)), Bytes);
        yield return Misfit("are not inside", new Slice([0, 1], new Shape(4, 3), [1, -1]), Bytes);
        yield return Misfit("in steps of 0", new Slice([0, 0], new Shape(4, 3), [1, 0]), Bytes);
        yield return Misfit("one a dimension", new Slice([0], new Shape(4)), Bytes);
        yield return Misfit("must not be negative", new Pad([0, -1], [0, 0]), Bytes);
        yield return Misfit("one number a dimension", new Pad([0], [0]), Bytes);
        yield return Misfit("has no dimension -5", new Softmax(-5), Picture);
        yield return Misfit("has no dimension 4", new Reduce(ReduceKind.Sum, [4]), Picture);
        yield return Misfit("nothing to reduce", new Reduce(ReduceKind.Max, [1]), TensorType.Float(2, 0));
        yield return Misfit("has no dimension 4", new ArgMax(4), Picture);
        yield return Misfit("has to be Float32", new ArgMax(0), Bytes);

        static TestCaseData Misfit(string message, Operator op, params TensorType[] inputs) =>
            new TestCaseData(message, op, inputs).SetArgDisplayNames(op.Name, message);
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
