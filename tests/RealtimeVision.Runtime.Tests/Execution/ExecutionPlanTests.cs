using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Execution;

public class ExecutionPlanTests
{
    private const int Count = 1000;

    private CpuDevice _device = null!;
    private ConstantStore _constants = null!;
    private VariableStore _variables = null!;

    [SetUp]
    public void SetUp()
    {
        _device = new CpuDevice(2);
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
    public void RunsNodesInOrder()
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(Count));
        var c = graph.Constant("c", new Shape(Count), Enumerable.Repeat(0.5f, Count).ToArray());
        var y = graph.Add(new WeightedSum(2), "y", x, c);
        var z = graph.Add(new WeightedSum(), "z", y, y, x);
        graph.Output(z, "out");
        using var plan = Compile(graph);

        Assert.That(RunOn(plan, 1), Is.EqualTo(Filled(7)));
        Assert.That(RunOn(plan, 2), Is.EqualTo(Filled(12)));
        Assert.That(plan.IndexOfOutput("out"), Is.Zero);
        Assert.That(plan.IndexOfInput("nothing"), Is.EqualTo(-1));
    }

    [Test]
    public void ViewsShareMemoryOfInputsConstantsAndVariables()
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(2, Count / 2));
        var c = graph.Constant("c", new Shape(Count), Filled(3));
        var state = State("s", 4);
        var flat = new ViewAs(new Shape(10, Count / 10));
        var sum = graph.Add(
            new WeightedSum(),
            "sum",
            graph.Add(flat, "vx", x),
            graph.Add(flat, "vc", c),
            graph.Add(flat, "vs", graph.Variable(state)));
        graph.Output(graph.Add(new ViewAs(new Shape(Count)), "out", sum));
        using var plan = Compile(graph);

        Assert.That(RunOn(plan, 1), Is.EqualTo(Filled(8)));
    }

    [Test]
    public void InputsConstantsAndVariablesCanBeOutputs()
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(Count));
        graph.Output(x, "a");
        graph.Output(graph.Constant("c", new Shape(Count), Filled(3)), "b");
        graph.Output(graph.Variable(State("s", 4)), "c");
        graph.Output(x, "d");
        using var plan = Compile(graph);

        Assert.That(RunOn(plan, 1), Is.EqualTo(Filled(1)));
        Assert.That(plan.ReadOutput(1).As<float>().ToArray(), Is.EqualTo(Filled(3)));
        Assert.That(plan.ReadOutput(2).As<float>().ToArray(), Is.EqualTo(Filled(4)));
        Assert.That(plan.ReadOutput(3).As<float>().ToArray(), Is.EqualTo(Filled(1)));
    }

    [Test]
    public void WrongOrMissingInputNamesItself()
    {
        using var plan = Compile(Chain(1));

        Assert.That(
            () => plan.SetInput(0, new byte[3]),
            Throws.TypeOf<InputException>().With.Message.EqualTo(
                "input 'x' (Float32[1000]) has 4000 bytes, 3 were given"));
        Assert.That(
            () => plan.Run(),
            Throws.TypeOf<InputException>().With.Message.EqualTo(
                "input 'x' (Float32[1000]) has not been set"));
        Assert.That(
            () => plan.ReadOutput(0, new byte[4]),
            Throws.ArgumentException.With.Message.Contains("output 'n0'"));
    }

    [Test]
    public void NotANumberPassesThroughUnlessChecked()
    {
        var values = Filled(1);
        values[7] = float.NaN;
        using var plan = Compile(Chain(1));
        plan.SetInput(0, MemoryMarshal.AsBytes<float>(values));
        plan.Run();
        Assert.That(plan.ReadOutput(0).As<float>()[7], Is.NaN);

        using var careful = Compile(Chain(1), new CompileOptions { CheckInputs = true });
        Assert.That(
            () => careful.SetInput(0, MemoryMarshal.AsBytes<float>(values)),
            Throws.TypeOf<InputException>().With.Message.EqualTo("input 'x' holds NaN at index 7"));
    }

    [Test]
    public void OperatorsWithoutKernelAreAllNamed()
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(4));
        graph.Output(graph.Add(new Kernelless(), "b", graph.Add(new Kernelless(), "a", x)));

        Assert.That(
            () => Compile(graph),
            Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(
                "device 'cpu' has no kernel for Kernelless 'a', Kernelless 'b'"));
    }

    [Test]
    public void RunAllocatesNothing()
    {
        var state = State("s", 1);
        var graph = Chain(8);
        Accumulate(graph, state);
        using var plan = Compile(graph);
        var bytes = MemoryMarshal.AsBytes<float>(Filled(1)).ToArray();
        var result = new byte[bytes.Length];
        Frames(3);

        // Threads of the test host allocate now and then, so the process is looked at several
        // times.
        long own = GC.GetAllocatedBytesForCurrentThread();
        long least = long.MaxValue;
        for (int i = 0; i < 500 && least > 0; i++)
        {
            long before = GC.GetTotalAllocatedBytes(true);
            Frames(10);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(true) - before);
        }

        Frames(100);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - own, Is.Zero);
        Assert.That(least, Is.Zero);

        void Frames(int count)
        {
            for (int i = 0; i < count; i++)
            {
                plan.SetInput(0, bytes);
                plan.Run();
                plan.ReadOutput(0, result);
                while (!plan.RunSlice(TimeSpan.FromMilliseconds(0.01)))
                {
                }

                _ = plan.PeekOutput(0).Length;
            }
        }
    }

    [Test]
    public void SlicesGiveWhatARunGives([Values(0.0, 0.005, 1000.0)] double milliseconds)
    {
        var state = State("s", 0);
        var graph = Chain(12);
        Accumulate(graph, state);
        using var plan = Compile(graph);
        var expected = RunOn(plan, 3);
        Assert.That(Read(state), Is.EqualTo(expected));

        for (int frame = 1; frame <= 3; frame++)
        {
            int slices = 1;
            plan.SetInput(0, MemoryMarshal.AsBytes<float>(Filled(3)));
            while (!plan.RunSlice(TimeSpan.FromMilliseconds(milliseconds)))
            {
                slices++;
                Assert.That(plan.IsMidRun);
                Assert.That(
                    () => plan.SetInput(0, MemoryMarshal.AsBytes<float>(Filled(3))),
                    Throws.InvalidOperationException);
                // Nothing is written before the end.
                Assert.That(Read(state)[0], Is.EqualTo(expected[0] * frame));
            }

            Assert.That(plan.IsMidRun, Is.False);
            Assert.That(plan.ReadOutput(0).As<float>().ToArray(), Is.EqualTo(expected));
            Assert.That(Read(state)[0], Is.EqualTo(expected[0] * (frame + 1)));
            if (milliseconds == 0)
            {
                // 62 pieces a step, two threads: 31 rounds a step.
                Assert.That(slices, Is.GreaterThanOrEqualTo(12 * 31));
            }
        }
    }

    [Test]
    public void SecondThreadIsRefused()
    {
        ExecutionPlan plan = null!;
        var refused = new List<Exception?>();
        var graph = new Graph();
        var probe = new Probe(() => refused.Add(Assert.Catch(() => plan.Run())));
        graph.Output(graph.Add(probe, "p", graph.Input("x", TensorType.Float(8))));
        using (plan = Compile(graph))
        {
            plan.SetInput(0, new byte[32]);
            plan.Run();
        }

        Assert.That(refused, Has.Exactly(1).With.Message.Contains("one run at a time"));
        Assert.That(() => plan.Run(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void ReadsSeeTheValueFromBeforeTheRun()
    {
        // Fibonacci: a, b = b, a + b. The assignments have to take effect together.
        var a = State("a", 0);
        var b = State("b", 1);
        var graph = new Graph();
        graph.Assign(a, graph.Variable(b));
        graph.Assign(b, graph.Add(new WeightedSum(), "sum", graph.Variable(a), graph.Variable(b)));
        using var plan = Compile(graph);

        var seen = new List<float>();
        for (int i = 0; i < 8; i++)
        {
            plan.Run();
            seen.Add(Read(a)[0]);
        }

        Assert.That(seen, Is.EqualTo(new float[] { 1, 1, 2, 3, 5, 8, 13, 21 }));
        _variables.Reset();
        Assert.That(Read(b), Is.EqualTo(Filled(1)));
        _variables.Write(a, MemoryMarshal.AsBytes<float>(Filled(10)));
        plan.Run();
        Assert.That(Read(b), Is.EqualTo(Filled(11)));
    }

    [Test]
    public void CancelledOrFailedRunWritesNothing([Values] bool cancelled)
    {
        var state = State("s", 1);
        using var source = new CancellationTokenSource();
        bool isTrouble = false;
        var graph = new Graph();
        var sum = graph.Add(new WeightedSum(2), "sum", graph.Variable(state));
        var probe = graph.Add(new Probe(Trouble), "probe", sum);
        graph.Assign(state, sum);
        graph.Output(graph.Add(new WeightedSum(), "last", probe));
        using var plan = Compile(graph);

        plan.Run();
        Assert.That(Read(state)[0], Is.EqualTo(2));
        isTrouble = true;
        Assert.That(
            () => plan.Run(source.Token),
            cancelled
                ? Throws.TypeOf<OperationCanceledException>()
                : Throws.TypeOf<TimeoutException>());
        Assert.That(Read(state), Is.EqualTo(Filled(2)));
        isTrouble = false;
        plan.Run();
        Assert.That(Read(state)[0], Is.EqualTo(4));

        void Trouble()
        {
            if (isTrouble && !cancelled)
            {
                throw new TimeoutException();
            }

            if (isTrouble)
            {
                source.Cancel();
            }
        }
    }

    [Test]
    public void WarmUpWritesNothing()
    {
        var state = State("s", 1);
        var graph = new Graph();
        graph.Assign(state, graph.Add(new WeightedSum(2), "sum", graph.Variable(state)));
        using var plan = Compile(graph);

        plan.WarmUp();

        Assert.That(Read(state)[0], Is.EqualTo(1));
    }

    private static float[] Filled(float value) => Enumerable.Repeat(value, Count).ToArray();

    private static Variable State(string name, float value) => new(
        name,
        TensorType.Float(Count),
        MemoryMarshal.AsBytes<float>(Filled(value)).ToArray(),
        isConstant: false);

    /// <summary>Adds the first output to a state in each run.</summary>
    private static void Accumulate(Graph graph, Variable state) => graph.Assign(
        state, graph.Add(new WeightedSum(), "sum", graph.Variable(state), graph.Outputs[0]));

    private static Graph Chain(int nodes)
    {
        var graph = new Graph();
        var value = graph.Input("x", TensorType.Float(Count));
        for (int i = 0; i < nodes; i++)
        {
            value = graph.Add(new WeightedSum(0.75f), $"n{i}", value, value);
        }

        graph.Output(value);
        return graph;
    }

    private ExecutionPlan Compile(Graph graph, CompileOptions? options = null) =>
        ExecutionPlan.Compile(graph, _device, _constants, _variables, options);

    private float[] Read(Variable variable)
    {
        var values = new float[Count];
        _variables.Read(variable, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static float[] RunOn(ExecutionPlan plan, float value)
    {
        plan.SetInput(0, MemoryMarshal.AsBytes<float>(Filled(value)));
        plan.Run();
        return plan.ReadOutput(0).As<float>().ToArray();
    }

    private sealed record Kernelless : Operator
    {
        public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];
    }
}
