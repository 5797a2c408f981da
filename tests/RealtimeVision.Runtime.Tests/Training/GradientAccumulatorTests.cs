using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Steps of several batches beside steps of one as large as all of them.</summary>
public sealed class GradientAccumulatorTests
{
    private const int MicroBatch = 4;
    private const int Features = 6;

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(8)]
    public void SeveralBatchesAreOneLargeBatch(int batches)
    {
        using var device = new CpuDevice(1);
        using var accumulating = new Accumulating(device);
        using var large = new Large(device, batches * MicroBatch);
        for (int step = 0; step < 10; step++)
        {
            var (x, y) = Data(step, batches * MicroBatch);
            large.Run(x, y);
            accumulating.Run(x, y, batches);

            Assert.That(
                accumulating.Weights(), Is.EqualTo(large.Weights()).Within(2e-6), $"step {step}");
            Assert.That(accumulating.Loss, Is.EqualTo(large.Loss).Within(1e-5));
        }

        Assert.That(accumulating.Sums(), Is.All.Zero);
    }

    [Test]
    public void ABatchThatIsNotFiniteSkipsItsWholeStep(
        [Values(0, 1, 2)] int bad, [Values(float.NaN, float.PositiveInfinity)] float value)
    {
        using var device = new CpuDevice(1);
        using var accumulating = new Accumulating(device);
        using var plain = new Accumulating(device);
        for (int step = 0; step < 3; step++)
        {
            var (x, y) = Data(step, 3 * MicroBatch);
            plain.Run(x, y, 3);
            float[] before = accumulating.Weights();
            float[] broken = [.. x];
            broken[(bad * MicroBatch * Features) + 2] = value;
            float[] seen = accumulating.Run(broken, y, 3);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(accumulating.Weights(), Is.EqualTo(before));
                Assert.That(accumulating.SkippedInRow, Is.EqualTo(1));
                Assert.That(accumulating.Sums(), Is.All.Zero);
                Assert.That(seen, Is.All.Not.NaN, "statistics pass over the batch");
            }

            accumulating.Run(x, y, 3);
            Assert.That(accumulating.SkippedInRow, Is.Zero);
        }

        Assert.That(accumulating.Weights(), Is.EqualTo(plain.Weights()));
    }

    [Test]
    public void OtherDevicesFollowTheCpu()
    {
        var others = DeviceList.Find()
            .Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null).ToList();
        if (others.Count == 0)
        {
            Assert.Ignore("neither a CUDA nor an OpenCL device is here");
        }

        using var cpu = new CpuDevice(1);
        using var expected = new Accumulating(cpu);
        var (x, y) = Data(1, 3 * MicroBatch);
        expected.Run(x, y, 3);
        foreach (var found in others)
        {
            using var device = DeviceList.Open(found.Id);
            using var accumulating = new Accumulating(device);
            accumulating.Run([float.NaN, .. x[1..]], y, 3);
            Assert.That(accumulating.Sums(), Is.All.Zero, found.Id);
            accumulating.Run(x, y, 3);
            Assert.That(
                accumulating.Weights(), Is.EqualTo(expected.Weights()).Within(1e-5), found.Id);
        }
    }

    [Test]
    public void AStepMayHaveFewerBatches()
    {
        using var device = new CpuDevice(1);
        using var accumulating = new Accumulating(device);
        using var large = new Large(device, 2 * MicroBatch);
        var (x, y) = Data(1, 2 * MicroBatch);
        accumulating.Run(x, y, 2);
        large.Run(x, y);
        accumulating.Run(x, y, 2);
        large.Run(x, y);

        Assert.That(accumulating.Weights(), Is.EqualTo(large.Weights()).Within(2e-6));
    }

    [Test]
    public void AStepThatWasStoppedBetweenItsBatchesStartsAgain()
    {
        using var device = new CpuDevice(1);
        using var accumulating = new Accumulating(device);
        using var plain = new Accumulating(device);
        var (x, y) = Data(1, 2 * MicroBatch);
        accumulating.RunMicroStep(x, y, 0);

        accumulating.Reset();
        accumulating.Run(x, y, 2);
        plain.Run(x, y, 2);

        Assert.That(accumulating.Weights(), Is.EqualTo(plain.Weights()));
    }

    [Test]
    public void GradientsThatDoNotFitAreRefused()
    {
        var graph = new Graph();
        var loss = graph.Input("loss", TensorType.Float());
        var gradient = graph.Input("gradient", TensorType.Float(3));
        var two = TrainingProgram.Variable("two", 1, 2);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new GradientAccumulator([two]).AppendMicroStep(graph, loss, [gradient]),
                Throws.TypeOf<ShapeException>().With.Message.Contains("two"));
            Assert.That(
                () => new GradientAccumulator([two, two]).AppendStep(graph, loss, [gradient]),
                Throws.ArgumentException);
        }
    }

    private static (float[] X, float[] Y) Data(int seed, int count) =>
        (TrainingProgram.Numbers(seed, count * Features),
            TrainingProgram.Numbers(seed + 100, count));

    /// <summary>A regression with one hidden layer, its loss and gradients.</summary>
    private sealed class Model
    {
        private readonly Variable[] _weights =
        [
            TrainingProgram.Variable("w1", 1, Features, 5), TrainingProgram.Variable("b1", 2, 5),
            TrainingProgram.Variable("w2", 3, 5, 1),
        ];

        public IReadOnlyList<Variable> Weights => _weights;

        public (Graph Graph, Value X, Value Loss, IReadOnlyList<Value> Gradients) Build(int batch)
        {
            var graph = new Graph();
            var x = graph.Input("x", TensorType.Float(batch, Features));
            var y = graph.Input("y", TensorType.Float(batch, 1));
            Value[] w = [.. _weights.Select(graph.Variable)];
            var hidden = graph.Add(new MatMul(), "hidden", x, w[0], w[1]);
            hidden = graph.Add(new Pointwise(Unary.Tanh), "tanh", hidden);
            var loss = Losses.MeanSquaredError(
                graph, graph.Add(new MatMul(), "out", hidden, w[2]), y);
            var gradients = Gradients.Append(graph, loss, w);
            return (graph, x, loss, [.. gradients.Select(g => g!)]);
        }
    }

    private sealed class Large : IDisposable
    {
        private readonly Model _model = new();
        private readonly TrainingProgram _program;
        private readonly ExecutionPlan _plan;

        public Large(Device device, int batch)
        {
            _program = new TrainingProgram(device);
            var (graph, _, loss, gradients) = _model.Build(batch);
            var guard = StepGuard.Append(graph, loss, gradients, maxNorm: 1);
            new Adam(0.01f).Append(graph, [.. _model.Weights.Zip(gradients)], guard);
            graph.Output(loss, "loss");
            _plan = _program.Compile(graph);
        }

        public float Loss => _plan.ReadOutput(0).As<float>()[0];

        public void Run(float[] x, float[] y) => TrainingProgram.Run(_plan, x, y);

        public float[] Weights() => [.. _model.Weights.SelectMany(_program.Read)];

        public void Dispose() => _program.Dispose();
    }

    private sealed class Accumulating : IDisposable
    {
        private readonly Model _model = new();
        private readonly Variable _seen = TrainingProgram.Variable("seen", 1);
        private readonly GradientAccumulator _accumulator;
        private readonly TrainingProgram _program;
        private readonly ExecutionPlan _microStep;
        private readonly ExecutionPlan _step;
        private readonly StepGuard _guard;

        public Accumulating(Device device)
        {
            _program = new TrainingProgram(device);
            _accumulator = new GradientAccumulator(_model.Weights);
            var (micro, x, loss, gradients) = _model.Build(MicroBatch);
            AssignSeen(micro, x, _accumulator.AppendMicroStep(micro, loss, gradients));
            micro.Output(loss, "loss");
            _microStep = _program.Compile(micro);

            (var graph, x, loss, gradients) = _model.Build(MicroBatch);
            (loss, gradients) = _accumulator.AppendStep(graph, loss, gradients);
            _guard = StepGuard.Append(graph, loss, gradients, maxNorm: 1);
            AssignSeen(graph, x, _guard);
            new Adam(0.01f).Append(graph, [.. _model.Weights.Zip(gradients)], _guard);
            graph.Output(loss, "loss");
            _step = _program.Compile(graph);
        }

        public float Loss => _step.ReadOutput(0).As<float>()[0];

        public float SkippedInRow => _program.Read(_guard.SkippedInRow)[0];

        /// <summary>Runs all batches; gives what the statistic was after each.</summary>
        public float[] Run(float[] x, float[] y, int batches)
        {
            var seen = new float[batches];
            for (int i = 0; i < batches - 1; i++)
            {
                RunMicroStep(x, y, i);
                seen[i] = _program.Read(_seen)[0];
                Assert.That(
                    Sums(), Is.All.Not.NaN.And.All.InRange(-1e9f, 1e9f), "they can be saved");
            }

            Run(_step, x, y, batches - 1);
            seen[^1] = _program.Read(_seen)[0];
            return seen;
        }

        public void RunMicroStep(float[] x, float[] y, int i) => Run(_microStep, x, y, i);

        public float[] Weights() => [.. _model.Weights.SelectMany(_program.Read)];

        public float[] Sums() =>
        [
            .. _accumulator.Variables.Where(v => !v.Name.Contains("skipped"))
                .SelectMany(_program.Read),
        ];

        public void Reset() => _accumulator.Reset(_program.Variables);

        public void Dispose() => _program.Dispose();

        private static void Run(ExecutionPlan plan, float[] x, float[] y, int i) =>
            TrainingProgram.Run(
                plan, x.AsSpan(i * MicroBatch * Features, MicroBatch * Features).ToArray(),
                y.AsSpan(i * MicroBatch, MicroBatch).ToArray());

        // Stands for a running statistic: the sum of the inputs that were last seen.
        private void AssignSeen(Graph graph, Value x, StepGuard guard) =>
            guard.Assign(
                graph, _seen,
                graph.Add(new Reduce(ReduceKind.Sum, [], KeepDims: false), "seen/sum", x));
    }
}
