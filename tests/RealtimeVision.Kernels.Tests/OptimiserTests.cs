using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Kernels.Tests.Harness;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Kernels.Tests;

/// <summary>Optimisers as plans, on every device, and losses beside those of golden files.</summary>
public class OptimiserTests
{
    private static IEnumerable<string> Devices => TestDevices.All;

    private static IEnumerable<string> Names => GoldenFile.Names("optimizer_");

    [Test]
    public void TenStepsAreThoseOfPyTorch(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(Names))] string name,
        [Values] bool isGuarded)
    {
        var golden = GoldenFile.Open(name);
        using var step = new Step(
            TestDevices.Get(device), OptimiserOf(golden), golden["in.w"], isGuarded, null);
        for (int i = 0; i < 10; i++)
        {
            step.Run(RowOf(golden["in.gradients"], i));
        }

        Assert.That(step.Weights.ErrorAgainst(golden["out.w"]), Is.LessThanOrEqualTo(1e-5));
        Assert.That(step.Number(step.Optimiser.StepCount), Is.EqualTo(10));
    }

    [Test]
    public void AStepThatIsNotFiniteChangesNothing(
        [ValueSource(nameof(Devices))] string device, [ValueSource(nameof(Names))] string name)
    {
        var golden = GoldenFile.Open(name);
        using var skipping = new Step(
            TestDevices.Get(device), OptimiserOf(golden), golden["in.w"], true, null);
        using var plain = new Step(
            TestDevices.Get(device), OptimiserOf(golden), golden["in.w"], true, null);
        var nan = RowOf(golden["in.gradients"], 2).Map(v => v > 0 ? float.NaN : v);
        for (int i = 0; i < 4; i++)
        {
            var gradient = RowOf(golden["in.gradients"], i);
            plain.Run(gradient);
            skipping.Run(nan);
            skipping.Run(gradient, loss: float.PositiveInfinity);
            Assert.That(skipping.Number(skipping.SkippedInRow), Is.EqualTo(2));
            skipping.Run(gradient);
            Assert.That(skipping.Number(skipping.SkippedInRow), Is.Zero);
        }

        Assert.That(skipping.Weights.Data, Is.EqualTo(plain.Weights.Data));
        Assert.That(skipping.Number(skipping.Optimiser.StepCount), Is.EqualTo(4));
    }

    [Test]
    public void RmsPropCentredWithMomentumIsThatOfItsFormula(
        [ValueSource(nameof(Devices))] string device, [Values] bool centred,
        [Values(0, 0.9)] double momentum)
    {
        const double Alpha = 0.9, Epsilon = 1e-6, Decay = 0.01;
        const float Rate = 0.02f;
        var weights = HostTensor.Random(3, 4, 11);
        var optimiser = new RmsProp(Rate, Alpha, Epsilon, Decay, momentum, centred);
        using var step = new Step(TestDevices.Get(device), optimiser, weights, true, null);
        double[] w = [.. weights.Floats.ToArray().Select(v => (double)v)];
        var (square, mean, velocity) = (new double[w.Length], new double[w.Length], new double[w.Length]);
        for (int turn = 0; turn < 10; turn++)
        {
            var gradient = HostTensor.Random(50 + turn, 4, 11);
            step.Run(gradient);
            for (int i = 0; i < w.Length; i++)
            {
                double g = gradient.Floats[i] + (Decay * w[i]);
                square[i] = (Alpha * square[i]) + ((1 - Alpha) * g * g);
                mean[i] = (Alpha * mean[i]) + ((1 - Alpha) * g);
                double variance = square[i] - (centred ? mean[i] * mean[i] : 0);
                velocity[i] = (momentum * velocity[i]) + (g / (Math.Sqrt(variance) + Epsilon));
                w[i] -= Rate * velocity[i];
            }
        }

        Assert.That(
            step.Weights.ErrorAgainst(HostTensor.Of(weights.Shape, [.. w.Select(v => (float)v)])),
            Is.LessThanOrEqualTo(2e-5));
        Assert.That(
            optimiser.Variables.Select(v => v.Name).Where(n => n.StartsWith("w/")),
            Has.Exactly(1 + (centred ? 1 : 0) + (momentum > 0 ? 1 : 0)).Items);
    }

    [TestCase(0.5f)]
    [TestCase(100f)]
    public void LongGradientsAreScaled(float maxNorm)
    {
        var weights = HostTensor.Random(1, 5, 7);
        var gradient = HostTensor.Random(2, 5, 7);
        double norm = Math.Sqrt(gradient.Floats.ToArray().Sum(v => (double)v * v));
        float scale = (float)Math.Min(1, maxNorm / norm);
        using var step = new Step(
            TestDevices.Get("cpu"), new Sgd(1), weights, true, maxNorm);

        step.Run(gradient);

        float[] expected =
            [.. weights.Floats.ToArray().Zip(gradient.Floats.ToArray(), (w, g) => w - (scale * g))];
        Assert.That(
            step.Weights.ErrorAgainst(HostTensor.Of(weights.Shape, expected)), Is.LessThan(1e-5));
    }

    [Test]
    public void TheLearningRateIsAVariable()
    {
        using var step = new Step(
            TestDevices.Get("cpu"), new Sgd(1), HostTensor.Of(new Shape(1), [3f]), false, null);
        var one = HostTensor.Of(new Shape(1), [1f]);

        step.Run(one);
        step.Write(step.Optimiser.LearningRate, 0.25f);
        step.Run(one);

        Assert.That(step.Weights.Floats[0], Is.EqualTo(1.75f));
    }

    [Test]
    public void FocalLossIsCrossEntropyThatCountsWhatIsKnownLess(
        [Values(0f, 1f, 2f, 1.5f)] float gamma, [Values(null, 0.25f)] float? alpha)
    {
        var logits = HostTensor.Random(5, 4, 9).Map(v => 6 * v);
        var target = HostTensor.Random(6, 4, 9).Map(v => v > 0.1f ? 1 : 0);
        var graph = new Graph.Graph();
        var (x, t) = (graph.Input("x", logits.Type), graph.Input("t", target.Type));
        var loss = Losses.Focal(graph, x, t, alpha, gamma);
        using var runner = new GraphRunner(TestDevices.Get("cpu"), graph);
        runner.Set(x, logits);
        runner.Set(t, target);
        runner.Run();

        double sum = 0;
        for (int i = 0; i < 36; i++)
        {
            double p = 1 / (1 + Math.Exp(-logits.Floats[i]));
            bool isOne = target.Floats[i] == 1;
            double q = isOne ? p : 1 - p;
            double weight = alpha is { } a ? (isOne ? a : 1 - a) : 1;
            sum -= weight * Math.Pow(1 - q, gamma) * Math.Log(q);
        }

        Assert.That(runner.Get(loss).Floats[0], Is.EqualTo(sum / 36).Within(1e-5).Percent.Or.EqualTo(sum / 36).Within(1e-6));
    }

    [Test]
    public void ALabelThatIsNoClassMakesTheLossNaN(
        [ValueSource(nameof(Devices))] string device, [Values] bool isBefore,
        [Values(3, 100)] int classes)
    {
        int label = isBefore ? -1 : classes;
        var graph = new Graph.Graph();
        var x = graph.Input("x", TensorType.Float(2, classes));
        var labels = graph.Input("labels", new TensorType(ElementType.Int32, new Shape(2)));
        var loss = Losses.CrossEntropy(graph, x, labels, ignoreIndex: 255);
        var gradient = Gradients.Append(graph, loss, x)[0]!;
        using var runner = new GraphRunner(TestDevices.Get(device), graph);
        runner.Set(x, HostTensor.Random(1, 2, classes));
        runner.Set(labels, HostTensor.OfInts(new Shape(2), [1, label]));
        runner.Run();

        Assert.That(runner.Get(loss).Floats[0], Is.NaN);
        Assert.That(runner.Get(gradient).Floats[classes + 1], Is.NaN);
    }

    [Test]
    public void LossesOfDifferentTypesAreRefused()
    {
        var graph = new Graph.Graph();
        var x = graph.Input("x", TensorType.Float(2, 3));
        var t = graph.Input("t", TensorType.Float(3));

        Assert.That(
            () => Losses.MeanSquaredError(graph, x, t),
            Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 3]"));
    }

    private static Optimiser OptimiserOf(GoldenFile golden)
    {
        float rate = golden.Attributes.GetProperty("lr").GetSingle();
        return golden.Operation switch
        {
            "sgd" => new Sgd(rate),
            "sgd_momentum_nesterov" => new Sgd(rate, Of("momentum"), true, Of("weight_decay")),
            "rmsprop" => new RmsProp(rate, Of("alpha"), Of("epsilon")),
            "adam" => new Adam(rate, Of("beta1"), Of("beta2"), Of("epsilon")),
            "adamw" => new AdamW(rate, Of("beta1"), Of("beta2"), Of("epsilon"), Of("weight_decay")),
            var other => throw new InvalidDataException(other),
        };

        double Of(string name) => golden.Attributes.GetProperty(name).GetDouble();
    }

    private static HostTensor RowOf(HostTensor tensor, int row)
    {
        int count = (int)tensor.Shape.Product(1, tensor.Shape.Rank);
        return HostTensor.Of(
            new Shape(tensor.Shape.Sizes[1..]), tensor.Floats.Slice(row * count, count));
    }

    /// <summary>A plan of nothing but a step, whose gradient and loss are inputs.</summary>
    private sealed class Step : IDisposable
    {
        private readonly ConstantStore _constants;
        private readonly VariableStore _variables;
        private readonly ExecutionPlan _plan;
        private readonly Variable _weights;

        public Step(
            Device device, Optimiser optimiser, HostTensor weights, bool isGuarded, float? maxNorm)
        {
            Optimiser = optimiser;
            _constants = new ConstantStore(device);
            _variables = new VariableStore(device);
            _weights = new Variable("w", weights.Type, weights.Data, isConstant: false);
            var graph = new Graph.Graph();
            var gradient = graph.Input("gradient", weights.Type);
            var loss = graph.Input("loss", TensorType.Float());
            var guard = isGuarded ? StepGuard.Append(graph, loss, [gradient], maxNorm) : null;
            SkippedInRow = guard?.SkippedInRow!;
            optimiser.Append(graph, [(_weights, gradient)], guard);
            graph.Output(graph.Add(new Pointwise(Unary.Square), "unused", loss));
            _plan = ExecutionPlan.Compile(graph, device, _constants, _variables);
        }

        public Optimiser Optimiser { get; }

        public Variable SkippedInRow { get; }

        public HostTensor Weights
        {
            get
            {
                var data = new byte[_weights.Type.Bytes];
                _variables.Read(_weights, data);
                return new HostTensor(_weights.Type, data);
            }
        }

        public void Run(HostTensor gradient, float loss = 1)
        {
            _plan.SetInput(0, gradient.Data);
            float[] losses = [loss];
            _plan.SetInput(1, MemoryMarshal.AsBytes<float>(losses));
            _plan.Run();
        }

        public float Number(Variable variable)
        {
            var data = new byte[sizeof(float)];
            _variables.Read(variable, data);
            return BitConverter.ToSingle(data);
        }

        public void Write(Variable variable, float value) =>
            _variables.Write(variable, BitConverter.GetBytes(value));

        public void Dispose()
        {
            _plan.Dispose();
            _variables.Dispose();
            _constants.Dispose();
        }
    }
}
