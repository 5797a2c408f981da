using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>What a model says of itself, what its graphs share, and what it refuses.</summary>
public sealed class OnnxModelTests
{
    [TestCase(false)]
    [TestCase(true)]
    public void GraphsForOtherSizesShareVariables(bool asConstantNodes)
    {
        var b = new OnnxModelBuilder(opset: 13)
        {
            WeightsAsConstants = asConstantNodes, HalfWeights = asConstantNodes,
        };
        var x = b.DynamicInput("x", ["n", null, "h", "w"], 1, 3, 8, 8);
        x = b.Binary("Mul", b.Relu(b.Conv(x, 4, 3)), b.Uniform(1, 2, 1, 4, 1, 1));
        x = b.Gemm(b.FlattenByShape(b.GlobalAveragePool(x)), 5);
        using var model = OnnxModel.Of(b.Output("y", x).Build());

        var small = model.Instantiate(new Shape(1, 3, 8, 8));
        var large = model.Instantiate(new Shape(2, 3, 16, 24));

        Assert.That(small.Variables, Has.Count.EqualTo(5));
        Assert.That(large.Variables, Is.EquivalentTo(small.Variables));
        Assert.That(large.Outputs[0].Shape, Is.EqualTo(new Shape(2, 5)));
    }

    [Test]
    public void FreeSizesAreDeclaredAndRun()
    {
        var b = new OnnxModelBuilder(opset: 11);
        var x = b.DynamicInput("x", ["n", null, "h", "w"], 1, 3, 8, 8);
        var proto = b.Output(b.Upsample(b.Conv(x, 4, 3, 2), 2), declareShape: false).Build();
        using var model = OnnxModel.Of(proto);

        Assert.That(model.Inputs[0].ToString(), Is.EqualTo("x: Float32[n, 3, h, w]"));
        foreach (long[] shape in (long[][])[[1, 3, 8, 8], [3, 3, 5, 12]])
        {
            OnnxComparison.Check(
                proto, new Dictionary<string,
                    ReferenceTensor>
                { ["x"] = ReferenceTensor.Random(1, shape) });
        }
    }

    [Test]
    public void PicturesAreTurnedOnceAtEitherEnd()
    {
        using var model = OnnxModel.Of(ReferenceModels.UNet(size: 32));

        var transposes = model.Instantiate().Nodes.Where(n => n.Operator is Transpose).ToList();

        // The output has one channel: turning it moves nothing.
        Assert.That(transposes, Has.Count.EqualTo(1));
        Assert.That(transposes[0].Inputs[0]!.Name, Is.EqualTo("input"));
        Assert.That(model.Inputs[0].Layout, Is.EqualTo(TensorLayout.Nchw));
        Assert.That(model.Outputs[0].Layout, Is.EqualTo(TensorLayout.Nchw));
    }

    [Test]
    public void PicturesOfOtherOriginAreNotTurned()
    {
        var b = new OnnxModelBuilder();
        var x = b.Conv(b.Transpose(b.Input("x", 1, 8, 8, 3), 0, 3, 1, 2), 4, 3);
        using var model = OnnxModel.Of(b.Output("y", b.Transpose(x, 0, 2, 3, 1)).Build());

        Assert.That(
            model.Instantiate().Nodes, Has.None.Matches<Node>(n => n!.Operator is Transpose));
        Assert.That(model.Inputs[0].Layout, Is.EqualTo(TensorLayout.Nhwc));
        Assert.That(model.Outputs[0].Layout, Is.EqualTo(TensorLayout.Nhwc));
    }

    [Test]
    public void TokensOfAPictureMoveNothing()
    {
        var b = new OnnxModelBuilder();
        var x = b.Conv(b.Transpose(b.Input("x", 2, 6, 7, 3), 0, 3, 1, 2), 8, 3);
        x = b.Transpose(b.Reshape(x, 2, 8, 42), 0, 2, 1);
        using var model = OnnxModel.Of(b.Output("y", b.MatMul(x, b.Weight(8, 1, 8, 5))).Build());

        Assert.That(
            model.Instantiate().Nodes, Has.None.Matches<Node>(n => n!.Operator is Transpose));
    }

    [Test]
    public void AllUnsupportedOperatorsAreListedAtOnce()
    {
        var b = new OnnxModelBuilder(opset: 13);
        var x = b.Input("x", 1, 3, 8, 8);
        x = b.Unary("Det", b.Relu(x));
        x = b.Unary("MaxRoiPool", b.Conv(x, 4, 3));
        string pooled = b.Node("MaxPool", [x.Name], ("kernel_shape", (long[])[2, 2, 2, 2]));
        var y = b.Relu(b.Input("y", 3, 3));
        string wide = b.Node("Expand", [y.Name, b.Node("ArgMax", [y.Name])]);
        var proto = b.Output(new OnnxValue(pooled)).Output(new OnnxValue(wide)).Build();
        proto.Graph!.Node[0].Domain = "com.example";
        using var model = OnnxModel.Of(proto, "net");

        var error = Assert.Throws<UnsupportedOperatorsException>(() => model.Instantiate())!;

        Assert.That(error.Operators.Select(o => o.Operator), Is.EquivalentTo(
            ["com.example.Relu", "Det", "MaxRoiPool", "MaxPool", "Expand"]));
        Assert.That(error.Message, Does.StartWith("net: 5 nodes cannot be imported:"));
        Assert.That(error.Message, Does.Contain("windows of 4 dimensions are not supported"));
        Assert.That(error.Message, Does.Contain("the sizes that it expands to depend on data"));
        Assert.That(model.Unsupported(), Is.EqualTo(error.Operators));
        Assert.That(error.Operators[0].Node, Is.EqualTo(proto.Graph.Node[0].Name));
    }

    [Test]
    public void ActivationsOfRecurrentLayersAreRefusedByName()
    {
        var b = new OnnxModelBuilder();
        string y = b.Node(
            "LSTM",
            [
                b.Input("x", 5, 2, 3).Name, b.Weight(3, 1, 1, 16, 3).Name,
                b.Weight(4, 1, 1, 16, 4).Name,
            ],
            ("hidden_size", 4), ("activations", (string[])["Sigmoid", "Tanh", "Softsign"]));
        using var model = OnnxModel.Of(b.Output(new OnnxValue(y), declareShape: false).Build());

        Assert.That(
            model.Unsupported().Single().Reason,
            Is.EqualTo("activations Sigmoid, Tanh, Softsign are not supported"));
    }

    [Test]
    public void ShapeErrorsNameTheNode()
    {
        var b = new OnnxModelBuilder();
        var x = b.DynamicInput("x", ["n", "c"], 1, 4);
        string y = b.Node("MatMul", [x.Name, b.Weight(4, 1, 4, 5).Name]);
        var proto = b.Output(new OnnxValue(y), declareShape: false).Build();
        proto.Graph!.Node[0].Name = "dense";
        using var model = OnnxModel.Of(proto);

        Assert.That(
            () => model.Instantiate(new Shape(1, 6)),
            Throws.TypeOf<ShapeException>().With.Message.StartsWith("node 'dense': ")
                .And.Message.Contains("[1, 6]").And.Message.Contains("[4, 5]"));
    }

    [Test]
    public void CyclesAreNamed()
    {
        var proto = Chain();
        proto.Graph!.Node[0].Input[0] = proto.Graph.Node[2].Output[0];

        AssertBad(proto, "nodes wait for one another", "'a'", "'b'", "'c'");
    }

    [Test]
    public void UnknownNamesAreNamed()
    {
        var proto = Chain();
        proto.Graph!.Node[1].Input[0] = "missing";

        AssertBad(proto, "nothing computes 'missing'", "graph.node[1] (Relu 'b').input[0]");
    }

    [Test]
    public void NamesComputedTwiceAreNamed()
    {
        var proto = Chain();
        proto.Graph!.Node[1].Output[0] = proto.Graph.Node[0].Output[0];

        AssertBad(proto, "is there already", "graph.node[1] (Relu 'b').output[0]");
    }

    [Test]
    public void NodesInAnyOrderRun()
    {
        var proto = Chain();
        proto.Graph!.Node.Reverse();
        using var model = OnnxModel.Of(proto);

        Assert.That(model.Instantiate().Nodes.Select(n => n.Name), Is.EqualTo(["a", "b", "c"]));
    }

    [Test]
    public void BadAttributesNameTheField()
    {
        var b = new OnnxModelBuilder();
        string y = b.Node(
            "Conv", [b.Input("x", 1, 3, 8, 8).Name, b.Weight(27, 1, 4, 3, 3, 3).Name],
            ("strides", (long[])[1, 1, 1]));
        var proto = b.Output(new OnnxValue(y), declareShape: false).Build();
        using var model = OnnxModel.Of(proto);

        Assert.That(
            () => model.Instantiate(),
            Throws.TypeOf<ModelFormatException>().With.Message.EqualTo(
                "bad ONNX model: 3 numbers where 2 belong, "
                + "in graph.node[0] (Conv 'Conv_1').strides"));
    }

    [TestCase(0)]
    [TestCase(22)]
    public void OtherOperatorSetsAreRefused(int opset) =>
        AssertBad(
            new OnnxModelBuilder(opset: opset).Build(),
            $"operator set {opset} is not supported, 1 to 21 are");

    private static ModelProto Chain()
    {
        var b = new OnnxModelBuilder();
        var x = b.Relu(b.Unary("Abs", b.Unary("Relu", b.Unary("Neg", b.Input("x", 3)))));
        var proto = b.Output(x).Build();
        proto.Graph!.Node.RemoveAt(0);
        proto.Graph.Node[0].Input[0] = "x";
        (proto.Graph.Node[0].OpType, proto.Graph.Node[0].Name) = ("Neg", "a");
        (proto.Graph.Node[1].OpType, proto.Graph.Node[1].Name) = ("Relu", "b");
        proto.Graph.Node[2].Name = "c";
        return proto;
    }

    private static void AssertBad(ModelProto proto, params string[] parts)
    {
        var error = Assert.Throws<ModelFormatException>(() => OnnxModel.Of(proto))!;
        foreach (string part in parts)
        {
            Assert.That(error.Message, Does.Contain(part));
        }
    }
}
