using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>The average of weights beside a computation on the host.</summary>
public sealed class WeightAverageTests
{
    private const int Count = 37;

    [Test]
    public void TheAverageIsThatOfTheFormula([Values] bool isGuarded, [Values] bool warmsUp)
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device, new WeightAverage(0.8, warmsUp), isGuarded);
        double[] expected = [.. step.Average().Select(x => (double)x)];
        for (int t = 0; t < 60; t++)
        {
            step.Run(TrainingProgram.Numbers(t, Count));

            double decay = warmsUp ? Math.Min(0.8, (1.0 + t) / (10 + t)) : 0.8;
            float[] weights = step.Weights();
            for (int i = 0; i < Count; i++)
            {
                expected[i] = (decay * expected[i]) + ((1 - decay) * weights[i]);
            }

            Assert.That(step.Average(), Is.EqualTo(expected).Within(1e-5), $"update {t}");
        }
    }

    [Test]
    public void AStepThatIsNotTakenLeavesTheAverage()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device, new WeightAverage(), isGuarded: true);
        using var plain = new Step(device, new WeightAverage(), isGuarded: true);
        float[] nan = TrainingProgram.Numbers(9, Count);
        nan[5] = float.NaN;
        for (int t = 0; t < 5; t++)
        {
            float[] gradient = TrainingProgram.Numbers(t, Count);
            plain.Run(gradient);
            float[] before = step.Average();
            step.Run(nan);
            step.Run(gradient, loss: float.PositiveInfinity);
            Assert.That(step.Average(), Is.EqualTo(before));
            step.Run(gradient);
        }

        Assert.That(step.Average(), Is.EqualTo(plain.Average()));
        Assert.That(step.UpdateCount, Is.EqualTo(5));
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
        using var expected = new Step(cpu, new WeightAverage(), isGuarded: true);
        foreach (var found in others)
        {
            using var device = DeviceList.Open(found.Id);
            using var step = new Step(device, new WeightAverage(), isGuarded: true);
            step.Run(TrainingProgram.Numbers(1, Count));
            step.Run(TrainingProgram.Numbers(2, Count), loss: float.NaN);
            expected.Run(TrainingProgram.Numbers(1, Count));

            Assert.That(step.Average(), Is.EqualTo(expected.Average()).Within(1e-6), found.Id);
        }
    }

    [Test]
    public void ItStartsAgainFromTheWeightsOfAStore()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device, new WeightAverage(), isGuarded: false);
        step.Run(TrainingProgram.Numbers(1, Count));

        step.Restart();

        Assert.That(step.Average(), Is.EqualTo(step.Weights()));
        Assert.That(step.UpdateCount, Is.Zero);
    }

    [Test]
    public void WhatCannotBeAveragedIsRefused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new WeightAverage(1),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("decay"));
            Assert.That(
                () => new WeightAverage().Of(Variable.Constant("fixed", new Shape(1), [1f])),
                Throws.ArgumentException.With.Message.Contains("fixed"));
        }
    }

    /// <summary>An SGD step and the average, whose gradient and loss are inputs.</summary>
    private sealed class Step : IDisposable
    {
        private readonly TrainingProgram _program;
        private readonly ExecutionPlan _plan;
        private readonly WeightAverage _average;
        private readonly Variable _weights = TrainingProgram.Variable("w", 1, Count);

        public Step(Device device, WeightAverage average, bool isGuarded)
        {
            _average = average;
            _program = new TrainingProgram(device);
            var graph = new Graph();
            var gradient = graph.Input("gradient", _weights.Type);
            var loss = graph.Input("loss", TensorType.Float());
            var guard = isGuarded ? StepGuard.Append(graph, loss, [gradient]) : null;
            var updated = new Sgd(0.1f).Append(graph, [(_weights, gradient)], guard);
            average.Append(graph, [(_weights, updated[0])], guard);
            graph.Output(graph.Add(new Pointwise(Unary.Square), "unused", loss));
            _plan = _program.Compile(graph);
        }

        public float UpdateCount => _program.Read(_average.UpdateCount)[0];

        public void Run(float[] gradient, float loss = 1) =>
            TrainingProgram.Run(_plan, gradient, [loss]);

        public float[] Weights() => _program.Read(_weights);

        public float[] Average() => _program.Read(_average.Of(_weights));

        public void Restart() => _average.Restart(_program.Variables);

        public void Dispose() => _program.Dispose();
    }
}
