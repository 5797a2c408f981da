using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>What masks are like; the parity tests hold each bit of them.</summary>
public class DropoutTests
{
    private const int Elements = 100_000;

    [TestCase(0.1f)]
    [TestCase(0.5f)]
    [TestCase(0.9f)]
    public void AsManyAreKeptAsTheRateSays(float rate)
    {
        float[] y = Mask(new Dropout(rate, 3, 17), 5);
        double kept = y.Count(v => v != 0) / (double)Elements;

        // Five deviations of that many draws.
        Assert.That(kept, Is.EqualTo(1 - rate).Within(5 * Math.Sqrt(rate * (1 - rate) / Elements)));
        Assert.That(y.Where(v => v != 0), Is.All.EqualTo(1 / (1 - rate)).Within(1e-6));
    }

    [Test]
    public void StepsStreamsAndSeedsHaveMasksOfTheirOwn()
    {
        float[][] masks =
        [
            Mask(new Dropout(0.5f, 0, 1), 0), Mask(new Dropout(0.5f, 0, 1), 1),
            Mask(new Dropout(0.5f, 1, 1), 0), Mask(new Dropout(0.5f, 0, 2), 0),
            Mask(new Dropout(0.5f, 0, 1UL << 32), 0), Mask(new Dropout(0.5f, 0, 1), 0, 1),
        ];

        for (int i = 0; i < masks.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                double alike = masks[i].Zip(masks[j]).Count(p => p.First == p.Second);
                Assert.That(alike / Elements, Is.EqualTo(0.5).Within(0.01), $"{i} and {j}");
            }
        }

        Assert.That(Mask(new Dropout(0.5f, 0, 1), 0), Is.EqualTo(masks[0]));
    }

    [Test]
    public void TheGradientHasTheMaskOfTheStep()
    {
        var graph = new Graph.Graph();
        var x = graph.Input("x", TensorType.Float(5, 77));
        var step = graph.Input("step", new TensorType(ElementType.Int32, new Shape(1)));
        var y = graph.Add(new Dropout(0.4f, 1), "dropout", x, step);
        var loss = graph.Add(new Reduce(ReduceKind.Sum, []), "loss", y);
        var gradient = Gradients.Append(graph, loss, x)[0]!;
        using var runner = new GraphRunner(TestDevices.Get("cpu"), graph);
        runner.Set(x, HostTensor.Random(1, 5, 77).Map(_ => 1));
        runner.Set(step, HostTensor.OfInts(new Shape(1), [3]));
        runner.Run();

        Assert.That(runner.Get(gradient).Data, Is.EqualTo(runner.Get(y).Data));
    }

    [TestCase(-0.1f, 0)]
    [TestCase(1f, 0)]
    [TestCase(float.NaN, 0)]
    [TestCase(0.5f, -1)]
    public void RatesAndStreamsThatAreNoneAreRefused(float rate, int stream) => Assert.That(
        () => new Dropout(rate, stream).Infer(
            [TensorType.Float(2), new TensorType(ElementType.Int32, default)]),
        Throws.TypeOf<ShapeException>());

    [Test]
    public void AStepThatIsNoCounterIsRefused() => Assert.That(
        () => new Dropout(0.5f, 0).Infer([TensorType.Float(2), TensorType.Float(1)]),
        Throws.TypeOf<ShapeException>().With.Message.Contains("Int32"));

    private static float[] Mask(Dropout op, params int[] step)
    {
        var ones = HostTensor.Random(0, Elements).Map(_ => 1);
        return OperatorRunner.Run(
            TestDevices.Get("cpu"), op,
            [ones, HostTensor.OfInts(new Shape(step.Length), step)], [], null)[0].Floats.ToArray();
    }
}
