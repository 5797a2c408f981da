using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;
using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>
/// Each operator that is imported, in the forms that operator sets give it, against ONNX Runtime.
/// </summary>
public sealed class OnnxOperatorTests
{
    private static readonly int[] Opsets = [9, 11, 13, 18, 21];
    private static readonly long[] Picture = [2, 3, 9, 11];

    [TestCaseSource(nameof(Windows))]
    [TestCaseSource(nameof(Resizes))]
    [TestCaseSource(nameof(Functions))]
    [TestCaseSource(nameof(Arithmetic))]
    [TestCaseSource(nameof(Products))]
    [TestCaseSource(nameof(Lines))]
    [TestCaseSource(nameof(Shapes))]
    [TestCaseSource(nameof(Parts))]
    [TestCaseSource(nameof(HostSizes))]
    [TestCaseSource(nameof(Sequences))]
    public void IsAsInOnnxRuntime(OnnxOperatorCase test) => OnnxComparison.Check(test.Model());

    private static IEnumerable<OnnxOperatorCase> Windows() =>
    [
        .. new[] { "SAME_UPPER", "SAME_LOWER", "VALID" }.SelectMany(pad => Of(
            $"Conv {pad}", [9, 21], b => b.Node(
                "Conv", [b.Input("x", Picture).Name, b.Weight(27, 1, 4, 3, 4, 3).Name],
                ("auto_pad", pad), ("strides", (long[])[2, 3])))),
        .. Of("Conv of a sequence", [9, 21], b => b.Node(
            "Conv", [b.Input("x", 2, 6, 13).Name, b.Weight(9, 1, 4, 3, 3).Name, b.Uniform(-1, 1, 4).Name],
            ("pads", (long[])[2, 1]), ("strides", (long[])[2]), ("group", 2))),
        .. Of("Conv with computed weights", [13], b => b.Node(
            "Conv", [b.Input("x", 1, 3, 6, 7).Name, b.Input("w", 5, 3, 3, 2).Name])),
        .. Of("ConvTranspose groups", [9, 21], b => b.Node(
            "ConvTranspose", [b.Input("x", 2, 4, 5, 6).Name, b.Weight(18, 1, 4, 3, 3, 2).Name, b.Uniform(-1, 1, 6).Name],
            ("group", 2), ("strides", (long[])[2, 3]), ("pads", (long[])[1, 0, 0, 1]),
            ("dilations", (long[])[2, 1]), ("output_padding", (long[])[1, 2]))),
        .. new[] { "SAME_UPPER", "SAME_LOWER", "NOTSET" }.SelectMany(pad => Of(
            $"ConvTranspose output_shape {pad}", [11], b => b.Node(
                "ConvTranspose", [b.Input("x", 1, 2, 5, 6).Name, b.Weight(18, 1, 2, 3, 4, 4).Name],
                ("auto_pad", pad), ("strides", (long[])[2, 2]), ("output_shape", (long[])[10, 11])))),
        .. Of("ConvTranspose SAME_UPPER", [11], b => b.Node(
            "ConvTranspose", [b.Input("x", 1, 2, 5, 6).Name, b.Weight(18, 1, 2, 3, 3, 3).Name],
            ("auto_pad", "SAME_UPPER"), ("strides", (long[])[2, 2]))),
        .. Of("ConvTranspose of a sequence", [11], b => b.Node(
            "ConvTranspose", [b.Input("x", 2, 3, 7).Name, b.Weight(9, 1, 3, 4, 3).Name],
            ("strides", (long[])[2]), ("pads", (long[])[1, 0]), ("output_padding", (long[])[1]))),
        .. new[] { "MaxPool", "AveragePool" }.SelectMany(op => (IEnumerable<OnnxOperatorCase>)
        [
            .. Node($"{op} ceil", [10, 13, 19], op, Picture, ("kernel_shape", (long[])[3, 2]),
                ("strides", (long[])[2, 2]), ("pads", (long[])[1, 0, 1, 1]), ("ceil_mode", 1)),
            .. Node($"{op} SAME_UPPER", Opsets, op, Picture, ("kernel_shape", (long[])[3, 2]),
                ("strides", (long[])[2, 2]), ("auto_pad", "SAME_UPPER")),
            .. Node($"{op} of a sequence", [9, 21], op, [2, 3, 17], ("kernel_shape", (long[])[3]),
                ("strides", (long[])[2]), ("pads", (long[])[1, 1])),
        ]),
        .. Node("MaxPool dilated", [10, 21], "MaxPool", Picture, ("kernel_shape", (long[])[2, 3]),
            ("dilations", (long[])[2, 2])),
        .. Node("AveragePool with padding", [9, 21], "AveragePool", Picture, ("kernel_shape", (long[])[3, 3]),
            ("pads", (long[])[1, 1, 1, 1]), ("count_include_pad", 1)),
        .. Node("GlobalAveragePool", Opsets, "GlobalAveragePool", Picture),
        .. Node("GlobalMaxPool", Opsets, "GlobalMaxPool", Picture),
        .. Node("GlobalAveragePool of a sequence", [13], "GlobalAveragePool", [2, 3, 7]),
        .. Of("BatchNormalization of a matrix", [9, 13, 15], b => b.BatchNorm(b.Input("x", 4, 5)).Name),
        .. Of("BatchNormalization of a sequence", [9, 13, 15], b => b.BatchNorm(b.Input("x", 2, 5, 3)).Name),
    ];

    private static IEnumerable<OnnxOperatorCase> Resizes() =>
    [
        .. new[] { "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric" }.SelectMany(c =>
            new[] { "nearest", "linear" }.SelectMany(mode =>
                new[] { (1.7f, 2.5f), (0.6f, 0.4f), (2f, 1f) }.SelectMany(scale => Of(
                    $"Resize {mode} {c} by {scale}", [11, 13, 18, 19], b => b.Node(
                        "Resize",
                        [b.Input("x", Picture).Name, Nothing(b), b.Constant([1, 1, scale.Item1, scale.Item2], 4).Name],
                        ("mode", mode), ("coordinate_transformation_mode", c)))))),
        .. new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" }.SelectMany(rounding => Of(
            $"Resize to sizes, {rounding}", [11, 13, 19], b => b.Node(
                "Resize", [b.Input("x", Picture).Name, Nothing(b), Nothing(b), b.Integers(2, 3, 13, 6)],
                ("nearest_mode", rounding)))),
        .. Of("Resize of two axes", [18, 19], b => b.Node(
            "Resize", [b.Input("x", Picture).Name, "", "", b.Integers(13, 30)], ("mode", "linear"),
            ("axes", (long[])[2, 3]))),
        .. Of("Resize of a sequence", [13], b => b.Node(
            "Resize", [b.Input("x", 2, 3, 7).Name, "", b.Constant([1, 1, 2], 3).Name], ("mode", "linear"))),
        .. Of("Resize [N, H, W, C]", [13], b => b.Node(
            "Resize", [b.Input("x", 2, 7, 5, 3).Name, "", b.Constant([1, 2, 3, 1], 4).Name], ("mode", "nearest"))),
        .. new[] { "nearest", "linear" }.SelectMany(mode => new[] { (2f, 3f), (0.5f, 0.3f) }.SelectMany(s =>
            (IEnumerable<OnnxOperatorCase>)
            [
                .. Of($"Upsample {mode} by {s}", s.Item1 > 1 ? [9] : [], b => b.Node(
                    "Upsample", [b.Input("x", Picture).Name, b.Constant([1, 1, s.Item1, s.Item2], 4).Name],
                    ("mode", mode))),
                .. Of($"Resize {mode} by {s}", [10], b => b.Node(
                    "Resize", [b.Input("x", Picture).Name, b.Constant([1, 1, s.Item1, s.Item2], 4).Name],
                    ("mode", mode))),
            ])),
        .. Node("DepthToSpace", [9, 11, 13], "DepthToSpace", [2, 8, 3, 5], ("blocksize", 2)),
        .. Node("DepthToSpace CRD", [11, 13], "DepthToSpace", [2, 8, 3, 5], ("blocksize", 2), ("mode", "CRD")),
        .. Node("SpaceToDepth", [9, 13], "SpaceToDepth", [2, 2, 6, 4], ("blocksize", 2)),
    ];

    private static IEnumerable<OnnxOperatorCase> Functions() =>
    [
        .. new[]
        {
            "Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf", "Exp", "Abs", "Neg", "Floor", "Ceil", "Reciprocal",
            "LeakyRelu", "Elu", "Selu", "HardSigmoid", "Identity", "Dropout",
        }.SelectMany(op => Node(op, op is "Dropout" ? [9, 10, 12, 13] : [9, 13, 21], op, [2, 3, 5])),
        .. Node("Celu", [12, 21], "Celu", [2, 3, 5], ("alpha", 0.6f)),
        .. Node("HardSwish", [14, 21], "HardSwish", [2, 3, 5]),
        .. Node("Mish", [18, 21], "Mish", [2, 3, 5]),
        .. Node("Gelu", [20, 21], "Gelu", [2, 3, 5]),
        .. Node("Gelu tanh", [20], "Gelu", [2, 3, 5], ("approximate", "tanh")),
        .. new[] { "Sqrt", "Log" }.SelectMany(op => Of(
            op, [9, 13], b => b.Node(op, [b.Node("Abs", [b.Input("x", 2, 3, 5).Name])]))),
        .. Node("LeakyRelu alpha", [9, 16], "LeakyRelu", [2, 3, 5], ("alpha", 0.3f)),
        .. Node("Clip attributes", [9], "Clip", [4, 5], ("min", -0.3f), ("max", 0.4f)),
        .. Node("Clip below", [9], "Clip", [4, 5], ("min", 0f)),
        .. Of("Clip above", [11, 13], b => b.Node("Clip", [b.Input("x", 4, 5).Name, "", b.Scalar(0.25f)])),
        .. Of("Clip at computed limits", [13], b => b.Node(
            "Clip", [b.Input("x", 4, 5).Name, b.Input("low").Name, b.Scalar(0.9f)])),
        .. Of("Clip at nothing", [13], b => b.Node("Clip", [b.Input("x", 4, 5).Name])),
        .. Of("PRelu by channel", [9, 16], b => b.Node(
            "PRelu", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(0.1, 0.9, 4, 1, 1).Name])),
        .. Of("PRelu of one slope", [9, 16], b => b.Node(
            "PRelu", [b.Input("x", Picture).Name, b.Constant([0.2f], 1).Name])),
        .. new[] { 1f, 2f, 3f, 4f, 0.5f, -0.5f, -1f }.SelectMany(exponent => Of(
            $"Pow {exponent}", [9, 13], b => b.Node(
                "Pow", [b.Node("Exp", [b.Input("x", 2, 7).Name]), b.Scalar(exponent)]))),
    ];

    private static IEnumerable<OnnxOperatorCase> Arithmetic() =>
        new[] { "Add", "Sub", "Mul", "Div", "Min", "Max" }.SelectMany(op => new (string, Func<OnnxModelBuilder, string[]>)[]
        {
            ("a channel", b => [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(1, 2, 1, 4, 1, 1).Name]),
            ("a channel of rank 3", b => [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(1, 2, 4, 1, 1).Name]),
            ("a row", b => [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(1, 2, 11).Name]),
            ("a picture before it", b => [b.Uniform(1, 2, 4, 9, 11).Name, b.Conv(b.Input("x", Picture), 4, 3).Name]),
            ("a scalar", b => [b.Input("x", 3, 4).Name, b.Scalar(1.5f)]),
            ("a scalar before it", b => [b.Scalar(1.5f), b.Node("Exp", [b.Input("x", 3, 4).Name])]),
            ("a computed row", b => [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Node("Exp", [b.Input("y", 11).Name])]),
            ("both ways", b => [b.Input("x", 3, 1, 4).Name, b.Node("Exp", [b.Input("y", 5, 1).Name])]),
            ("a smaller one before it", b => [b.Input("x", 4).Name, b.Node("Exp", [b.Input("y", 2, 5, 4).Name])]),
            ("a constant of more axes", b => [b.Input("x", 4).Name, b.Uniform(1, 2, 2, 3, 4).Name]),
            ("pooled", b =>
            {
                var x = b.Conv(b.Input("x", Picture), 4, 3);
                return [x.Name, b.Node("Exp", [b.GlobalAveragePool(x).Name])];
            }),
        }.SelectMany(operands => Of($"{op} with {operands.Item1}", [9, 14], b => b.Node(op, operands.Item2(b)))))
        .Concat(new[] { "Sum", "Mean", "Max", "Min" }.SelectMany(op => Of(
            $"{op} of three", [9, 13], b => b.Node(
                op, [b.Input("x", 2, 3, 4).Name, b.Input("y", 3, 1).Name, b.Uniform(-1, 1, 4).Name]))));

    private static IEnumerable<OnnxOperatorCase> Products() =>
    [
        .. new (long[] A, long[] B)[]
        {
            ([3, 4], [4, 5]), ([2, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]), ([6, 2, 3, 4], [2, 4, 5]), ([4], [4, 5]),
            ([3, 4], [4]), ([2, 3, 4], [4]), ([4], [2, 4, 5]), ([4], [4]),
        }.SelectMany(s => Of($"MatMul {string.Join('x', s.A)} by {string.Join('x', s.B)}", [9, 13],
            b => b.Node("MatMul", [b.Input("a", s.A).Name, b.Input("b", s.B).Name]))),
        .. Of("MatMul by a constant", [13], b =>
            b.MatMul(b.Input("x", 2, 3, 4), b.Weight(4, 1, 4, 5)).Name),
        .. Of("MatMul of transposed", [13], b => b.MatMul(
            b.Transpose(b.Input("x", 2, 4, 3), 0, 2, 1), b.Transpose(b.Input("y", 2, 5, 4), 0, 2, 1)).Name),
        .. Of("MatMul of tokens of a picture", [13], b => b.MatMul(
            b.Transpose(b.Conv(b.Input("x", Picture), 4, 3), 0, 2, 3, 1), b.Weight(4, 1, 4, 5)).Name),
        .. Of("MatMul of a picture's rows", [13], b => b.Node(
            "MatMul", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Weight(4, 1, 11, 5).Name])),
        .. new (bool A, bool B)[] { (false, false), (false, true), (true, false), (true, true) }.SelectMany(t =>
            new (float Alpha, float Beta, long[]? C)[]
            {
                (1, 1, [5]), (1, 1, [1, 5]), (1, 1, [3, 1]), (1, 1, [3, 5]), (0.5f, 2, [5]), (2, 1, null), (1, 0, [5]),
            }.SelectMany(f => Of(
                $"Gemm {t} {f.Alpha} {f.Beta} [{string.Join(' ', f.C ?? [])}]", f.C is null ? [11, 13] : [9, 13],
                b => b.Node(
                    "Gemm",
                    [
                        b.Input("x", t.A ? [4, 3] : [3, 4]).Name, b.Weight(4, 1, t.B ? [5, 4] : [4, 5]).Name,
                        .. f.C is null ? [] : new[] { b.Uniform(-1, 1, f.C).Name },
                    ],
                    ("transA", t.A), ("transB", t.B), ("alpha", f.Alpha), ("beta", f.Beta))))),
        .. Of("Gemm of computed matrices", [13], b => b.Node(
            "Gemm", [b.Input("x", 3, 4).Name, b.Input("y", 5, 4).Name, b.Input("z", 1, 5).Name], ("transB", 1))),
    ];

    private static IEnumerable<OnnxOperatorCase> Lines() =>
    [
        .. new[] { "Softmax", "LogSoftmax" }.SelectMany(op => new[] { 0, 1, 2, 3, -1 }.SelectMany(axis => Of(
            $"{op} of a picture along {axis}", [9, 11, 13], b => b.Node(
                op, [b.Conv(b.Input("x", 2, 3, 5, 4), 4, 3).Name], ("axis", axis))))),
        .. Node("Softmax", Opsets, "Softmax", [2, 3, 4]),
        .. new[]
        {
            "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
        }.SelectMany(op => new (long[], bool)[] { ([2, 3], true), ([1], false), ([-1, 0], false) }.SelectMany(
            axes => Of($"{op} along [{string.Join(' ', axes.Item1)}]", Opsets, b =>
                b.Opset >= (op == "ReduceSum" ? 13 : 18)
                    ? b.Node(op, [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(axes.Item1)], ("keepdims", axes.Item2))
                    : b.Node(op, [b.Conv(b.Input("x", Picture), 4, 3).Name], ("axes", axes.Item1), ("keepdims", axes.Item2))))),
        .. Node("ReduceMean of all", Opsets, "ReduceMean", [2, 3, 4], ("keepdims", 0)),
        .. Of("ReduceLogSum", [13], b => b.Node(
            "ReduceLogSum", [b.Node("Exp", [b.Input("x", 3, 4).Name])], ("axes", (long[])[1]))),
        .. Node("ReduceSum of none", [13], "ReduceSum", [2, 3], ("noop_with_empty_axes", 1)),
        .. new[] { 0, 1, -1 }.SelectMany(axis => new[] { false, true }.SelectMany(keep =>
            new[] { 9, 13 }.Select(opset => new OnnxOperatorCase($"ArgMax along {axis}, {keep}", opset, b =>
                b.Output(
                    new OnnxValue(b.Node(
                        "ArgMax", [b.Conv(b.Input("x", Picture), 4, 3).Name], ("axis", axis), ("keepdims", keep))),
                    OnnxDataType.Int64, declareShape: false))))),
    ];

    private static IEnumerable<OnnxOperatorCase> Shapes() =>
    [
        .. new long[][]
        {
            [0, -1], [2, 4, 99], [-1], [0, 2, 2, 9, 11], [0, 0, -1], [2, 36, 11], [2, 4, 9, 11], [1, 2, 4, 1, 99], [8, 99],
        }.SelectMany(sizes => Of($"Reshape to [{string.Join(' ', sizes)}]", [9, 14], b =>
            b.Node("Reshape", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(sizes)]))),
        .. new[] { 0, 1, 2, 3, 4, -1 }.SelectMany(axis => Of($"Flatten at {axis}", axis < 0 ? [11, 13] : [9, 13], b =>
            b.Node("Flatten", [b.Conv(b.Input("x", Picture), 4, 3).Name], ("axis", axis)))),
        .. Of("Squeeze", Opsets, b =>
            b.Squeeze("Squeeze", b.Reduce("ReduceMean", b.Conv(b.Input("x", Picture), 4, 3), [2], keep: true), 2).Name),
        .. Of("Squeeze of all ones", [9, 13], b => b.Node(
            "Squeeze", [b.GlobalAveragePool(b.Conv(b.Input("x", Picture), 4, 3)).Name])),
        .. Enumerable.Range(0, 5).SelectMany(axis => Of($"Unsqueeze at {axis}", [9, 13], b =>
            b.Squeeze("Unsqueeze", b.Conv(b.Input("x", Picture), 4, 3), axis).Name)),
        .. new long[][] { [0, 2, 3, 1], [3, 2, 1, 0], [0, 1, 3, 2], [1, 0, 2, 3] }.SelectMany(order => Of(
            $"Transpose {string.Join(' ', order)}", [9, 21], b =>
                b.Transpose(b.Conv(b.Input("x", Picture), 4, 3), order).Name)),
        .. Node("Transpose without perm", [9, 21], "Transpose", [2, 3, 4]),
        .. Of("Shuffle of channels", [13], b =>
        {
            var x = b.Conv(b.Input("x", Picture), 6, 3);
            return b.Conv(b.Reshape(b.Transpose(b.Reshape(x, 2, 2, 3, 9, 11), 0, 2, 1, 3, 4), 2, 6, 9, 11), 3, 3).Name;
        }),
        .. Of("Attention", [13], b =>
        {
            var x = b.Reshape(b.Transpose(b.Conv(b.Input("x", Picture), 8, 3), 0, 2, 3, 1), 2, 99, 8);
            var heads = b.Transpose(b.Reshape(x, 2, 99, 2, 4), 0, 2, 1, 3);
            var scores = b.Softmax(b.MatMul(heads, b.Transpose(heads, 0, 1, 3, 2)), 3);
            return b.Reshape(b.Transpose(b.MatMul(scores, heads), 0, 2, 1, 3), 2, 99, 8).Name;
        }),
        .. Of("Cast to what it is", [9, 13], b => b.Node(
            "Cast", [b.Input("x", 3, 4).Name], ("to", (long)OnnxDataType.Float))),
    ];

    private static IEnumerable<OnnxOperatorCase> Parts() =>
    [
        .. Enumerable.Range(0, 4).SelectMany(axis => Of($"Concat along {axis}", [9, 13], b =>
        {
            var x = b.Conv(b.Input("x", Picture), 4, 3);
            return b.Concat(axis, x, b.Uniform(-1, 1, x.Shape), b.Relu(x)).Name;
        })),
        .. Of("Concat of different orders", [13], b =>
        {
            var x = b.Conv(b.Input("x", 1, 3, 6, 6), 6, 3);
            return b.Concat(1, x, b.Transpose(x, 0, 3, 1, 2)).Name;
        }),
        .. new[] { 1, 2, -1 }.SelectMany(axis => Opsets.Select(opset => new OnnxOperatorCase($"Split along {axis}", opset, b =>
        {
            var x = b.Conv(b.Input("x", 2, 3, 6, 6), 6, 3);
            string[] parts = b.Opset >= 18
                ? b.Nodes("Split", [x.Name], 3, ("axis", axis), ("num_outputs", 3)) : b.Nodes("Split", [x.Name], 3, ("axis", axis));
            foreach (string part in parts)
            {
                b.Output(new OnnxValue(part), declareShape: false);
            }
        }))),
        .. new (long, long, long)[] { (1, 5, 2), (-4, long.MaxValue, 1), (8, long.MinValue, -3), (-1, -9, -2), (0, -1, 1) }.SelectMany(s => Of(
            $"Slice {s}", [10, 13], b => b.Node(
                "Slice",
                [
                    b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(s.Item1), b.Integers(s.Item2), b.Integers(-2),
                    b.Integers(s.Item3),
                ]))),
        .. Of("Slice by attributes", [9], b => b.Node(
            "Slice", [b.Conv(b.Input("x", Picture), 4, 3).Name], ("starts", (long[])[1, -5]), ("ends", (long[])[3, 100]),
            ("axes", (long[])[1, 3]))),
        .. Of("Slice of the first axes", [10, 13], b => b.Node(
            "Slice", [b.Input("x", Picture).Name, b.Integers(1, 0), b.Integers(2, 2)])),
        .. new[] { "constant", "reflect", "edge" }.SelectMany(mode => Of($"Pad {mode}", Opsets, b =>
            b.Pad(b.Conv(b.Input("x", Picture), 4, 3), [0, 1, 2, 0, 0, 0, 1, 3], 0.5f, mode).Name)),
        .. Of("Pad that cuts", [13], b => b.Node("Pad", [b.Input("x", 5, 6).Name, b.Integers(-1, 2, 0, -3)])),
        .. Of("Pad of one axis", [18, 21], b => b.Node(
            "Pad", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(1, 2), "", b.Integers(-1)])),
        .. new long[][] { [2], [3, 1, 0], [1, 2, 3], [0, 0, 2], [-1, 0] }.SelectMany(indices => Of(
            $"Gather [{string.Join(' ', indices)}]", [9, 13], b => b.Node(
                "Gather", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(indices)], ("axis", 1)))),
        .. Of("Gather of one entry", [13], b =>
        {
            string index = b.Node("Constant", [], ("value", OnnxTensor.Create("i", [], [2L])));
            return b.Node("Gather", [b.Conv(b.Input("x", Picture), 4, 3).Name, index], ("axis", 3));
        }),
        .. Of("Tile", [9, 13], b => b.Node("Tile", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(1, 2, 1, 3)])),
        .. Of("Expand", [9, 13], b => b.Node(
            "Expand", [b.GlobalAveragePool(b.Conv(b.Input("x", Picture), 4, 3)).Name, b.Integers(1, 4, 5, 6)])),
        .. Of("Expand to more axes", [9, 13], b => b.Node("Expand", [b.Input("x", 3, 1).Name, b.Integers(2, 1, 4)])),
    ];

    private static IEnumerable<OnnxOperatorCase> HostSizes() =>
    [
        .. Of("Upsampling to the size of another", [11, 13], b =>
        {
            var x = b.Conv(b.Input("x", 1, 3, 9, 11), 4, 3, 2);
            string size = b.Node("Slice", [b.Node("Shape", ["x"]), b.Integers(2), b.Integers(4), b.Integers(0)]);
            string head = b.Node("Slice", [b.Node("Shape", [x.Name]), b.Integers(0), b.Integers(2), b.Integers(0)]);
            return b.Node("Resize", [x.Name, Nothing(b), Nothing(b), b.Node("Concat", [head, size], ("axis", 0))], ("mode", "linear"));
        }),
        .. Of("Expand by Where and Equal", [13], b =>
        {
            string given = b.Integers(2, -1, 5);
            string isOpen = b.Node("Equal", [given, b.Node("ConstantOfShape", [b.Integers(3)],
                ("value", OnnxTensor.Create("v", [1], [-1L])))]);
            string sizes = b.Node("Where", [isOpen, b.Integers(1, 1, 1), given]);
            return b.Node("Expand", [b.Input("x", 3, 1).Name, sizes]);
        }),
        .. Of("Reshape by arithmetic", [13], b =>
        {
            string shape = b.Node("Shape", [b.Input("x", 2, 6, 4).Name]);
            string half = b.Node("Div", [b.Node("Gather", [shape, b.Integers(1)]), b.Integers(2)]);
            string twice = b.Node("Mul", [b.Node("Gather", [shape, b.Integers(-1)]), b.Integers(2)]);
            return b.Node("Reshape", ["x", b.Node("Concat", [b.Integers(2), half, twice], ("axis", 0))]);
        }),
        .. Of("Zeros of a computed size", [9, 13], b => b.Node("Add", [
            b.Input("x", 2, 3).Name, b.Node("ConstantOfShape", [b.Node("Shape", ["x"])])])),
        .. Of("A ramp", [11, 13], b => b.Node("Add", [
            b.Input("x", 2, 4).Name,
            b.Node("Cast", [b.Node("Range", [
                b.Node("Constant", [], ("value", OnnxTensor.Create("a", [], [0L]))),
                b.Node("Size", [b.Node("Slice", ["x", b.Integers(0), b.Integers(1)])]),
                b.Node("Constant", [], ("value", OnnxTensor.Create("c", [], [1L])))])],
                ("to", (long)OnnxDataType.Float))])),
        .. new[] { (1, 3), (-2, 100), (0, -1) }.SelectMany(ends => Of($"Shape from {ends}", [15, 21], b => b.Node(
            "Reshape", [b.Input("x", 2, 3, 4).Name, b.Node("Concat", [
                b.Integers(-1), b.Node("Shape", ["x"], ("start", ends.Item1), ("end", ends.Item2))], ("axis", 0))]))),
    ];

    private static IEnumerable<OnnxOperatorCase> Sequences() =>
        new[] { "forward", "reverse", "bidirectional" }.SelectMany(direction =>
            new[] { false, true }.SelectMany(isFull => new[] { 9, 14 }.Select(opset =>
                new OnnxOperatorCase($"LSTM {direction}, {(isFull ? "all inputs" : "no bias, no state")}", opset, b =>
                {
                    long d = direction == "bidirectional" ? 2 : 1;
                    string[] inputs = [b.Input("x", 5, 2, 3).Name, b.Weight(3, 1, d, 16, 3).Name, b.Weight(4, 1, d, 16, 4).Name];
                    string lengths = "lengths";
                    if (isFull)
                    {
                        lengths = b.Node("Constant", [], ("value", Lengths(5, 5)));
                        inputs = [.. inputs, b.Uniform(-1, 1, d, 32).Name, lengths, b.Input("h", d, 2, 4).Name, b.Uniform(-1, 1, d, 2, 4).Name];
                    }

                    foreach (string output in b.Nodes("LSTM", inputs, 3, ("hidden_size", 4), ("direction", direction)))
                    {
                        b.Output(new OnnxValue(output), declareShape: false);
                    }
                }))));

    private static TensorProto Lengths(params int[] lengths)
    {
        var tensor = new TensorProto { Name = "lengths", DataType = OnnxDataType.Int32 };
        tensor.Dims.Add(lengths.Length);
        tensor.Int32Data.AddRange(lengths);
        return tensor;
    }

    // Operator set 11 has these inputs empty, later ones leave them out.
    private static string Nothing(OnnxModelBuilder b) => b.Opset > 11 ? "" : b.Constant([], 0).Name;
}
