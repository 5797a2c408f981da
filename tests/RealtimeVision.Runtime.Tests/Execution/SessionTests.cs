using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Tests.Compile;

namespace RealtimeVision.Runtime.Tests.Execution;

public class SessionTests
{
    private CpuDevice _device = null!;

    [SetUp]
    public void SetUp() => _device = new CpuDevice(1);

    [TearDown]
    public void TearDown() => _device.Dispose();

    [Test]
    public void RunsAtAnySizeThatTheModelDeclares()
    {
        using var session = Open();
        foreach (int batch in (int[])[1, 3, 1])
        {
            var outputs = session.Run(new Dictionary<string, Tensor> { ["x"] = Ones(batch, 64) });

            Assert.That(outputs["y"].Shape, Is.EqualTo(new Shape(batch, 64)));
            Assert.That(outputs["y"].As<float>().ToArray(), Is.All.EqualTo(6));
        }

        Assert.That(session.PlanCount, Is.EqualTo(2));
    }

    [Test]
    public void WrongInputsAreNamedWithWhatIsExpected()
    {
        using var session = Open();

        AssertRefused(
            "test: input 'x' has to be Float32[batch, 64], Float32[2, 65] was given",
            ("x", Ones(2, 65)));
        AssertRefused(
            "test: input 'x' has to be Float32[batch, 64], Int32[1, 64] was given",
            ("x", new Tensor(new TensorType(ElementType.Int32, new Shape(1, 64)))));
        AssertRefused("test: input x: Float32[batch, 64] was not given");
        AssertRefused(
            "test has no input 'z'; it takes x: Float32[batch, 64]",
            ("x", Ones(1, 64)),
            ("z", Ones(1, 64)));

        void AssertRefused(string message, params (string, Tensor)[] inputs) => Assert.That(
            () => session.Run(inputs.ToDictionary(i => i.Item1, i => i.Item2)),
            Throws.TypeOf<InputException>().With.Message.EqualTo(message));
    }

    [Test]
    public void LeastRecentlyUsedPlanGoesFirst()
    {
        long one;
        using (var probe = Open())
        {
            one = probe.GetPlan(new Shape(1, 64)).ArenaBytes;
        }

        // Arenas are proportional to the batch: 1 + 2 fit, and 1 + 3.
        using var session = Open(new SessionOptions { PlanCacheBytes = 4 * one });
        var first = session.GetPlan(new Shape(1, 64));
        var second = session.GetPlan(new Shape(2, 64));
        Assert.That(session.GetPlan(new Shape(1, 64)), Is.SameAs(first));
        var third = session.GetPlan(new Shape(3, 64));

        Assert.That(session.PlanCount, Is.EqualTo(2));
        Assert.That(session.PlanBytes, Is.LessThanOrEqualTo(4 * one));
        Assert.That(() => second.Run(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(session.GetPlan(new Shape(1, 64)), Is.SameAs(first));
        Assert.That(session.GetPlan(new Shape(3, 64)), Is.SameAs(third));

        var huge = session.GetPlan(new Shape(50, 64));
        Assert.That(session.PlanCount, Is.EqualTo(1), "the newest plan is kept whatever it takes");
        Assert.That(session.GetPlan(new Shape(50, 64)), Is.SameAs(huge));
    }

    [Test]
    public void FailureToCompileIsNotKept()
    {
        int builds = 0;
        var model = new TestModel((graph, x) => builds++ == 0 ? throw new ShapeException("no") : x);
        using var session = new Session(model, _device);

        Assert.That(() => session.GetPlan(new Shape(1, 64)), Throws.TypeOf<ShapeException>());
        Assert.That(session.GetPlan(new Shape(1, 64)).Outputs, Has.Count.EqualTo(1));
    }

    [Test]
    public void StateIsSharedByPlansOfAllSizes()
    {
        var state = new Variable("count", TensorType.Float(1), new byte[4], isConstant: false);
        var model = new TestModel((graph, x) =>
        {
            var one = graph.Constant("one", new Shape(1), [1f]);
            graph.Assign(state, graph.Add(new WeightedSum(), "next", graph.Variable(state), one));
            return graph.Add(new WeightedSum(), "y", x);
        });
        using var session = new Session(model, _device);
        foreach (int batch in (int[])[1, 2, 1])
        {
            session.Run(new Dictionary<string, Tensor> { ["x"] = Ones(batch, 64) });
        }

        var value = new byte[4];
        session.Variables.Read(state, value);
        Assert.That(BitConverter.ToSingle(value), Is.EqualTo(3));
    }

    [Test]
    public void PlansOfAllSizesShareFoldedWeights()
    {
        var weights = Constant("w", 64, 64);
        var scale = Constant("s", 64);
        var model = new TestModel((graph, x) => graph.Add(
            new Pointwise(Binary.Multiply),
            "scaled",
            graph.Add(new MatMul(), "product", x, graph.Variable(weights)),
            graph.Variable(scale)));
        using var session = new Session(model, _device);
        Assert.That(session.GetPlan(new Shape(2, 64)).Graph.Nodes, Has.Count.EqualTo(1));
        long bytes = session.Constants.Bytes;
        session.GetPlan(new Shape(3, 64));

        Assert.That(session.PlanCount, Is.EqualTo(2));
        Assert.That(session.Constants.Bytes, Is.EqualTo(bytes));

        static Variable Constant(string name, params ReadOnlySpan<int> sizes)
        {
            var type = TensorType.Float(sizes);
            return new Variable(name, type, CompiledPair.RandomData(type, 1));
        }
    }

    [Test]
    public void PlansAreMadeBesideARun()
    {
        using var session = Open();
        var plan = session.GetPlan(new Shape(1, 64));
        plan.SetInput(0, Ones(1, 64).Bytes);
        var making = Task.Run(() =>
        {
            for (int batch = 2; batch < 20; batch++)
            {
                session.GetPlan(new Shape(batch, 64));
            }
        });
        do
        {
            plan.Run();
            Assert.That(plan.ReadOutput(0).As<float>().ToArray(), Is.All.EqualTo(6));
        }
        while (!making.IsCompleted);

        making.GetAwaiter().GetResult();
        Assert.That(session.PlanCount, Is.EqualTo(19));
    }

    [Test]
    public void ModelCanStandInTheMiddleOfAGraph()
    {
        var model = Model();
        using var session = new Session(model, _device);
        var graph = new Graph();
        var x = graph.Input("frame", TensorType.Float(1, 64));
        var before = graph.Add(new WeightedSum(10), "before", x);
        graph.Output(graph.Add(new WeightedSum(0.5f), "after", model.Build(graph, [before])[0]));
        using var plan = session.Compile(graph);

        plan.SetInput(0, Ones(1, 64).Bytes);
        plan.Run();

        Assert.That(plan.ReadOutput(0).As<float>().ToArray(), Is.All.EqualTo(30));
    }

    private static TestModel Model() =>
        new((graph, x) =>
            graph.Add(new WeightedSum(2), "b", graph.Add(new WeightedSum(), "a", x, x, x)));

    private static Tensor Ones(int batch, int columns) =>
        Tensor.Of<float>(
            new Shape(batch, columns), Enumerable.Repeat(1f, batch * columns).ToArray());

    private Session Open(SessionOptions? options = null) => new(Model(), _device, options);
}
