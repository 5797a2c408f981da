using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Cases;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests;

/// <summary>What single cases of <see cref="Lstm"/> do not show: state, stacking, errors.</summary>
public class LstmTests
{
    private static IEnumerable<string> Devices => TestDevices.All;

    /// <summary>
    /// A camera gives a step at a time: that has to be the same as the sequence at once.
    /// </summary>
    [Test]
    public void StepByStepEqualsSequence(
        [ValueSource(nameof(Devices))] string name, [Values(1, 3)] int n,
        [Values(24, 70, 300)] int hidden)
    {
        const int Steps = 9;
        const int Features = 10;
        var device = TestDevices.Get(name);
        var op = new Lstm(hidden);
        var x = HostTensor.Random(1, Steps, n, Features);
        HostTensor[] weights =
        [
            HostTensor.Random(2, 1, Features, 4 * hidden),
            LstmCases.Scaled(HostTensor.Random(3, 1, hidden, 4 * hidden), hidden),
            HostTensor.Random(4, 1, 4 * hidden),
        ];
        var whole = OperatorRunner.Run(device, op, [x, .. weights], [1, 2, 3]);

        HostTensor? h = null;
        HostTensor? c = null;
        var steps = new List<float>();
        for (int t = 0; t < Steps; t++)
        {
            int row = n * Features;
            var now = HostTensor.Of(new Shape(1, n, Features), x.Floats.Slice(t * row, row));
            var outputs = OperatorRunner.Run(device, op, [now, .. weights, h, c], [1, 2, 3]);
            steps.AddRange(outputs[Lstm.AllHidden].Floats);
            (h, c) = (outputs[Lstm.LastHidden], outputs[Lstm.LastCell]);
        }

        // On the CPU sums are the same to the last bit; a GPU takes other kernels for one step than
        // for many.
        double tolerance = device is CpuDevice ? 0 : 1e-6;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                HostTensor.Of(whole[0].Shape, steps.ToArray()).ErrorAgainst(whole[0]),
                Is.LessThanOrEqualTo(tolerance));
            Assert.That(h!.ErrorAgainst(whole[1]), Is.LessThanOrEqualTo(tolerance));
            Assert.That(c!.ErrorAgainst(whole[2]), Is.LessThanOrEqualTo(tolerance));
        }
    }

    [Test]
    public void LayersStack([ValueSource(nameof(Devices))] string name)
    {
        var device = TestDevices.Get(name);
        var golden = GoldenFile.Open("lstm_two_layers");
        var x = golden["in.x"];
        for (int layer = 0; layer < 2; layer++)
        {
            var outputs = OperatorRunner.Run(
                device,
                new Lstm(golden.Int("hidden")),
                [x, .. LstmCases.Weights(golden, layer), Layer("in.h0"), Layer("in.c0")],
                [1, 2, 3]);
            x = outputs[Lstm.AllHidden];
            Assert.That(
                outputs[Lstm.LastHidden].ErrorAgainst(Layer("out.h")), Is.LessThanOrEqualTo(1e-5));
            Assert.That(
                outputs[Lstm.LastCell].ErrorAgainst(Layer("out.c")), Is.LessThanOrEqualTo(1e-5));

            HostTensor Layer(string tensor)
            {
                var all = golden[tensor];
                int size = (int)all.Shape.Count / 2;
                return HostTensor.Of(all.Shape.With(0, 1), all.Floats.Slice(layer * size, size));
            }
        }

        Assert.That(x.ErrorAgainst(golden["out.y"]), Is.LessThanOrEqualTo(1e-5));
    }

    [Test]
    public void RunsAgainWithTheSameResult([ValueSource(nameof(Devices))] string name)
    {
        HostTensor?[] inputs =
        [
            HostTensor.Random(1, 5, 2, 6), HostTensor.Random(2, 2, 6, 36),
            HostTensor.Random(3, 2, 9, 36),
        ];
        var op = new Lstm(9, RecurrentDirection.Bidirectional);
        var once = OperatorRunner.Run(TestDevices.Get(name), op, inputs, [1, 2]);
        var thrice = OperatorRunner.Run(TestDevices.Get(name), op, inputs, [1, 2], runs: 3);
        Assert.That(thrice.Select(t => t.Data), Is.EqualTo(once.Select(t => t.Data)));
    }

    [TestCase(new[] { 5, 6 }, 1, 32, 8, "rank 3")]
    [TestCase(new[] { 5, 0, 6 }, 1, 32, 8, "not empty")]
    [TestCase(new[] { 5, 2, 7 }, 1, 32, 8, "[1, 6, 32]")]
    [TestCase(new[] { 5, 2, 6 }, 2, 32, 8, "[1, 6, 32]")]
    [TestCase(new[] { 5, 2, 6 }, 1, 24, 8, "[1, 8, 24]")]
    [TestCase(new[] { 5, 2, 6 }, 1, 32, 7, "[1, 7, 32]")]
    public void NamesWhatDoesNotFit(
        int[] x, int directions, int columns, int rows, string message) => Assert.That(
        () => new Lstm(8).Infer(
        [
            TensorType.Float(x), TensorType.Float(directions, 6, 32),
            TensorType.Float(1, rows, columns),
        ]),
        Throws.TypeOf<ShapeException>().With.Message.Contains(message));

    [Test]
    public void NamesPeepholesThatDoNotFit() => Assert.That(
        () => new Lstm(8).Infer(
        [
            TensorType.Float(5, 2, 6), TensorType.Float(1, 6, 32), TensorType.Float(1, 8, 32),
            default, default, default,
            TensorType.Float(1, 32),
        ]),
        Throws.TypeOf<ShapeException>().With.Message.Contains("peephole weights [1, 32]"));
}
