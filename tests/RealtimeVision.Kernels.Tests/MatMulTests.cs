using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Tests;

/// <summary>Shapes that <see cref="MatMul"/> gives and refuses.</summary>
public class MatMulTests
{
    [TestCase(false, false, new[] { 2, 1, 5, 7 }, new[] { 3, 7, 4 }, new[] { 2, 3, 5, 4 })]
    [TestCase(true, false, new[] { 7, 5 }, new[] { 3, 7, 4 }, new[] { 3, 5, 4 })]
    [TestCase(false, true, new[] { 5, 7 }, new[] { 4, 7 }, new[] { 5, 4 })]
    public void InfersTheShape(bool transposeA, bool transposeB, int[] a, int[] b, int[] y)
    {
        TensorType[] inputs = [TensorType.Float(a), TensorType.Float(b)];
        var op = new MatMul(transposeA, transposeB);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(op.Infer(inputs)[0], Is.EqualTo(TensorType.Float(y)));
            Assert.That(op.Flops(inputs), Is.EqualTo(2 * new Shape(y).Count * 7));
        }
    }

    [TestCase(new[] { 7 }, new[] { 7, 4 }, "rank 2 or more")]
    [TestCase(new[] { 5, 0 }, new[] { 0, 4 }, "not empty")]
    [TestCase(new[] { 5, 6 }, new[] { 7, 4 }, "[5, 6] and [7, 4] do not fit")]
    [TestCase(new[] { 2, 5, 7 }, new[] { 3, 7, 4 }, "[2] and [3] do not broadcast")]
    public void NamesWhatDoesNotFit(int[] a, int[] b, string message) => Assert.That(
        () => new MatMul().Infer([TensorType.Float(a), TensorType.Float(b)]),
        Throws.TypeOf<ShapeException>().With.Message.Contains(message));

    [Test]
    public void NamesABiasThatDoesNotFit() => Assert.That(
        () => new MatMul().Infer(
            [TensorType.Float(5, 7), TensorType.Float(7, 4), TensorType.Float(5)]),
        Throws.TypeOf<ShapeException>().With.Message.Contains("bias [5] does not fit 4 columns"));

    [Test]
    public void NamesAnOperandThatDoesNotFit() => Assert.That(
        () => new MatMul(Epilogue: PointwiseChain.Of(Binary.Add)).Infer(
            [TensorType.Float(5, 7), TensorType.Float(7, 4), default, TensorType.Float(3, 4)]),
        Throws.TypeOf<ShapeException>());
}
