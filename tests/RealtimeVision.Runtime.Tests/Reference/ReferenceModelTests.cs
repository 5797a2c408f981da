using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Reference;

/// <summary>
/// The models that other tests compare with are valid, and their activations sane.
/// </summary>
public sealed class ReferenceModelTests
{
    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void ResNet18Runs(int opset)
    {
        ReferenceTensor output = Run(ReferenceModels.ResNet18(opset: opset, size: 96))["output"];
        Assert.That(output.Shape, Is.EqualTo([1L, 1000L]));
        CheckSane(output);
    }

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void MobileNetV2Runs(int opset)
    {
        ReferenceTensor output = Run(ReferenceModels.MobileNetV2(opset: opset, size: 96))["output"];
        Assert.That(output.Shape, Is.EqualTo([1L, 1000L]));
        CheckSane(output);
    }

    [TestCase(9)]
    [TestCase(13)]
    [TestCase(21)]
    public void UNetRuns(int opset)
    {
        ReferenceTensor output = Run(ReferenceModels.UNet(opset: opset, size: 64))["output"];
        Assert.That(output.Shape, Is.EqualTo([1L, 1L, 64L, 64L]));
        Assert.That(output.Floats, Is.All.InRange(0f, 1f));
        CheckSane(output);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void LstmRuns(bool bidirectional)
    {
        Dictionary<string, ReferenceTensor> outputs =
            Run(ReferenceModels.Lstm(bidirectional: bidirectional));
        long directions = bidirectional ? 2 : 1;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(outputs["output"].Shape, Is.EqualTo([16L, 2L, 10L]));
            Assert.That(outputs["hn"].Shape, Is.EqualTo([directions, 2L, 48L]));
            Assert.That(outputs["cn"].Shape, Is.EqualTo([directions, 2L, 48L]));
        }

        CheckSane(outputs["output"]);
    }

    [Test]
    public void PublishedSizesAreMet()
    {
        using (Assert.EnterMultipleScope())
        {
            // torchvision counts 11,689,512 and 3,504,872, without the running statistics.
            Assert.That(Parameters(ReferenceModels.ResNet18()), Is.EqualTo(11_689_512));
            Assert.That(Parameters(ReferenceModels.MobileNetV2()), Is.EqualTo(3_504_872));
        }

        static long Parameters(ModelProto model)
        {
            HashSet<string> statistics = [.. model.Graph!.Node
                .Where(node => node.OpType == "BatchNormalization")
                .SelectMany(node => node.Input.Skip(3))];
            return model.Graph.Initializer
                .Where(tensor => tensor.DataType == OnnxDataType.Float && tensor.Dims.Count > 0
                    && !statistics.Contains(tensor.Name))
                .Sum(tensor => (long)OnnxTensor.ElementCount(tensor));
        }
    }

    [Test]
    public void FreeSidesTakeAnySize()
    {
        var b = new OnnxModelBuilder(opset: 11);
        OnnxValue x = b.DynamicInput("input", ["batch", null, "height", "width"], 1, 3, 8, 8);
        OnnxValue y = b.FlattenByShape(b.GlobalAveragePool(b.Relu(b.Conv(x, 4, 3))));
        ModelProto model = b.Output(b.Softmax(y, 1), declareShape: false).Build();

        ReferenceTensor output = OrtReference.Run(model, new Dictionary<string, ReferenceTensor>
        {
            ["input"] = ReferenceTensor.Random(1, 5, 3, 17, 6),
        }).Values.Single();

        Assert.That(output.Shape, Is.EqualTo([5L, 4L]));
    }

    [Test]
    public void SameSeedGivesTheSameModel()
    {
        byte[] unet = Bytes(ReferenceModels.UNet(3));
        byte[] random = Bytes(RandomNetwork.Create(5));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Bytes(ReferenceModels.UNet(3)), Is.EqualTo(unet));
            Assert.That(Bytes(RandomNetwork.Create(5)), Is.EqualTo(random));
            Assert.That(Bytes(RandomNetwork.Create(6)), Is.Not.EqualTo(random));
        }
    }

    [Test]
    public void RandomNetworksRunAndUseEveryOperator()
    {
        var operators = new HashSet<string>();
        for (int seed = 0; seed < 300; seed++)
        {
            ModelProto model = RandomNetwork.Create(seed);
            operators.UnionWith(model.Graph!.Node.Select(node => node.OpType));
            Dictionary<string, ReferenceTensor> outputs = Run(model);
            foreach (ValueInfoProto declared in model.Graph.Output)
            {
                ReferenceTensor output = outputs[declared.Name];
                long[] shape =
                    [.. declared.Type!.TensorType!.Shape!.Dim.Select(dim => dim.DimValue!.Value)];
                Assert.That(output.Shape, Is.EqualTo(shape), $"seed {seed}, {declared.Name}");
                if (output.IsFloat)
                {
                    Assert.That(output.Floats, Is.All.InRange(-1e5f, 1e5f), $"seed {seed}");
                }
            }
        }

        string[] expected =
        [
            "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "Resize",
            "Upsample", "BatchNormalization", "Gemm", "MatMul", "Softmax", "Concat", "Slice", "Pad",
            "Transpose", "Reshape", "ReduceMean", "ReduceSum", "ReduceMax", "Add", "Sub", "Mul",
            "Div", "Max", "Min", "Relu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish",
            "LeakyRelu", "Elu", "Softplus", "Cast", "Constant", "Neg", "Abs",
            "Exp", "Sqrt", "Erf", "Shape", "Gather", "Squeeze", "Unsqueeze", "Split", "ArgMax",
        ];
        Assert.That(operators, Is.SupersetOf(expected));
    }

    private static Dictionary<string, ReferenceTensor> Run(ModelProto model) =>
        OrtReference.Run(model, ReferenceTensor.RandomInputs(model));

    private static void CheckSane(ReferenceTensor output)
    {
        double mean = output.Floats.Average();
        double deviation = Math.Sqrt(output.Floats.Average(v => (v - mean) * (v - mean)));
        Assert.That(output.Floats, Is.All.InRange(-100f, 100f));
        Assert.That(deviation, Is.GreaterThan(0.01));
    }

    private static byte[] Bytes(ModelProto model)
    {
        using var stream = new MemoryStream();
        ProtoBuf.Serializer.Serialize(stream, model);
        return stream.ToArray();
    }
}
