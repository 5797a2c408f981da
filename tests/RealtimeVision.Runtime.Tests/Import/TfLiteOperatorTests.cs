using RealtimeVision.Runtime.Import.TfLite;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>
/// Each TFLite operator against ONNX Runtime, which runs the same network written as ONNX.
/// </summary>
public class TfLiteOperatorTests
{
    private static readonly string[] Functions =
    [
        "ABS", "CEIL", "ELU", "EXP", "FLOOR", "HARD_SWISH", "LOGISTIC", "NEG", "RELU", "RELU6",
        "RELU_0_TO_1", "RELU_N1_TO_1", "SQUARE", "TANH",
    ];

    [TestCaseSource(nameof(Functions))]
    public void Function(string op) => Check([2, 3, 4, 5], [2, 3, 4, 5], (b, x, y) =>
        b.Node(op, [x], [y]));

    [TestCase("LOG")]
    [TestCase("SQRT")]
    [TestCase("RSQRT")]
    public void FunctionOfPositives(string op) => Check([2, 9], [2, 9], (b, x, y) =>
    {
        int square = b.Tensor("square", 2, 9);
        int positive = b.Tensor("positive", 2, 9);
        b.Node("SQUARE", [x], [square]);
        b.Node("ADD", [square, b.Constant([0.5f], 1)], [positive]);
        b.Node(op, [positive], [y]);
    });

    [Test]
    public void LeakyRelu() => Check([3, 7], [3, 7], (b, x, y) =>
        b.Node("LEAKY_RELU", [x], [y], (0, 0.3f)));

    [Test]
    public void PRelu([Values(1, 5)] int slopes) => Check([1, 3, 4, 5], [1, 3, 4, 5], (b, x, y) =>
        b.Node("PRELU", [x, b.Random(2, 1, 1, slopes)], [y]));

    [Test]
    public void Binary(
        [Values("ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE")] string op,
        [Values] bool isFirst) =>
        Check([1, 3, 4, 5], [1, 3, 4, 5], (b, x, y) =>
        {
            int c = b.Constant([0.5f, -1, 2, 3, -0.25f], 5);
            int shifted = b.Tensor("shifted", 1, 3, 4, 5);
            b.Node("ADD", [x, b.Constant([2f], 1)], [shifted], (0, (byte)0));
            b.Node(op, isFirst ? [shifted, c] : [c, shifted], [y], (0, (byte)0));
        });

    [Test]
    public void FusedActivation([Values(0, 1, 2, 3, 4)] int activation) =>
        Check([1, 3, 4, 5], [1, 3, 4, 5], (b, x, y) =>
        {
            int wide = b.Tensor("wide", 1, 3, 4, 5);
            b.Node("MUL", [x, b.Constant([9f], 1)], [wide], (0, (byte)0));
            b.Node("SUB", [wide, x], [y], (0, (byte)activation));
        });

    [Test]
    public void Conv(
        [Values(1, 2)] int stride, [Values(1, 2)] int dilation, [Values] bool isSame)
    {
        if (stride > 1 && dilation > 1)
        {
            return;
        }

        int span = (2 * dilation) + 1;
        int Side(int side) => (isSame ? side + stride - 1 : side - span + stride) / stride;
        Check([2, 10, 7, 3], [2, Side(10), Side(7), 8], (b, x, y) => b.Node(
            "CONV_2D", [x, b.Random(2, 8, 3, 3, 3), b.Random(3, 8)], [y],
            (0, Padding(isSame)), (1, stride), (2, stride), (3, (byte)1), (4, dilation),
            (5, dilation)));
    }

    [Test]
    public void ConvOfUnequalSides() => Check([1, 9, 8, 4], [1, 3, 8, 5], (b, x, y) => b.Node(
        "CONV_2D", [x, b.Random(2, 5, 4, 2, 4), b.Random(3, 5)], [y],
        (0, Padding(true)), (1, 1), (2, 3), (3, (byte)0)));

    [Test]
    public void ConvWithoutBias() => Check([1, 4, 4, 4], [1, 4, 4, 5], (b, x, y) => b.Node(
        "CONV_2D", [x, b.Random(2, 5, 1, 1, 4), -1], [y], (0, Padding(true)), (1, 1), (2, 1)));

    [Test]
    public void Depthwise([Values(1, 2)] int stride, [Values(1, 3)] int multiplier) => Check(
        [1, 8, 9, 4], [1, 8 / stride, (9 + stride - 1) / stride, 4 * multiplier],
        (b, x, y) => b.Node(
            "DEPTHWISE_CONV_2D",
            [x, b.Random(2, 1, 3, 3, 4 * multiplier), b.Random(3, 4 * multiplier)], [y],
            (0, Padding(true)), (1, stride), (2, stride), (3, multiplier), (4, (byte)3)));

    [TestCase(2, 2, true, 8)]
    [TestCase(3, 2, true, 8)]
    [TestCase(3, 2, true, 7)]
    [TestCase(4, 2, true, 8)]
    [TestCase(3, 2, false, 9)]
    [TestCase(2, 3, true, 12)]
    public void TransposeConv(int kernel, int stride, bool isSame, int side) => Check(
        [1, 4, 4, 6], [1, side, side, 3], (b, x, y) => b.Node(
            "TRANSPOSE_CONV",
            [b.Integers([1, side, side, 3]), b.Random(2, 3, kernel, kernel, 6), x], [y],
            (0, Padding(isSame)), (1, stride), (2, stride)));

    [TestCase(2, 2, 1, 8)]
    [TestCase(3, 2, 1, 8)]
    [TestCase(3, 2, 2, 9)]
    public void TransposeConvWithBias(int kernel, int stride, byte padding, int side) => Check(
        [1, 4, 4, 6], [1, side, side, 3], (b, x, y) => b.Custom(
            "Convolution2DTransposeBias",
            [x, b.Random(2, 3, kernel, kernel, 6), b.Random(3, 3)], [y],
            padding, 0, 0, 0, (byte)stride, 0, 0, 0, (byte)stride, 0, 0, 0));

    [Test]
    public void Pool(
        [Values("AVERAGE_POOL_2D", "MAX_POOL_2D")] string op, [Values] bool isSame) => Check(
            [1, 7, 8, 5], isSame ? [1, 4, 4, 5] : [1, 3, 3, 5], (b, x, y) => b.Node(
                op, [x], [y], (0, Padding(isSame)), (1, 2), (2, 2), (3, 3), (4, 3), (5, (byte)1)));

    [Test]
    public void PoolOfThePicture() => Check([1, 7, 8, 5], [1, 1, 1, 5], (b, x, y) => b.Node(
        "AVERAGE_POOL_2D", [x], [y], (0, Padding(false)), (1, 8), (2, 7), (3, 8), (4, 7)));

    [TestCase("RESIZE_BILINEAR", false, false)]
    [TestCase("RESIZE_BILINEAR", true, false)]
    [TestCase("RESIZE_BILINEAR", false, true)]
    [TestCase("RESIZE_NEAREST_NEIGHBOR", false, false)]
    [TestCase("RESIZE_NEAREST_NEIGHBOR", true, false)]
    [TestCase("RESIZE_NEAREST_NEIGHBOR", false, true)]
    public void Resize(string op, bool alignsCorners, bool hasHalfPixels) => Check(
        [1, 4, 5, 3], [1, 9, 7, 3], (b, x, y) =>
        {
            int field = op == "RESIZE_BILINEAR" ? 2 : 0;
            b.Node(
                op, [x, b.Integers([9, 7])], [y], (field, alignsCorners),
                (field + 1, hasHalfPixels));
        });

    [Test]
    public void DepthToSpace() => Check([1, 3, 4, 12], [1, 6, 8, 3], (b, x, y) =>
        b.Node("DEPTH_TO_SPACE", [x], [y], (0, 2)));

    [Test]
    public void SpaceToDepth() => Check([1, 6, 8, 3], [1, 3, 4, 12], (b, x, y) =>
        b.Node("SPACE_TO_DEPTH", [x], [y], (0, 2)));

    [Test]
    public void Reduce(
        [Values("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN")] string op, [Values] bool keeps)
    {
        Check([2, 3, 4, 5], keeps ? [2, 1, 1, 5] : [2, 5], (b, x, y) =>
            b.Node(op, [x, b.Integers([1, 2])], [y], (0, keeps)));
        Check([2, 3, 4, 5], keeps ? [2, 3, 4, 1] : [2, 3, 4], (b, x, y) =>
            b.Node(op, [x, b.Integers([-1])], [y], (0, keeps)));
    }

    [Test]
    public void Softmax() => Check([2, 3, 7], [2, 3, 7], (b, x, y) =>
        b.Node("SOFTMAX", [x], [y], (0, 2f)));

    [Test]
    public void FullyConnected([Values] bool keepsAxes) => Check(
        [2, 3, 8], keepsAxes ? [2, 3, 5] : [6, 5], (b, x, y) => b.Node(
            "FULLY_CONNECTED", [x, b.Random(2, 5, 8), b.Random(3, 5)], [y], (0, (byte)1),
            (2, keepsAxes)));

    [Test]
    public void BatchMatMul([Values] bool transposeX, [Values] bool transposeY) => Check(
        transposeX ? [2, 4, 3] : [2, 3, 4], [2, 3, 5], (b, x, y) => b.Node(
            "BATCH_MATMUL", [x, b.Random(2, transposeY ? [2, 5, 4] : [2, 4, 5])], [y],
            (0, transposeX), (1, transposeY)));

    [Test]
    public void ConcatAndSplit() => Check([1, 3, 4, 6], [1, 3, 4, 9], (b, x, y) =>
    {
        int[] parts = [.. Enumerable.Range(0, 3).Select(i => b.Tensor($"part{i}", 1, 3, 4, 2))];
        int[] others = [b.Tensor("other0", 1, 3, 4, 5), b.Tensor("other1", 1, 3, 4, 1)];
        b.Node("SPLIT", [b.Integers([3]), x], parts, (0, 3));
        b.Node("SPLIT_V", [x, b.Integers([5, 1]), b.Integers([-1])], others, (0, 2));
        b.Node("CONCATENATION", [parts[2], others[0], parts[0]], [y], (0, 3), (1, (byte)1));
    });

    [Test]
    public void PackAndUnpack() => Check([4, 3, 2], [4, 2, 2], (b, x, y) =>
    {
        int[] parts = [.. Enumerable.Range(0, 3).Select(i => b.Tensor($"part{i}", 4, 2))];
        b.Node("UNPACK", [x], parts, (0, 3), (1, 1));
        b.Node("PACK", [parts[2], parts[0]], [y], (0, 2), (1, 1));
    });

    [Test]
    public void Slice() => Check([1, 5, 6, 4], [1, 3, 4, 4], (b, x, y) => b.Node(
        "SLICE", [x, b.Integers([0, 1, 2, 0]), b.Integers([1, 3, -1, 4])], [y]));

    [TestCase(new[] { 1, 4 }, new[] { 4, -1 }, new[] { 1, 2 }, 0, 0, 0, new[] { 3, 2 })]
    [TestCase(new[] { 1, 4 }, new[] { 4, -1 }, new[] { 2, 3 }, 3, 3, 0, new[] { 3, 3 })]
    [TestCase(new[] { -1, 7 }, new[] { 1, 2 }, new[] { -1, -2 }, 0, 0, 0, new[] { 3, 3 })]
    [TestCase(new[] { -1, 7 }, new[] { 1, 2 }, new[] { -1, -2 }, 3, 3, 0, new[] { 5, 4 })]
    [TestCase(new[] { -1, 2 }, new[] { 0, 5 }, new[] { 1, 1 }, 0, 0, 1, new[] { 3 })]
    [TestCase(new[] { 2, 0 }, new[] { 3, 0 }, new[] { 1, 1 }, 0, 2, 1, new[] { 8 })]
    public void StridedSlice(
        int[] begins, int[] ends, int[] strides, int beginMask, int endMask, int shrinkMask,
        int[] shape) =>
        Check([5, 8], shape, (b, x, y) => b.Node(
            "STRIDED_SLICE", [x, b.Integers(begins), b.Integers(ends), b.Integers(strides)], [y],
            (0, beginMask), (1, endMask), (4, shrinkMask)));

    [Test]
    public void Pad() => Check([1, 3, 4, 2], [1, 6, 4, 3], (b, x, y) => b.Node(
        "PAD", [x, b.Integers([0, 0, 1, 2, 0, 0, 0, 1], 4, 2)], [y]));

    [Test]
    public void PadWithANumber() => Check([3, 4], [4, 6], (b, x, y) => b.Node(
        "PADV2", [x, b.Integers([1, 0, 0, 2], 2, 2), b.Constant([0.75f])], [y]));

    [Test]
    public void PadReflected() => Check([1, 5, 4, 2], [1, 8, 6, 2], (b, x, y) => b.Node(
        "MIRROR_PAD", [x, b.Integers([0, 0, 1, 2, 2, 0, 0, 0], 4, 2)], [y], (0, (byte)0)));

    [Test]
    public void PadMirrored()
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", 3);
        int y = b.Tensor("y", 6);
        b.Node("MIRROR_PAD", [x, b.Integers([2, 1], 1, 2)], [y], (0, (byte)1));
        using var model = TfLiteModel.Of(b.Build([x], [y]));
        var inputs = new Dictionary<string, ReferenceTensor> { ["x"] = new([3], [1f, 2f, 3f]) };
        Assert.That(
            OnnxComparison.Run(model, inputs)["y"].As<float>().ToArray(),
            Is.EqualTo(new float[] { 2, 1, 1, 2, 3, 3 }));
    }

    [Test]
    public void ShapesAndOrders() => Check([1, 3, 4, 2], [4, 1, 6], (b, x, y) =>
    {
        int turned = b.Tensor("turned", 4, 2, 3, 1);
        int flat = b.Tensor("flat", 4, 6, 1);
        int squeezed = b.Tensor("squeezed", 4, 6);
        b.Node("TRANSPOSE", [x, b.Integers([2, 3, 1, 0])], [turned]);
        b.Node("RESHAPE", [turned, b.Integers([4, -1, 1])], [flat]);
        b.Node("SQUEEZE", [flat], [squeezed], (0, (int[])[-1]));
        b.Node("EXPAND_DIMS", [squeezed, b.Integers([1])], [y]);
    });

    [Test]
    public void ReshapesByTheSizesOfItsInput()
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", TfLiteModelBuilder.Float32, 0, [1, 2, 3], [-1, 2, 3]);
        int y = b.Tensor("y", TfLiteModelBuilder.Float32, 0, [1, 6], [-1, 6]);
        int sizes = b.Tensor("sizes", TfLiteModelBuilder.Int32, 0, [3]);
        int batch = b.Tensor("batch", TfLiteModelBuilder.Int32, 0, []);
        int shape = b.Tensor("shape", TfLiteModelBuilder.Int32, 0, [2]);
        b.Node("SHAPE", [x], [sizes], (0, TfLiteModelBuilder.Int32));
        b.Node(
            "STRIDED_SLICE", [sizes, b.Integers([0]), b.Integers([1]), b.Integers([1])], [batch],
            (4, 1));
        int columns = b.Tensor(
            "columns", TfLiteModelBuilder.Int32, b.Buffer([6, 0, 0, 0]), []);
        b.Node("PACK", [batch, columns], [shape], (0, 2), (1, 0));
        b.Node("RESHAPE", [x, shape], [y]);
        using var model = TfLiteModel.Of(b.Build([x], [y]));
        var input = ReferenceTensor.Random(1, 5, 2, 3);
        var actual = OnnxComparison.Run(
            model, new Dictionary<string, ReferenceTensor> { ["x"] = input })["y"];
        Assert.That(actual.Shape, Is.EqualTo(new Kernels.Graph.Shape(5, 6)));
        Assert.That(actual.As<float>().ToArray(), Is.EqualTo(input.Floats));
    }

    private static byte Padding(bool isSame) => isSame ? (byte)0 : (byte)1;

    private static void Check(
        int[] input, int[] output, Action<TfLiteModelBuilder, int, int> nodes)
    {
        var b = new TfLiteModelBuilder();
        int x = b.Tensor("x", input);
        int y = b.Tensor("y", output);
        nodes(b, x, y);
        byte[] file = b.Build([x], [y]);
        using var model = TfLiteModel.Of(file);
        var inputs = new Dictionary<string, ReferenceTensor>
        {
            ["x"] = ReferenceTensor.Random(1, [.. input.Select(side => (long)side)]),
        };
        var actual = OnnxComparison.Run(model, inputs);
        Assert.That(actual["y"].Shape, Is.EqualTo(new Kernels.Graph.Shape(output)));
        var expected = OrtReference.Run(TfLiteToOnnx.Convert(file), inputs, optimize: false);
        OnnxComparison.Compare(expected, actual, 1e-5);
    }
}
