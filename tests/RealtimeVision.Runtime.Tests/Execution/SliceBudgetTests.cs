using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Execution;

/// <summary>What of a run is done in the time that a slice has.</summary>
public sealed class SliceBudgetTests
{
    private readonly FakeTime _time = new();
    private CpuDevice _device = null!;
    private ConstantStore _constants = null!;
    private VariableStore _variables = null!;

    [SetUp]
    public void SetUp()
    {
        _device = new CpuDevice(1);
        _constants = new ConstantStore(_device);
        _variables = new VariableStore(_device);
    }

    [TearDown]
    public void TearDown()
    {
        _variables.Dispose();
        _constants.Dispose();
        _device.Dispose();
    }

    [Test]
    public void ASliceTakesItsBudgetLessAPieceAtMost([Values(80, 100, 333, 1999)] int ticks)
    {
        (int Pieces, int Ticks)[] steps = [(7, 31), (1, 50), (20, 3), (4, 77), (300, 11), (1, 1)];
        using var plan = Compile(steps);
        var budget = new SliceBudget(_time);
        for (int run = 0; run < 3; run++)
        {
            bool isDone;
            do
            {
                long begin = _time.Ticks;
                budget.Begin(TimeSpan.FromTicks(ticks));
                isDone = plan.RunSlice(budget);
                long spent = _time.Ticks - begin;
                if (run > 0)
                {
                    Assert.That(spent, Is.LessThanOrEqualTo(ticks));
                    Assert.That(isDone || spent >= ticks - 77, $"{spent} of {ticks}");
                }
            }
            while (!isDone);
        }
    }

    [Test]
    public void APieceThatTakesLongerThanEverEndsTheSlice()
    {
        int ticks = 10;
        using var plan = Compile((100, () => ticks));
        var budget = new SliceBudget(_time);
        Assert.That(Slice(plan, budget, 10_000), Is.EqualTo(1000), "a whole run");
        ticks = 45;
        Assert.That(Slice(plan, budget, 100), Is.EqualTo(90), "it looked as if nine would fit");
    }

    [Test]
    public void EverySliceDoesAtLeastOnePiece()
    {
        using var plan = Compile([(5, 1000)]);
        var budget = new SliceBudget(_time);
        for (int run = 0; run < 2; run++)
        {
            for (int piece = 1; piece <= 5; piece++)
            {
                budget.Begin(TimeSpan.Zero);
                Assert.That(plan.RunSlice(budget), Is.EqualTo(piece == 5));
            }
        }
    }

    [Test]
    public void WhatWasUsedOfABudgetBeforeThePlanCounts()
    {
        using var plan = Compile([(100, 10)]);
        var budget = new SliceBudget(_time);
        Slice(plan, budget, 10_000);
        var other = new CostHistory();
        budget.Begin(TimeSpan.FromTicks(100));
        Assert.That(budget.TryBegin(other), Is.True);
        _time.Ticks += 70;
        budget.Done();
        long begin = _time.Ticks;
        Assert.That(plan.RunSlice(budget), Is.False);
        Assert.That(_time.Ticks - begin, Is.EqualTo(20));
        Assert.That(budget.TryBegin(other), Is.False);
    }

    [Test]
    public void VariablesAreWrittenInOneGoByASliceThatHasTheTime()
    {
        var state = new Variable("s", TensorType.Float(4), new byte[16], isConstant: false);
        var graph = new Graph();
        Value x = graph.Input("x", TensorType.Float(4));
        Value y = graph.Add(new TimedPieces(_time, 4, () => 10), "y", x);
        graph.Assign(state, y);
        graph.Output(y);
        using var plan = Compile(graph);
        float[] values = [1, 1, 1, 1];
        plan.SetInput(0, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
        var budget = new SliceBudget(_time);
        for (int piece = 1; piece <= 4; piece++)
        {
            budget.Begin(TimeSpan.Zero);
            Assert.That(plan.RunSlice(budget), Is.False);
            Assert.That(Read(), Is.Zero);
        }

        Assert.That(plan.IsMidRun, Is.True);
        budget.Begin(TimeSpan.Zero);
        Assert.That(plan.RunSlice(budget), Is.True);
        Assert.That(Read(), Is.EqualTo(1));

        float Read()
        {
            var bytes = new byte[16];
            _variables.Read(state, bytes);
            return BitConverter.ToSingle(bytes);
        }
    }

    [Test]
    public void CostsAreTheMostButForOutliers()
    {
        var cost = new CostHistory();
        Assert.That((cost.IsEmpty, cost.High), Is.EqualTo((true, 0L)));
        cost.Add(900);
        Assert.That(cost.High, Is.EqualTo(900));
        cost.Add(10);
        Assert.That(cost.High, Is.EqualTo(10), "the first was of a machine that had to wake up");
        for (int i = 0; i < 100; i++)
        {
            cost.Add(i % 25 == 0 ? 1_000_000 : 8 + (i % 5));
            Assert.That(cost.High, Is.LessThan(50));
        }

        for (int i = 0; i < 100; i++)
        {
            cost.Add(500);
        }

        Assert.That(cost.High, Is.EqualTo(500), "what lasts is no outlier");
        for (int i = 0; i < 100; i++)
        {
            cost.Add(5);
        }

        Assert.That(cost.High, Is.EqualTo(5));
    }

    private long Slice(ExecutionPlan plan, SliceBudget budget, long ticks)
    {
        long begin = _time.Ticks;
        budget.Begin(TimeSpan.FromTicks(ticks));
        plan.RunSlice(budget);
        return _time.Ticks - begin;
    }

    private ExecutionPlan Compile(params (int Pieces, int Ticks)[] steps) =>
        Compile([.. steps.Select(s => (s.Pieces, (Func<int>)(() => s.Ticks)))]);

    private ExecutionPlan Compile(params (int Pieces, Func<int> Ticks)[] steps)
    {
        var graph = new Graph();
        Value value = graph.Input("x", TensorType.Float(4));
        for (int i = 0; i < steps.Length; i++)
        {
            value = graph.Add(
                new TimedPieces(_time, steps[i].Pieces, steps[i].Ticks), $"n{i}", value);
        }

        graph.Output(value);
        ExecutionPlan plan = Compile(graph);
        plan.SetInput(0, new byte[16]);
        return plan;
    }

    private ExecutionPlan Compile(Graph graph) =>
        ExecutionPlan.Compile(graph, _device, _constants, _variables);

    /// <summary>The input, in pieces that take their time.</summary>
    private sealed record TimedPieces(FakeTime Time, int Pieces, Func<int> Ticks)
        : Operator, ICpuOperator
    {
        public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

        public void Prepare(CpuBindings b) => b.Add(
            new TimedStep(b.Input(0), b.Output(), Time, Ticks) { Label = "Timed", Pieces = Pieces });

        private sealed class TimedStep(
            CpuTensor input, CpuTensor output, FakeTime time, Func<int> ticks) : CpuStep
        {
            public override void Run(int piece, CpuWorker worker)
            {
                input.Span.CopyTo(output.Span);
                time.Ticks += ticks();
            }
        }
    }
}
