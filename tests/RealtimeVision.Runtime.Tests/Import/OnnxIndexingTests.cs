using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>
/// Operators that take out and put in by indices, on pictures whose axes lie in another order than
/// the file's, against ONNX Runtime. Inputs of integers are given as indices from -2 to 1.
/// </summary>
public sealed class OnnxIndexingTests
{
    private static readonly long[] Picture = [2, 3, 9, 11];

    [TestCaseSource(nameof(Cases))]
    public void IsAsInOnnxRuntime(OnnxOperatorCase test)
    {
        var proto = test.Model();
        var inputs = ReferenceTensor.RandomInputs(proto);
        var random = new Random(7);
        foreach (var info in proto.Graph!.Input)
        {
            if (info.Type!.TensorType!.ElemType == OnnxDataType.Int64)
            {
                long[] shape = inputs[info.Name].Shape;
                inputs[info.Name] = new ReferenceTensor(
                    shape, Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
                        .Select(_ => (long)random.Next(-2, 2)).ToArray());
            }
        }

        OnnxComparison.Check(proto, inputs);
    }

    [TestCase("Gather")]
    [TestCase("GatherElements")]
    [TestCase("GatherND")]
    public void KnownIndicesThatAreOutsideAreNamed(string op)
    {
        var builder = new OnnxModelBuilder();
        string x = builder.Input("x", 4, 3).Name;
        string indices = op == "GatherElements"
            ? builder.Node("Reshape", [builder.Integers(0, 1, 4), builder.Integers(1, 3)])
            : builder.Integers(4);
        builder.Output(new OnnxValue(builder.Node(op, [x, indices])), declareShape: false);
        var proto = builder.Build();
        Assert.That(
            () =>
            {
                using var model = OnnxModel.Of(proto);
                OnnxComparison.Run(model, ReferenceTensor.RandomInputs(proto));
            },
            Throws.TypeOf<ShapeException>().With.Message.Contains(
                "there is no entry 4 along axis 0 of [4, 3]"));
    }

    private static IEnumerable<OnnxOperatorCase> Cases() =>
    [
        .. Enumerable.Range(0, 4).SelectMany(axis => new long[][] { [], [3], [2, 3] }.SelectMany(
            shape => Of($"Gather [{string.Join(' ', shape)}] along {axis}", b =>
                b.Node("Gather", [PictureOf(b), Indices(b, shape)], ("axis", axis))))),
        .. Of("Gather of rows of a table", b =>
            b.Node("Gather", [b.Uniform(-1, 1, 5, 8).Name, Indices(b, 2, 3)])),
        .. Of("Gather of known entries in no order", b => b.Node(
            "Gather", [PictureOf(b), b.Integers(3, 0, 0, 2, -1)], ("axis", 1))),
        .. Enumerable.Range(0, 4).SelectMany(axis => Of($"GatherElements along {axis}", b =>
            b.Node("GatherElements", [PictureOf(b), Indices(b, 2, 3, 4, 5)], ("axis", axis)))),
        .. new (int Batch, long[] Shape)[]
        {
            (0, [5, 1]), (0, [3, 2]), (0, [2, 2, 4]), (1, [2, 3, 2]), (2, [2, 4, 1]),
        }.SelectMany(t => Of(
            $"GatherND [{string.Join(' ', t.Shape)}] after {t.Batch}", b =>
                b.Node("GatherND", [PictureOf(b), Indices(b, t.Shape)], ("batch_dims", t.Batch)))),
        .. Enumerable.Range(0, 4).SelectMany(axis => new[] { "add", "mul", "max", "min" }.SelectMany(
            reduction => Of($"ScatterElements {reduction} along {axis}", b => b.Node(
                "ScatterElements",
                [PictureOf(b), Indices(b, 2, 3, 4, 5), b.Input("u", 2, 3, 4, 5).Name],
                ("axis", axis), ("reduction", reduction))))),
        .. Of("ScatterElements", b => b.Node(
            "ScatterElements",
            [PictureOf(b), b.Node("Reshape", [b.Integers(3, -3), b.Integers(1, 2, 1, 1)]),
                b.Input("u", 1, 2, 1, 1).Name],
            ("axis", 1))),
        .. new[] { "add", "mul", "max", "min" }.SelectMany(reduction => Of(
            $"ScatterND {reduction}", b => b.Node(
                "ScatterND",
                [PictureOf(b), Indices(b, 5, 2), b.Input("u", 5, 9, 11).Name],
                ("reduction", reduction)))),
        .. Of("Tile of all axes", b => b.Node("Tile", [PictureOf(b), b.Integers(3, 2, 2, 3)])),
        .. Of("Tile of ones", b => b.Node(
            "Tile", [b.Input("x", 1, 3, 1).Name, b.Integers(3, 1, 2)])),
        .. Of("Expand of a picture", b => b.Node(
            "Expand", [b.Input("x", 3, 1, 5).Name, b.Integers(2, 1, 4, 1)])),
        .. Of("Compress", b => b.Node(
            "Compress", [PictureOf(b), Condition(b, 1, 0, 1, 1)], ("axis", 1))),
        .. Enumerable.Range(0, 4).SelectMany(axis => new[] { false, true }.SelectMany(
            largest => Outputs($"TopK along {axis}, {largest}", b => b.Nodes(
                "TopK", [PictureOf(b), b.Integers(2)], 2, ("axis", axis), ("largest", largest))))),
        .. Enumerable.Range(0, 4).SelectMany(axis => new[] { false, true }.SelectMany(
            flag => Of($"CumSum along {axis}, {flag}", b => b.Node(
                "CumSum", [PictureOf(b), Number(b, axis)], ("exclusive", flag), ("reverse", !flag))))),
        .. new[] { -1, 0, 1 }.SelectMany(axis => Of($"OneHot along {axis}", b => b.Node(
            "OneHot", [Indices(b, 3, 4), Number(b, 5), b.Constant([-1, 2], 2).Name],
            ("axis", axis)))),
        .. new[] { 0, 1 }.SelectMany(time => Of($"ReverseSequence along {time}", b => b.Node(
            "ReverseSequence",
            [PictureOf(b), time == 0 ? b.Integers(2, 1, 1, 2) : b.Integers(3, 4)],
            ("time_axis", time), ("batch_axis", 1 - time)))),
        .. new[] { false, true }.SelectMany(upper => new long[] { 0, -3, 4 }.SelectMany(
            k => Of($"Trilu {upper} {k}", b => b.Node(
                "Trilu", [PictureOf(b), Number(b, k)], ("upper", upper))))),
        .. Of("EyeLike", b => b.Node(
            "MatMul", [b.Input("x", 3, 4).Name, b.Node("EyeLike", [b.Input("y", 4, 6).Name], ("k", 1))])),
        .. Of("NonZero of what is known", b => b.Node(
            "Gather", [b.Input("x", 5).Name, b.Node("NonZero", [b.Integers(0, 3, 0, -1, 1)])])),
        .. Of("Unique of what is known", b => b.Node(
            "Gather", [b.Input("x", 5).Name, b.Node("Unique", [b.Integers(4, 1, 4, 0, 1)])])),
        .. Of("Compress of all", b => b.Node(
            "Compress", [PictureOf(b), Condition(b, 0, 1, 1, 0, 0, 1)])),
    ];

    private static IEnumerable<OnnxOperatorCase> Of(
        string name, Func<OnnxModelBuilder, string> build) =>
        OnnxOperatorCase.Of(name, [18], build);

    private static IEnumerable<OnnxOperatorCase> Outputs(
        string name, Func<OnnxModelBuilder, string[]> build) =>
    [
        new OnnxOperatorCase(name, 18, b =>
        {
            string[] outputs = build(b);
            b.Output(new OnnxValue(outputs[0]), declareShape: false);
            b.Output(new OnnxValue(outputs[1]), OnnxDataType.Int64, declareShape: false);
        }),
    ];

    // Four channels; channels come last in memory.
    private static string PictureOf(OnnxModelBuilder b) => b.Conv(b.Input("x", Picture), 4, 3).Name;

    private static string Indices(OnnxModelBuilder b, params long[] shape) =>
        b.Input("i", OnnxDataType.Int64, shape).Name;

    private static string Number(OnnxModelBuilder b, long value) => b.Node(
        "Squeeze", [b.Integers(value)]);

    private static string Condition(OnnxModelBuilder b, params long[] values) =>
        b.Node("Cast", [b.Integers(values)], ("to", (long)OnnxDataType.Bool));
}
