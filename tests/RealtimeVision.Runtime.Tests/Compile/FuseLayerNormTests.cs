using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Tests.Import;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Compile;

/// <summary>Layer normalisations that are spelled out; each runs fused and as it is.</summary>
public class FuseLayerNormTests
{
    private Graph _graph = null!;
    private Value _x = null!;

    [SetUp]
    public void SetUp()
    {
        _graph = new Graph();
        _x = _graph.Input("x", TensorType.Float(2, 6, 5, 4));
    }

    [TestCase(false, false)]
    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public void IsOneNode(bool multiplied, bool reciprocal)
    {
        _graph.Output(Norm([-1], multiplied, reciprocal));

        Assert.That(CompiledPair.Check(_graph), Is.EqualTo("LayerNorm"));
    }

    [Test]
    public void TakesInScaleAndOffset([Values] bool isLeading)
    {
        int[] sizes = isLeading ? [1, 1, 5, 4] : [5, 4];
        var y = Function(Binary.Multiply, Norm([2, 3]), Parameter("gamma", sizes));
        _graph.Output(Function(Binary.Add, Parameter("beta", sizes), y));

        Assert.That(CompiledPair.Check(_graph), Is.EqualTo("LayerNorm"));
    }

    [Test]
    public void LeavesWhatBroadcastsWithinAPlace()
    {
        _graph.Output(Function(Binary.Multiply, Norm([2, 3]), Parameter("gamma", 4)));

        Assert.That(
            CompiledPair.Check(_graph), Is.EqualTo("LayerNorm, Pointwise(Multiply)"));
    }

    [Test]
    public void LeavesANormThatOthersRead()
    {
        var y = Norm([-1]);
        _graph.Output(Function(Binary.Multiply, y, Parameter("gamma", 4)));
        _graph.Output(y);

        Assert.That(
            CompiledPair.Check(_graph), Is.EqualTo("LayerNorm, Pointwise(Multiply)"));
    }

    [Test]
    public void LeavesMeansOfOtherDimensions([Values(1, 2)] int axis)
    {
        _graph.Output(Norm([axis]));

        Assert.That(CompiledPair.Check(_graph), Does.Not.Contain("LayerNorm"));
    }

    [Test]
    public void LeavesMeansThatAreNotOfTheSame()
    {
        var y = _graph.Input("y", _x.Type);
        var mean = _graph.Add(new Reduce(ReduceKind.Mean, [3]), "mean", y);
        var d = Function(Binary.Subtract, _x, mean);
        _graph.Output(Function(Binary.Divide, d, Deviation(d, [3])));

        Assert.That(CompiledPair.Check(_graph), Does.Not.Contain("LayerNorm"));
    }

    /// <summary>As PyTorch exports it, of the channels of a picture.</summary>
    [Test]
    public void IsFoundInAModel()
    {
        var b = new OnnxModelBuilder();
        string x = b.Conv(b.Input("x", 2, 3, 9, 11), 8, 3).Name;
        string d = b.Node("Sub", [x, Mean(x)]);
        string variance = Mean(b.Node("Pow", [d, b.Scalar(2)]));
        string deviation = b.Node("Sqrt", [b.Node("Add", [variance, b.Scalar(1e-6f)])]);
        string y = b.Node("Mul", [b.Node("Div", [d, deviation]), b.Uniform(1, 2, 8, 1, 1).Name]);
        y = b.Node("Add", [y, b.Uniform(-1, 1, 8, 1, 1).Name]);
        b.Output(new OnnxValue(y), declareShape: false);
        var proto = b.Build();

        OnnxComparison.Check(proto);
        using var model = OnnxModel.Of(proto);
        using var device = new CpuDevice(1);
        using var session = new Session(model, device);
        Assert.That(
            CompiledPair.Describe(session.GetPlan().Graph),
            Is.EqualTo("Transpose, Conv2D, LayerNorm, Transpose"));

        string Mean(string value) => b.Node("ReduceMean", [value], ("axes", (long[])[1]));
    }

    private Value Norm(IntList axes, bool multiplied = false, bool reciprocal = false)
    {
        var mean = _graph.Add(new Reduce(ReduceKind.Mean, axes), "mean", _x);
        var d = Function(Binary.Subtract, _x, mean);
        var deviation = Deviation(d, axes, multiplied);
        return reciprocal
            ? Function(Binary.Multiply, d, Function(Unary.Reciprocal, deviation))
            : Function(Binary.Divide, d, deviation);
    }

    private Value Deviation(Value d, IntList axes, bool multiplied = false)
    {
        var square = multiplied ? Function(Binary.Multiply, d, d) : Function(Unary.Square, d);
        var variance = _graph.Add(new Reduce(ReduceKind.Mean, axes), "variance", square);
        return Function(
            Unary.Sqrt, Function(Binary.Add, variance, _graph.Constant("epsilon", default, [1e-5f])));
    }

    private Value Function(UnaryFunction function, Value x) =>
        _graph.Add(new Pointwise(function), $"n{_graph.Nodes.Count}", x);

    private Value Function(BinaryFunction function, Value x, Value y) =>
        _graph.Add(new Pointwise(function), $"n{_graph.Nodes.Count}", x, y);

    private Value Parameter(string name, params ReadOnlySpan<int> sizes)
    {
        var type = TensorType.Float(sizes);
        return _graph.Variable(
            new Variable(name, type, CompiledPair.RandomData(type, name.Length)));
    }
}
