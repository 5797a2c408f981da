using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;
using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>
/// Each operator that is imported, in the forms that operator sets give it, against ONNX Runtime.
/// </summary>
public sealed partial class OnnxOperatorTests
{
    private static readonly int[] Opsets = [9, 11, 13, 18, 21];
    private static readonly long[] Picture = [2, 3, 9, 11];

    [TestCaseSource(nameof(Windows))]
    [TestCaseSource(nameof(Volumes))]
    [TestCaseSource(nameof(Spectra))]
    [TestCaseSource(nameof(Quantised))]
    [TestCaseSource(nameof(Resizes))]
    [TestCaseSource(nameof(Samples))]
    [TestCaseSource(nameof(Pools))]
    [TestCaseSource(nameof(Functions))]
    [TestCaseSource(nameof(Arithmetic))]
    [TestCaseSource(nameof(Products))]
    [TestCaseSource(nameof(Lines))]
    [TestCaseSource(nameof(Shapes))]
    [TestCaseSource(nameof(Parts))]
    [TestCaseSource(nameof(HostSizes))]
    [TestCaseSource(nameof(Normalisations))]
    [TestCaseSource(nameof(Sequences))]
    [TestCaseSource(nameof(Types))]
    public void IsAsInOnnxRuntime(OnnxOperatorCase test) => OnnxComparison.Check(test.Model());

    private static IEnumerable<OnnxOperatorCase> Spectra() =>
    [
        .. new[] { 1, 2 }.SelectMany(parts => new[] { 1, -2 }.SelectMany(axis => Of(
            $"DFT of {parts} along {axis}", [17], b => b.Node(
                "DFT", [b.Input("x", 2, 6, 9, parts).Name], ("axis", axis))))),
        .. Of("DFT, one side, cut", [17], b => b.Node(
            "DFT", [b.Input("x", 2, 12, 1).Name, Number(b, 9)], ("onesided", 1))),
        .. Of("DFT, padded, back", [17], b => b.Node(
            "DFT", [b.Input("x", 2, 7, 2).Name, Number(b, 10)], ("inverse", 1))),
        .. Of("STFT", [17], b => b.Node(
            "STFT", [b.Input("x", 2, 64, 1).Name, Number(b, 5),
                b.Node("HannWindow", [Number(b, 16)]), Number(b, 16)])),
        .. Of("STFT at computed windows, two sides", [17], b => b.Node(
            "STFT", [b.Input("x", 2, 64, 1).Name, Number(b, 8), b.Input("w", 16).Name],
            ("onesided", 0))),
        .. new[] { "HannWindow", "HammingWindow", "BlackmanWindow" }.SelectMany(op => Of(
            op, [17], b => b.Node("Add", [b.Input("x", 11).Name,
                b.Node(op, [Number(b, 11)], ("periodic", 0))]))),
    ];

    private static string Number(OnnxModelBuilder b, long value) =>
        b.Node("Squeeze", [b.Integers(value)]);

    private static IEnumerable<OnnxOperatorCase> Resizes() =>
    [
        .. new[]
        {
            "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric",
        }.SelectMany(
            c =>
            new[] { "nearest", "linear", "cubic" }.SelectMany(mode =>
                new[] { (1.7f, 2.5f), (0.6f, 0.4f), (2f, 1f) }.SelectMany(scale => Of(
                    $"Resize {mode} {c} by {scale}", [11, 13, 18, 19], b => b.Node(
                        "Resize",
                        [b.Input("x", Picture).Name, Nothing(b),
                            b.Constant([1, 1, scale.Item1, scale.Item2], 4).Name],
                        ("mode", mode), ("coordinate_transformation_mode", c)))))),
        .. new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" }.SelectMany(
            rounding => Of(
            $"Resize to sizes, {rounding}", [11, 13, 19], b => b.Node(
                "Resize",
                    [b.Input("x", Picture).Name, Nothing(b), Nothing(b), b.Integers(2, 3, 13, 6)],
                ("nearest_mode", rounding)))),
        .. new[] { "linear", "cubic" }.SelectMany(mode =>
            new[] { (0.6f, 0.35f), (0.4f, 1.5f) }.SelectMany(scale =>
                new[] { 0, 1 }.SelectMany(exclude => Of(
                    $"Resize {mode} against aliasing by {scale}, {exclude}", [18, 19], b => b.Node(
                        "Resize",
                        [b.Input("x", 1, 3, 17, 23).Name, "",
                            b.Constant([1, 1, scale.Item1, scale.Item2], 4).Name],
                        ("mode", mode), ("antialias", 1), ("exclude_outside", exclude)))))),
        .. new[] { "nearest", "linear", "cubic" }.SelectMany(mode => Of(
            $"Resize {mode} of a part", [11, 13, 19], b => b.Node(
                "Resize",
                [b.Input("x", Picture).Name,
                    b.Constant([0, 0, 0.2f, -0.1f, 1, 1, 0.7f, 1.1f], 8).Name,
                    b.Constant([1, 1, 0.9f, 1.5f], 4).Name],
                ("mode", mode), ("coordinate_transformation_mode", "tf_crop_and_resize"),
                ("extrapolation_value", 2.5f)))),
        .. new[] { (2.3f, 1.7f), (0.6f, 0.45f) }.SelectMany(scale => Of(
            $"Resize cubic without what is outside by {scale}", [11, 13, 19], b => b.Node(
                "Resize",
                [b.Input("x", Picture).Name, Nothing(b),
                    b.Constant([1, 1, scale.Item1, scale.Item2], 4).Name],
                ("mode", "cubic"), ("exclude_outside", 1), ("cubic_coeff_a", -0.5f)))),
        .. Of("Resize tf_half_pixel_for_nn", [11], b => b.Node(
            "Resize", [b.Input("x", Picture).Name, Nothing(b), Nothing(b), b.Integers(2, 3, 5, 14)],
            ("coordinate_transformation_mode", "tf_half_pixel_for_nn"),
            ("nearest_mode", "floor"))),
        .. Of("Resize half_pixel_symmetric", [19], b => b.Node(
            "Resize", [b.Input("x", Picture).Name, "", b.Constant([1, 1, 0.61f, 1.37f], 4).Name],
            ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel_symmetric"))),
        .. new[] { "not_larger", "not_smaller" }.SelectMany(policy => Of(
            $"Resize {policy}", [18, 19], b => b.Node(
                "Resize", [b.Input("x", Picture).Name, "", "", b.Integers(13, 6)],
                ("mode", "linear"), ("axes", (long[])[2, 3]),
                ("keep_aspect_ratio_policy", policy)))),
        .. Of("Resize of three axes", [13, 19], b => b.Node(
            "Resize",
            [b.Input("x", 2, 3, 4, 5, 6).Name, Nothing(b),
                b.Constant([1, 1, 2, 1.5f, 0.5f], 5).Name],
            ("mode", "linear"))),
        .. Of("Resize of a matrix", [13], b => b.Node(
            "Resize", [b.Input("x", 4, 5).Name, "", b.Constant([1.5f, 2], 2).Name],
            ("mode", "cubic"))),
        .. Of("Resize of two axes", [18, 19], b => b.Node(
            "Resize", [b.Input("x", Picture).Name, "", "", b.Integers(13, 30)], ("mode", "linear"),
            ("axes", (long[])[2, 3]))),
        .. Of("Resize of a sequence", [13], b => b.Node(
            "Resize", [b.Input("x", 2, 3, 7).Name, "", b.Constant([1, 1, 2], 3).Name],
                ("mode", "linear"))),
        .. Of("Resize [N, H, W, C]", [13], b => b.Node(
            "Resize", [b.Input("x", 2, 7, 5, 3).Name, "", b.Constant([1, 2, 3, 1], 4).Name],
                ("mode", "nearest"))),
        .. new[] { "nearest", "linear" }.SelectMany(
            mode => new[] { (2f, 3f), (0.5f, 0.3f) }.SelectMany(s =>
            (IEnumerable<OnnxOperatorCase>)
            [
                .. Of($"Upsample {mode} by {s}", s.Item1 > 1 ? [9] : [], b => b.Node(
                    "Upsample",
                        [b.Input("x", Picture).Name, b.Constant([1, 1, s.Item1, s.Item2], 4).Name],
                    ("mode", mode))),
                .. Of($"Resize {mode} by {s}", [10], b => b.Node(
                    "Resize",
                        [b.Input("x", Picture).Name, b.Constant([1, 1, s.Item1, s.Item2], 4).Name],
                    ("mode", mode))),
            ])),
        .. Node("DepthToSpace", [9, 11, 13], "DepthToSpace", [2, 8, 3, 5], ("blocksize", 2)),
        .. Node("DepthToSpace CRD", [11, 13], "DepthToSpace", [2, 8, 3, 5], ("blocksize", 2),
            ("mode", "CRD")),
        .. Node("SpaceToDepth", [9, 13], "SpaceToDepth", [2, 2, 6, 4], ("blocksize", 2)),
    ];

    private static IEnumerable<OnnxOperatorCase> Functions() =>
    [
        .. new[]
        {
            "Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "Erf", "Exp", "Abs", "Neg", "Floor",
                "Ceil", "Reciprocal",
            "LeakyRelu", "Elu", "Selu", "HardSigmoid", "Identity", "Dropout", "Sin", "Cos", "Tan",
            "Asin", "Acos", "Atan", "Sinh", "Cosh", "Asinh", "Atanh", "Sign",
        }.SelectMany(
            op => Node(op, op is "Dropout" ? [9, 10, 12, 13] : [9, 13, 21], op, [2, 3, 5])),
        .. Of("Acosh", [9, 21], b => b.Node(
            "Acosh", [b.Node("Exp", [b.Node("Abs", [b.Input("x", 2, 3, 5).Name])])])),
        .. Of("Round", [11, 21], b => b.Node(
            "Round", [b.Node("Div", [b.Input("x", 2, 3, 5).Name, b.Scalar(0.1f)])])),
        .. Node("Shrink", [9, 21], "Shrink", [2, 3, 5], ("lambd", 0.3f), ("bias", 0.2f)),
        .. Node("ThresholdedRelu", [10, 21], "ThresholdedRelu", [2, 3, 5], ("alpha", 0.2f)),
        .. Node("Selu of constants", [9, 21], "Selu", [2, 3, 5], ("alpha", 1.2f), ("gamma", 2f)),
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
        .. Of("Clip above", [11, 13], b =>
            b.Node("Clip", [b.Input("x", 4, 5).Name, "", b.Scalar(0.25f)])),
        .. Of("Clip at computed limits", [13], b => b.Node(
            "Clip", [b.Input("x", 4, 5).Name, b.Input("low").Name, b.Scalar(0.9f)])),
        .. Of("Clip at nothing", [13], b => b.Node("Clip", [b.Input("x", 4, 5).Name])),
        .. Of("PRelu by channel", [9, 16], b => b.Node(
            "PRelu", [b.Conv(b.Input("x", Picture), 4, 3).Name,
                b.Uniform(0.1, 0.9, 4, 1, 1).Name])),
        .. Of("PRelu of one slope", [9, 16], b => b.Node(
            "PRelu", [b.Input("x", Picture).Name, b.Constant([0.2f], 1).Name])),
        .. Of("Pow of a row", [9, 13], b => b.Node(
            "Pow", [b.Node("Exp", [b.Input("x", 2, 7).Name]), b.Uniform(-2, 2, 7).Name])),
        .. Of("Pow of computed exponents", [9, 13], b => b.Node(
            "Pow", [b.Node("Exp", [b.Input("x", 2, 7).Name]), b.Input("y", 5, 1, 7).Name])),
        .. Of("Pow of a constant", [13], b => b.Node(
            "Pow", [b.Scalar(1.7f), b.Input("x", 2, 7).Name])),
        .. Of("Pow of integer exponents", [13], b => b.Node(
            "Pow", [b.Input("x", 2, 3).Name, b.Integers(5, 2, 3)])),
        .. new[] { 1f, 2f, 3f, 4f, 0.5f, -0.5f, -1f, 0f, 5f, 1.7f }.SelectMany(exponent => Of(
            $"Pow {exponent}", [9, 13], b => b.Node(
                "Pow", [b.Node("Exp", [b.Input("x", 2, 7).Name]), b.Scalar(exponent)]))),
    ];

    private static IEnumerable<OnnxOperatorCase> Arithmetic() =>
        new[] { "Add", "Sub", "Mul", "Div", "Min", "Max" }.SelectMany(
            op => new (string, Func<OnnxModelBuilder, string[]>)[]
        {
            ("a channel", b =>
                [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(1, 2, 1, 4, 1, 1).Name]),
            ("a channel of rank 3", b =>
                [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(1, 2, 4, 1, 1).Name]),
            ("a row", b => [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(1, 2, 11).Name]),
            ("a picture before it", b =>
                [b.Uniform(1, 2, 4, 9, 11).Name, b.Conv(b.Input("x", Picture), 4, 3).Name]),
            ("a scalar", b => [b.Input("x", 3, 4).Name, b.Scalar(1.5f)]),
            ("a scalar before it", b => [b.Scalar(1.5f), b.Node("Exp", [b.Input("x", 3, 4).Name])]),
            ("a computed row", b =>
                [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Node("Exp", [b.Input("y", 11).Name])]),
            ("both ways", b =>
                [b.Input("x", 3, 1, 4).Name, b.Node("Exp", [b.Input("y", 5, 1).Name])]),
            ("a smaller one before it", b =>
                [b.Input("x", 4).Name, b.Node("Exp", [b.Input("y", 2, 5, 4).Name])]),
            ("a constant of more axes", b => [b.Input("x", 4).Name, b.Uniform(1, 2, 2, 3, 4).Name]),
            ("pooled", b =>
            {
                var x = b.Conv(b.Input("x", Picture), 4, 3);
                return [x.Name, b.Node("Exp", [b.GlobalAveragePool(x).Name])];
            }),
        }.SelectMany(
            operands =>
                Of($"{op} with {operands.Item1}", [9, 14], b => b.Node(op, operands.Item2(b)))))
        .Concat(new[] { "Sum", "Mean", "Max", "Min" }.SelectMany(op => Of(
            $"{op} of three", [9, 13], b => b.Node(
                op, [b.Input("x", 2, 3, 4).Name, b.Input("y", 3, 1).Name,
                    b.Uniform(-1, 1, 4).Name]))));

    private static IEnumerable<OnnxOperatorCase> Products() =>
    [
        .. new (long[] A, long[] B)[]
        {
            ([3, 4], [4, 5]), ([2, 3, 4], [4, 5]), ([2, 3, 4], [2, 4, 5]),
                ([6, 2, 3, 4], [2, 4, 5]), ([4], [4, 5]),
            ([3, 4], [4]), ([2, 3, 4], [4]), ([4], [2, 4, 5]), ([4], [4]),
        }.SelectMany(s => Of($"MatMul {string.Join('x', s.A)} by {string.Join('x', s.B)}", [9, 13],
            b => b.Node("MatMul", [b.Input("a", s.A).Name, b.Input("b", s.B).Name]))),
        .. Of("MatMul by a constant", [13], b =>
            b.MatMul(b.Input("x", 2, 3, 4), b.Weight(4, 1, 4, 5)).Name),
        .. Of("MatMul of transposed", [13], b => b.MatMul(
            b.Transpose(b.Input("x", 2, 4, 3), 0, 2, 1),
                b.Transpose(b.Input("y", 2, 5, 4), 0, 2, 1)).Name),
        .. Of("MatMul of tokens of a picture", [13], b => b.MatMul(
            b.Transpose(b.Conv(b.Input("x", Picture), 4, 3), 0, 2, 3, 1),
                b.Weight(4, 1, 4, 5)).Name),
        .. Of("MatMul of a picture's rows", [13], b => b.Node(
            "MatMul", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Weight(4, 1, 11, 5).Name])),
        .. new (bool A, bool B)[] { (false, false), (false, true), (true, false),
            (true, true) }.SelectMany(t =>
            new (float Alpha, float Beta, long[]? C)[]
            {
                (1, 1, [5]), (1, 1, [1, 5]), (1, 1, [3, 1]), (1, 1, [3, 5]), (0.5f, 2, [5]),
                    (2, 1, null), (1, 0, [5]),
            }.SelectMany(f => Of(
                $"Gemm {t} {f.Alpha} {f.Beta} [{string.Join(' ', f.C ?? [])}]", f.C is null
                    ? [11, 13]
                    : [9, 13],
                b => b.Node(
                    "Gemm",
                    [
                        b.Input("x", t.A ? [4, 3] : [3, 4]).Name,
                            b.Weight(4, 1, t.B ? [5, 4] : [4, 5]).Name,
                        .. f.C is null ? [] : new[] { b.Uniform(-1, 1, f.C).Name },
                    ],
                    ("transA", t.A), ("transB", t.B), ("alpha", f.Alpha), ("beta", f.Beta))))),
        .. new (string Equation, long[][] Shapes)[]
        {
            ("bij, bjk -> bik", [[2, 3, 4], [2, 4, 5]]), ("ij,jk", [[3, 4], [4, 5]]),
            ("i,i", [[4], [4]]), ("i,j->ij", [[3], [4]]), ("ij->i", [[3, 4]]), ("ij->ji", [[3, 4]]),
            ("ij->", [[3, 4]]), ("...ii->...i", [[2, 3, 4, 4]]), ("ii", [[5, 5]]),
            ("bhqd,bhkd->bhqk", [[2, 3, 4, 5], [2, 3, 6, 5]]), ("bhwc,hkc->bhwk", [[2, 3, 4, 5], [3, 6, 5]]),
            ("...ij,...jk->...ik", [[2, 5, 3, 4], [2, 5, 4, 6]]), ("ba,cb->ac", [[3, 4], [5, 3]]),
            ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 5]]), ("bij,bij->b", [[2, 3, 4], [2, 3, 4]]),
            ("bc,bcd->bcd", [[2, 3], [2, 3, 4]]), ("ijk,l->li", [[2, 3, 4], [5]]),
        }.SelectMany(e => Of($"Einsum {e.Equation}", [12, 21], b => b.Node(
            "Einsum", [.. e.Shapes.Select((shape, i) => b.Input($"x{i}", shape).Name)],
                ("equation", e.Equation)))),
        .. Of("Einsum of pictures", [13], b => b.Node(
            "Einsum",
                [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Conv(b.Input("y", Picture), 4, 3).Name],
                ("equation", "nchw,nkhw->nck"))),
        .. Of("Gemm of computed matrices", [13], b => b.Node(
            "Gemm", [b.Input("x", 3, 4).Name, b.Input("y", 5, 4).Name, b.Input("z", 1, 5).Name],
                ("transB", 1))),
    ];

    private static IEnumerable<OnnxOperatorCase> Lines() =>
    [
        .. new[] { "Softmax", "LogSoftmax" }.SelectMany(
            op => new[] { 0, 1, 2, 3, -1 }.SelectMany(axis => Of(
            $"{op} of a picture along {axis}", [9, 11, 13], b => b.Node(
                op, [b.Conv(b.Input("x", 2, 3, 5, 4), 4, 3).Name], ("axis", axis))))),
        .. Node("Softmax", Opsets, "Softmax", [2, 3, 4]),
        .. new[]
        {
            "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2",
                "ReduceSumSquare", "ReduceProd", "ReduceLogSumExp",
        }.SelectMany(
            op => new (long[], bool)[] { ([2, 3], true), ([1], false),
                ([-1, 0], false) }.SelectMany(
            axes => Of($"{op} along [{string.Join(' ', axes.Item1)}]", Opsets, b =>
                b.Opset >= (op == "ReduceSum" ? 13 : 18)
                    ? b.Node(
                        op, [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(axes.Item1)],
                            ("keepdims", axes.Item2))
                    : b.Node(
                        op, [b.Conv(b.Input("x", Picture), 4, 3).Name], ("axes", axes.Item1),
                            ("keepdims", axes.Item2))))),
        .. Node("ReduceMean of all", Opsets, "ReduceMean", [2, 3, 4], ("keepdims", 0)),
        .. Of("ReduceLogSum", [13], b => b.Node(
            "ReduceLogSum", [b.Node("Exp", [b.Input("x", 3, 4).Name])], ("axes", (long[])[1]))),
        .. Of("ReduceSum of integers", [13], b => ToFloat(b, b.Node(
            "ReduceSum", [Integers(b, "x", Int64, 2, 3, 4), b.Integers(1)]))),
        .. Of("ReduceMax of integers", [18], b => ToFloat(b, b.Node(
            "ReduceMax", [Integers(b, "x", Int32, 2, 3, 4), b.Integers(-1, 0)], ("keepdims", 0)))),
        .. Node("ReduceSum of none", [13], "ReduceSum", [2, 3], ("noop_with_empty_axes", 1)),
        .. new[] { "ArgMax", "ArgMin" }.SelectMany(op =>
            new[] { 0, 1, -1 }.SelectMany(axis => new[] { false, true }.SelectMany(keep =>
                new[] { 9, 13 }.Select(
                    opset => new OnnxOperatorCase($"{op} along {axis}, {keep}", opset, b =>
                    b.Output(
                        new OnnxValue(b.Node(
                            op, [b.Conv(b.Input("x", Picture), 4, 3).Name], ("axis", axis),
                                ("keepdims", keep))),
                        OnnxDataType.Int64, declareShape: false)))))),
    ];
}
