using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.TfLite;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>
/// TFLite files as such: what is read, and that nothing that is wrong in one does more harm than an
/// error that names its place.
/// </summary>
public class TfLiteModelFileTests
{
    [Test]
    public void DeclaresInputsAndOutputs()
    {
        using var model = TfLiteModel.Of(Small(), "small");
        Assert.That(model.Inputs.Single().ToString(), Is.EqualTo("x: Float32[1, 6, 6, 3]"));
        Assert.That(model.Inputs.Single().Layout, Is.EqualTo(TensorLayout.Nhwc));
        Assert.That(model.Outputs.Single().ToString(), Is.EqualTo("y: Float32[1, 3, 3, 4]"));
        Assert.That(model.Instantiate().Outputs[0].Shape, Is.EqualTo(new Shape(1, 3, 3, 4)));
    }

    [Test]
    public void IsKnownByItsContent()
    {
        using var folder = new TemporaryDirectory();
        string path = Path.Combine(folder.Path, "model.onnx");
        File.WriteAllBytes(path, Small());
        using var model = ModelFile.Load(path);
        Assert.That(model, Is.TypeOf<TfLiteModel>());
    }

    [Test]
    public void SizesOfTheSignatureAreFree()
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", TfLiteModelBuilder.Float32, 0, [1, 4], [-1, 4]);
        int y = b.Tensor("y", TfLiteModelBuilder.Float32, 0, [1, 4], [-1, 4]);
        b.Node("RELU", [x], [y]);
        using var model = TfLiteModel.Of(b.Build([x], [y]));
        Assert.That(model.Inputs[0].ToString(), Is.EqualTo("x: Float32[?, 4]"));
        Assert.That(model.Instantiate(new Shape(7, 4)).Outputs[0].Shape, Is.EqualTo(new Shape(7, 4)));
    }

    [Test]
    public void NamesAllUnsupportedNodes()
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 1, 8, 8, 3);
        int[] y = [.. Enumerable.Range(0, 6).Select(i => b.Tensor($"y{i}", 1, 8, 8, 3))];
        int quantised = b.Tensor(
            "q", TfLiteModelBuilder.Int8, 0, [1, 8, 8, 3], scales: [0.5f]);
        b.Node("SVDF", [x], [y[0]]);
        b.Node("RELU", [y[0]], [y[1]]);
        b.Custom("MaxPoolingWithArgmax2D", [x], [y[2]]);
        b.Node("QUANTIZE", [x], [quantised]);
        b.Node("DEQUANTIZE", [quantised], [y[3]]);
        b.Custom("Mystery", [x], [y[4]]);
        b.Node("COS", [y[4]], [y[5]]);
        using var model = TfLiteModel.Of(b.Build([x], [y[1], y[5]]));
        var e = Assert.Throws<UnsupportedOperatorsException>(() => model.Instantiate())!;
        Assert.That(
            e.Operators.Select(o => $"{o.Operator} {o.Node}"),
            Is.EqualTo(new[]
            {
                "SVDF y0", "CUSTOM MaxPoolingWithArgmax2D y2", "QUANTIZE q", "DEQUANTIZE y3",
                "CUSTOM Mystery y4", "COS y5",
            }));
        Assert.That(e.Operators[3].Reason, Does.Contain("'q' is quantised to INT8"));
        Assert.That(model.Unsupported(), Is.EqualTo(e.Operators));
    }

    [Test]
    public void ErrorsNameFieldAndByte()
    {
        byte[] file = Small();
        var e = Assert.Throws<ModelFormatException>(
            () => TfLiteModel.Of(file[..(file.Length / 2)]))!;
        Assert.That(e.Format, Is.EqualTo("TFLite"));
        Assert.That(e.Message, Does.Contain("truncated"));
        Assert.That(e.Offset, Is.Not.Null);
        Assert.That(e.FieldPath, Is.Not.Empty);
    }

    [Test]
    public void BadReferencesAreNamed()
    {
        Fails(b => b.Node("RELU", [99], [1]), "subgraphs[0].operators[0].inputs[0]");
        Fails(b => b.Node("RELU", [0], [-7]), "subgraphs[0].operators[0].outputs[0]");
        Fails(b => b.Node("RELU", [1], [1]), "subgraphs[0].operators[0].inputs");
        Fails(b => b.Tensor("z", TfLiteModelBuilder.Float32, 5, [1]), "subgraphs[0].tensors[2].buffer");
        Fails(b => b.Tensor("z", 1, -1), "subgraphs[0].tensors[2].shape");
        Fails(b => b.Constant(new float[3], 4), "subgraphs[0].tensors[2].buffer");
        Fails(b => b.Version = 2, "version");

        static void Fails(Action<TfLiteModelBuilder> spoil, string field)
        {
            var b = new TfLiteModelBuilder();
            int x = b.Tensor("x", 1, 4);
            int y = b.Tensor("y", 1, 4);
            spoil(b);
            byte[] file = b.Build([x], [y]);
            var e = Assert.Throws<ModelFormatException>(() => TfLiteModel.Of(file));
            Assert.That(e!.FieldPath, Is.EqualTo(field), e.Message);
        }
    }

    [Test]
    public void PartsThatOverlapAreAnError()
    {
        // Nodes that all have their inputs from one long vector: small as a file, large when read.
        var b = new TfLiteModelBuilder { SharesInputs = true };
        int x = b.Tensor("x", 1, 4);
        int[] y = [.. Enumerable.Range(0, 400).Select(i => b.Tensor($"y{i}", 1, 4))];
        foreach (int i in y)
        {
            b.Node("ADD_N", [.. Enumerable.Repeat(x, 4000)], [i]);
        }

        byte[] file = b.Build([x], [y[0]]);
        Assert.That(
            () => TfLiteModel.Of(file),
            Throws.TypeOf<ModelFormatException>().With.Message.Contains("overlap"));
    }

    [Test]
    public void EveryCutIsAnError()
    {
        byte[] file = Small();
        for (int length = 0; length < file.Length; length++)
        {
            byte[] cut = file[..length];
            try
            {
                using var model = TfLiteModel.Of(cut);
                model.Instantiate();
                Assert.Fail($"{length} of {file.Length} bytes made a model");
            }
            catch (ModelFormatException)
            {
            }
        }
    }

    [Test]
    public void NoDamageDoesMoreThanAnError()
    {
        byte[] file = Small();
        var random = new Random(1);
        byte[] extremes = [0, 1, 2, 4, 16, 127, 128, 254, 255];
        for (int run = 0; run < 20_000; run++)
        {
            byte[] damaged = [.. file];
            for (int flips = random.Next(1, 5); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = random.Next(2) == 0
                    ? (byte)random.Next(256)
                    : extremes[random.Next(extremes.Length)];
            }

            try
            {
                using var model = TfLiteModel.Of(damaged);
                model.Instantiate();
            }
            catch (Exception e) when (e is ModelFormatException or UnsupportedOperatorsException
                or ShapeException or InputException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"run {run}: {e}");
            }
        }
    }

    [Test]
    public void ConstantsThatUnfoldAreNotComputed()
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 4);
        int wide = b.Tensor("wide", TfLiteModelBuilder.Int32, 0, [1 << 30]);
        int part = b.Tensor("part", TfLiteModelBuilder.Int32, 0, [1]);
        int y = b.Tensor("y", 4);
        b.Node("PAD", [b.Integers([4]), b.Integers([0, (1 << 30) - 1], 1, 2)], [wide]);
        b.Node("SLICE", [wide, b.Integers([0]), b.Integers([1])], [part]);
        b.Node("RESHAPE", [x, part], [y]);
        using var model = TfLiteModel.Of(b.Build([x], [y]));
        var e = Assert.Throws<UnsupportedOperatorsException>(() => model.Instantiate())!;
        Assert.That(e.Operators.Single().Operator, Is.EqualTo("RESHAPE"));
    }

    // A little of everything that a file may hold.
    private static byte[] Small()
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 1, 6, 6, 3);
        int half = b.Halves(new Half[4 * 3 * 3 * 3], 4, 3, 3, 3);
        int weights = b.Tensor("weights", 4, 3, 3, 3);
        int bias = b.Random(2, 4);
        int conv = b.Tensor("conv", 1, 3, 3, 4);
        int mean = b.Tensor("mean", 1, 1, 1, 4);
        int scaled = b.Tensor("scaled", 1, 3, 3, 4);
        int padded = b.Tensor("padded", 1, 5, 5, 4);
        int part = b.Tensor("part", 1, 3, 3, 4);
        int wide = b.Tensor("wide", 1, 6, 6, 4);
        int up = b.Tensor("up", 1, 6, 6, 1);
        int flat = b.Tensor("flat", 1, 36);
        int y = b.Tensor("y", 1, 3, 3, 4);
        b.Node("DEQUANTIZE", [half], [weights]);
        b.Node("CONV_2D", [x, weights, bias], [conv], (0, (byte)0), (1, 2), (2, 2), (3, (byte)3));
        b.Node("MEAN", [conv, b.Integers([1, 2])], [mean], (0, true));
        b.Node("MUL", [conv, mean], [scaled], (0, (byte)1));
        b.Node("PAD", [scaled, b.Integers([0, 0, 1, 1, 1, 1, 0, 0], 4, 2)], [padded]);
        b.Node(
            "STRIDED_SLICE",
            [padded, b.Integers([0, 1, 1, 0]), b.Integers([1, 4, 4, 4]), b.Integers([1, 1, 1, 1])],
            [part], (0, 9), (1, 9));
        b.Node("RESIZE_BILINEAR", [part, b.Integers([6, 6])], [wide], (3, true));
        b.Custom(
            "Convolution2DTransposeBias", [part, b.Random(3, 1, 2, 2, 4), b.Random(4, 1)], [up],
            1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0);
        b.Node("RESHAPE", [up, b.Integers([1, 36])], [flat], (0, (int[])[1, 36]));
        b.Node("RESHAPE", [flat], [y], (0, (int[])[1, 3, 3, -1]));
        return b.Build([x], [y]);
    }
}
