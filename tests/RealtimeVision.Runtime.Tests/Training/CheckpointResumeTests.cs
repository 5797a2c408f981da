using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Trainings that go on from a file beside one that never stopped.</summary>
public sealed class CheckpointResumeTests
{
    private const int Batches = 31;

    [Test]
    public void AStopAndAResumeAreTheUninterruptedRun([Values(1, 7, 9, 15, 30)] int stop)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("c.safetensors");
        using var device = new CpuDevice(1);
        using var whole = new Run(device);
        using var before = new Run(device);
        using var after = new Run(device);
        for (int batch = 0; batch < Batches; batch++)
        {
            whole.Train(batch);
        }

        for (int batch = 0; batch < stop; batch++)
        {
            before.Train(batch);
        }

        before.Save(path, stop);
        for (long batch = after.Load(path); batch < Batches; batch++)
        {
            after.Train((int)batch);
        }

        Assert.That(after.Bits(), Is.EqualTo(whole.Bits()));
    }

    /// <summary>
    /// A regression: Adam under a warm-up and a plateau, three batches a step, averaged weights.
    /// </summary>
    private sealed class Run : IDisposable
    {
        private readonly Variable _weights = TrainingProgram.Variable("w", 1, 6, 3);
        private readonly Adam _adam = new(0.01f);
        private readonly WeightAverage _average = new(0.9);
        private readonly GradientAccumulator _accumulator;
        private readonly TrainingProgram _program;
        private readonly ExecutionPlan _microStep;
        private readonly ExecutionPlan _step;
        private readonly LearningRateSchedule _schedule =
            new WarmUpSchedule(new OnPlateauSchedule(0.5f, 0, 0.1f), Steps: 4);
        private TrainerProgress _progress = new();

        public Run(CpuDevice device)
        {
            _program = new TrainingProgram(device);
            _accumulator = new GradientAccumulator([_weights]);
            var (graph, loss, gradient) = Model();
            _accumulator.AppendMicroStep(graph, loss, [gradient]);
            _microStep = _program.Compile(graph);

            (graph, loss, gradient) = Model();
            var (mean, gradients) = _accumulator.AppendStep(graph, loss, [gradient]);
            var guard = StepGuard.Append(graph, mean, gradients, maxNorm: 1);
            var updated = _adam.Append(graph, [(_weights, gradients[0])], guard);
            _average.Append(graph, [(_weights, updated[0])], guard);
            _step = _program.Compile(graph);
        }

        private IEnumerable<Variable> All =>
            [_weights, .. _adam.Variables, .. _average.Variables, .. _accumulator.Variables];

        public void Train(int batch)
        {
            _program.Write(
                _adam.LearningRate,
                _schedule.At(0.01f, new SchedulePosition(batch, Batches, 10), _progress.Schedule));
            var plan = batch % 3 == 2 ? _step : _microStep;
            TrainingProgram.Run(
                plan, TrainingProgram.Numbers(batch, 24), TrainingProgram.Numbers(-batch, 12));
            _progress.Schedule = _schedule.Observe(
                _progress.Schedule, plan.ReadOutput(0).As<float>()[0],
                MetricDirection.LowerIsBetter);
        }

        public void Save(string path, int steps)
        {
            _progress.Steps = steps;
            var state = new CheckpointState { Progress = _progress };
            Checkpoint.Capture(_program.Variables, All, state).Save(path);
        }

        public long Load(string path)
        {
            var checkpoint = Checkpoint.Load(path);
            checkpoint.Restore(_program.Variables, All);
            _progress = checkpoint.State.Progress;
            return _progress.Steps;
        }

        public uint[] Bits() =>
            [.. All.SelectMany(v => MemoryMarshal.Cast<float, uint>(_program.Read(v)).ToArray())];

        public void Dispose() => _program.Dispose();

        private (Graph Graph, Value Loss, Value Gradient) Model()
        {
            var graph = new Graph();
            var x = graph.Input("x", TensorType.Float(4, 6));
            var y = graph.Input("y", TensorType.Float(4, 3));
            var w = graph.Variable(_weights);
            var product = graph.Add(new MatMul(), "product", x, w);
            var output = graph.Add(new Pointwise(Unary.Tanh), "out", product);
            var loss = Losses.MeanSquaredError(graph, output, y);
            graph.Output(loss, "loss");
            return (graph, loss, Gradients.Append(graph, loss, w)[0]!);
        }
    }
}
