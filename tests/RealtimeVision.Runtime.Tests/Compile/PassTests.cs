using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Tests.Compile;

/// <summary>What the compiler makes of small graphs; each runs fused and as it is.</summary>
public class PassTests
{
    private static readonly Conv2D Padded = new(Size2.One, 1, Size2.One);

    private static readonly string[] Layers =
    [
        "conv", "depthwise", "grouped", "transposed", "transposed grouped", "linear",
        "transposed linear",
    ];

    private Graph _graph = null!;
    private Value _x = null!;

    [SetUp]
    public void SetUp()
    {
        _graph = new Graph();
        _x = _graph.Input("x", TensorType.Float(2, 6, 5, 4));
    }

    [Test]
    public void DeadNodesAreLeftOut()
    {
        Unary(Kernels.Functions.Unary.Exp, _x);
        _graph.Output(Unary(Kernels.Functions.Unary.Tanh, _x));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Tanh)"));
    }

    [Test]
    public void NodesOfConstantsAreComputedAhead()
    {
        var c = Random("c", 4);
        var folded = Unary(Kernels.Functions.Unary.Exp, Binary(Kernels.Functions.Binary.Add, c, c));
        var shaped = _graph.Add(new Reshape(new Shape(1, 1, 1, 4)), "shaped", folded);
        _graph.Output(Binary(Kernels.Functions.Binary.Divide, _x, shaped));
        _graph.Output(folded, "constant");

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Divide)"));
    }

    [Test]
    public void LargeResultsOfSmallConstantsStayNodes()
    {
        var column = Random("c", 4000, 1);
        var row = Random("r", 1, 4000);
        _graph.Output(Unary(Kernels.Functions.Unary.Relu, _x));
        _graph.Output(Binary(Kernels.Functions.Binary.Add, column, row));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Relu), Pointwise(Add)"));
    }

    [Test]
    public void EqualNodesAreComputedOnce()
    {
        var a = Unary(Kernels.Functions.Unary.Exp, _x);
        var b = Unary(Kernels.Functions.Unary.Exp, _x);
        var w1 = Random("w1", 3, 3, 4, 8);
        var w2 = _graph.Constant("w2", w1.Shape, w1.Variable!.As<float>());
        _graph.Output(_graph.Add(Padded, "c1", a, w1));
        _graph.Output(_graph.Add(Padded, "c2", b, w2));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Exp), Conv2D"));
    }

    [Test]
    public void NodesThatChangeNothingAreLeftOut()
    {
        var value = _graph.Add(new Reshape(_x.Shape), "r", _x);
        value = _graph.Add(new Transpose([0, 1, 2, 3]), "t", value);
        value = _graph.Add(new Pad([0, 0, 0, 0], [0, 0, 0, 0]), "p", value);
        value = _graph.Add(new Slice([0, 0, 0, 0], _x.Shape), "s", value);
        value = _graph.Add(new Concat(1), "c", value);
        value = Unary(Kernels.Functions.Unary.Affine, value, 1, 0);
        value = _graph.Add(new Reshape(new Shape(2, 120)), "r1", value);
        value = _graph.Add(new Reshape(new Shape(240)), "r2", value);
        _graph.Output(value);

        Assert.That(Compiled(), Is.EqualTo("Reshape"));
    }

    [Test]
    public void BackwardSliceStays()
    {
        _graph.Output(_graph.Add(new Slice([1, 0, 0, 0], _x.Shape, [-1, 1, 1, 1]), "s", _x));

        Assert.That(Compiled(), Is.EqualTo("Slice"));
    }

    [Test]
    public void TransposesCancelAcrossPointwiseNodesAndConcat()
    {
        var y = _graph.Input("y", _x.Type);
        var a = _graph.Add(new Transpose([0, 3, 1, 2]), "ta", _x);
        a = Unary(Kernels.Functions.Unary.Relu, a);
        var b = _graph.Add(new Transpose([0, 3, 1, 2]), "tb", y);
        b = Binary(Kernels.Functions.Binary.Multiply, b, Random("c", 4, 1, 1));
        var joined = _graph.Add(new Concat(1), "joined", a, b);
        _graph.Output(_graph.Add(new Transpose([0, 2, 3, 1]), "back", joined));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Relu), Pointwise(Multiply), Concat"));
    }

    [Test]
    public void TransposesInARowAreOne()
    {
        var t = _graph.Add(new Transpose([3, 0, 2, 1]), "t1", _x);
        _graph.Output(_graph.Add(new Transpose([1, 3, 0, 2]), "t2", t));

        Assert.That(Compiled(), Is.EqualTo("Transpose"));
    }

    [Test]
    public void TransposeOfSizesOfOneIsAView()
    {
        var y = _graph.Input("y", TensorType.Float(2, 1, 1, 7));
        _graph.Output(_graph.Add(new Transpose([0, 3, 1, 2]), "t", y));

        Assert.That(Compiled(), Is.EqualTo("Reshape"));
    }

    [Test]
    public void BatchNormsFoldIntoWeightsBeforeThem([ValueSource(nameof(Layers))] string layer)
    {
        var (op, x, w) = Layer(layer);
        var value = _graph.Add(op, layer, x, w);
        value = BatchNorm(value);
        value = Unary(Kernels.Functions.Unary.Relu, value);
        _graph.Output(value);

        Assert.That(Compiled(), Is.EqualTo($"{op.Name}(Relu)"));
    }

    [Test]
    public void ScalesFoldIntoWeightsAfterThem([ValueSource(nameof(Layers))] string layer)
    {
        var (op, x, w) = Layer(layer);
        // A value that someone else reads too cannot be scaled for the layer alone.
        var value = Unary(Kernels.Functions.Unary.Tanh, x);
        var scaled = Binary(Kernels.Functions.Binary.Multiply, value, Random("s", x.Shape[-1]));
        if (op is not ConvTranspose2D)
        {
            scaled = Binary(Kernels.Functions.Binary.Subtract, scaled, Random("m", x.Shape[-1]));
        }

        var bias = Random("b", op.Infer([x.Type, w.Type])[0].Shape[-1]);
        _graph.Output(_graph.Add(op, layer, scaled, w, bias));
        _graph.Output(value);

        Assert.That(Compiled(), Is.EqualTo($"Pointwise(Tanh), {op.Name}"));
    }

    [Test]
    public void ShiftDoesNotFoldPastPadding()
    {
        var scaled = Unary(Kernels.Functions.Unary.Affine, _x, 2, 1);
        _graph.Output(_graph.Add(Padded, "c", scaled, Random("w", 3, 3, 4, 8)));
        var factor = Unary(Kernels.Functions.Unary.Affine, _x, 2, 0);
        _graph.Output(_graph.Add(Padded, "d", factor, Random("v", 3, 3, 4, 8)));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Affine), Conv2D, Conv2D"));
    }

    [Test]
    public void PaddingWithZerosBecomesTheConvolutions([Values(0, 1)] int value)
    {
        var padded = _graph.Add(new Pad([0, 1, 0, 0], [0, 2, 1, 0], value), "p", _x);
        _graph.Output(_graph.Add(Padded, "c", padded, Random("w", 3, 3, 4, 8)));

        Assert.That(Compiled(), Is.EqualTo(value == 0 ? "Conv2D" : "Pad, Conv2D"));
    }

    [Test]
    public void LoneBatchNormIsFusedWithWhatFollows()
    {
        var value = Unary(Kernels.Functions.Unary.Relu, BatchNorm(_x));
        _graph.Output(_graph.Add(Padded, "c", value, Random("w", 3, 3, 4, 8)));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Multiply > Add > Relu), Conv2D"));
    }

    [Test]
    public void ResidualAdditionAndActivationJoinTheLaterConvolution()
    {
        var shortcut = _graph.Add(new Conv2D(), "shortcut", _x, Random("w0", 1, 1, 4, 8));
        var value = _graph.Add(Padded, "c1", _x, Random("w1", 3, 3, 4, 8));
        value = Unary(Kernels.Functions.Unary.Relu, BatchNorm(value));
        value = BatchNorm(_graph.Add(Padded, "c2", value, Random("w2", 3, 3, 8, 8)));
        value = Binary(Kernels.Functions.Binary.Add, shortcut, value);
        _graph.Output(Unary(Kernels.Functions.Unary.Relu, value));

        Assert.That(Compiled(), Is.EqualTo("Conv2D, Conv2D(Relu), Conv2D(Add > Relu)"));
    }

    [Test]
    public void ValuesThatOthersReadAreNotFused()
    {
        var value = _graph.Add(Padded, "c", _x, Random("w", 3, 3, 4, 8));
        _graph.Output(Unary(Kernels.Functions.Unary.Relu, value));
        _graph.Output(value);

        Assert.That(Compiled(), Is.EqualTo("Conv2D, Pointwise(Relu)"));
    }

    [Test]
    public void NodesOfOtherShapesAreNotFused()
    {
        // What is computed for a row would be computed again for each of the rows it broadcasts to.
        var row = Unary(Kernels.Functions.Unary.Exp, _graph.Input("row", TensorType.Float(4)));
        _graph.Output(Binary(Kernels.Functions.Binary.Add, _x, row));

        Assert.That(Compiled(), Is.EqualTo("Pointwise(Exp), Pointwise(Add)"));
    }

    [Test]
    public void GatedResidualIsOneProduct()
    {
        var gate = Unary(Kernels.Functions.Unary.Sigmoid, _graph.Add(
            new GlobalAvgPool2D(), "pool", _x));
        var gated = Binary(Kernels.Functions.Binary.Multiply, _x, gate);
        _graph.Output(Binary(Kernels.Functions.Binary.Add, _x, gated));

        Assert.That(
            Compiled(),
            Is.EqualTo("GlobalAvgPool2D, Pointwise(Sigmoid > Affine), Pointwise(Multiply)"));
    }

    [Test]
    public void LongChainsAreCut()
    {
        var value = _x;
        for (int i = 0; i < 3; i++)
        {
            value = Unary(Kernels.Functions.Unary.Tanh, Unary(Kernels.Functions.Unary.Abs, value));
        }

        _graph.Output(value);

        Assert.That(
            Compiled(), Is.EqualTo("Pointwise(Abs > Tanh > Abs > Tanh), Pointwise(Abs > Tanh)"));
    }

    [Test]
    public void VariablesAreNotFolded()
    {
        var state = new Variable("s", TensorType.Float(4), new byte[16], isConstant: false);
        var next = Binary(Kernels.Functions.Binary.Add, _graph.Variable(state), Random("c", 4));
        _graph.Assign(state, next);
        using var device = new CpuDevice(1);
        using var constants = new ConstantStore(device);
        var compiled = GraphCompiler.Optimise(_graph, constants, CompileOptions.Default);

        Assert.That(CompiledPair.Describe(compiled), Is.EqualTo("Pointwise(Add)"));
        Assert.That(compiled.Assignments, Has.Count.EqualTo(1));
    }

    [TestCase(UpsampleMode.Nearest)]
    [TestCase(UpsampleMode.Bilinear)]
    public void PointwiseConvolutionComesBeforeUpsampling(UpsampleMode mode)
    {
        var large = _graph.Add(new Upsample2D(12, 10, mode), "up", _x);
        var narrow = _graph.Add(
            new Conv2D(), "conv", large, Random("w", 1, 1, 4, 3), Random("b", 3));
        _graph.Output(Unary(Kernels.Functions.Unary.Relu, narrow));

        Assert.That(Compiled(), Is.EqualTo("Conv2D, Upsample2D, Pointwise(Relu)"));
    }

    [TestCase(12, 1, 5)]
    [TestCase(12, 3, 3)]
    [TestCase(3, 1, 3)]
    public void UpsamplingStaysWhereItsPlaceMatters(int rows, int kernel, int channels)
    {
        var other = _graph.Add(new Upsample2D(rows, 4, UpsampleMode.Bilinear), "up", _x);
        _graph.Output(_graph.Add(new Conv2D(), "conv", other, Random("w", kernel, kernel, 4, channels)));

        Assert.That(Compiled(), Is.EqualTo("Upsample2D, Conv2D"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void RangesOfChannelsAreConvolutionsOfTheirOwn(bool isTransposed)
    {
        Operator op = isTransposed ? new ConvTranspose2D(2) : Padded;
        var weights = isTransposed ? Random("w", 2, 2, 40, 4) : Random("w", 3, 3, 4, 40);
        var all = _graph.Add(op, "conv", _x, weights, Random("b", 40));
        _graph.Output(Range(all, 0, 16));
        _graph.Output(Unary(Kernels.Functions.Unary.Relu, Range(all, 16, 24)));

        Assert.That(Compiled(), Is.EqualTo(isTransposed
            ? "ConvTranspose2D, ConvTranspose2D(Relu)" : "Conv2D, Conv2D(Relu)"));
    }

    [Test]
    public void RangesOfChannelsOfWhatIsReadWholeStaySlices()
    {
        var all = _graph.Add(Padded, "conv", _x, Random("w", 3, 3, 4, 40));
        _graph.Output(Range(all, 0, 16));
        _graph.Output(all);

        Assert.That(Compiled(), Is.EqualTo("Conv2D, Slice"));
    }

    private Value Range(Value x, int from, int count) =>
        _graph.Add(new Slice([0, 0, 0, from], x.Shape.With(-1, count)), $"from {from}", x);

    private string Compiled() => CompiledPair.Check(_graph);

    private (Operator Op, Value X, Value Weights) Layer(string name) => name switch
    {
        "conv" => (new Conv2D(), _x, Random("w", 3, 2, 4, 8)),
        "depthwise" => (new Conv2D { Groups = 4 }, _x, Random("w", 3, 3, 1, 4)),
        "grouped" => (new Conv2D { Groups = 2 }, _x, Random("w", 3, 3, 2, 6)),
        "transposed" => (new ConvTranspose2D(2), _x, Random("w", 3, 3, 6, 4)),
        "transposed grouped" =>
            (new ConvTranspose2D(2) { Groups = 2 }, _x, Random("w", 3, 3, 3, 4)),
        "linear" => (new MatMul(), _x, Random("w", 4, 8)),
        _ => (new MatMul(TransposeB: true), _x, Random("w", 8, 4)),
    };

    private Value BatchNorm(Value x)
    {
        int channels = x.Shape[-1];
        string name = $"bn{_graph.Nodes.Count}";
        var root = Random($"{name}.root", channels).Variable!.As<float>().ToArray();
        var variance = Array.ConvertAll(root, r => r * r);
        return _graph.Add(
            new BatchNorm(1e-3f),
            name,
            x,
            Random($"{name}.gamma", channels),
            Random($"{name}.beta", channels),
            Random($"{name}.mean", channels),
            _graph.Constant($"{name}.variance", new Shape(channels), variance));
    }

    private Value Unary(UnaryFunction function, Value x, float a = 0, float b = 0) =>
        _graph.Add(new Pointwise(function, a, b), $"n{_graph.Nodes.Count}", x);

    private Value Binary(BinaryFunction function, Value x, Value y) =>
        _graph.Add(new Pointwise(function), $"n{_graph.Nodes.Count}", x, y);

    private Value Random(string name, params ReadOnlySpan<int> sizes)
    {
        var type = TensorType.Float(sizes);
        int seed = name.Sum(c => c) + _graph.Nodes.Count;
        return _graph.Variable(new Variable(name, type, CompiledPair.RandomData(type, seed)));
    }
}
