using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;
using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Operators that move elements, compute sizes, or go through sequences.</summary>
public sealed partial class OnnxOperatorTests
{
    private static IEnumerable<OnnxOperatorCase> Shapes() =>
    [
        .. new long[][]
        {
            [0, -1], [2, 4, 99], [-1], [0, 2, 2, 9, 11], [0, 0, -1], [2, 36, 11], [2, 4, 9, 11],
                [1, 2, 4, 1, 99], [8, 99],
        }.SelectMany(sizes => Of($"Reshape to [{string.Join(' ', sizes)}]", [9, 14], b =>
            b.Node("Reshape", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(sizes)]))),
        .. new[] { 0, 1, 2, 3, 4, -1 }.SelectMany(
            axis => Of($"Flatten at {axis}", axis < 0 ? [11, 13] : [9, 13], b =>
            b.Node("Flatten", [b.Conv(b.Input("x", Picture), 4, 3).Name], ("axis", axis)))),
        .. Of("Squeeze", Opsets, b =>
            b.Squeeze(
                "Squeeze", b.Reduce(
                    "ReduceMean", b.Conv(b.Input("x", Picture), 4, 3), [2], keep: true), 2).Name),
        .. Of("Squeeze of all ones", [9, 13], b => b.Node(
            "Squeeze", [b.GlobalAveragePool(b.Conv(b.Input("x", Picture), 4, 3)).Name])),
        .. Enumerable.Range(0, 5).SelectMany(axis => Of($"Unsqueeze at {axis}", [9, 13], b =>
            b.Squeeze("Unsqueeze", b.Conv(b.Input("x", Picture), 4, 3), axis).Name)),
        .. new long[][] { [0, 2, 3, 1], [3, 2, 1, 0], [0, 1, 3, 2], [1, 0, 2, 3] }.SelectMany(
            order => Of(
            $"Transpose {string.Join(' ', order)}", [9, 21], b =>
                b.Transpose(b.Conv(b.Input("x", Picture), 4, 3), order).Name)),
        .. Node("Transpose without perm", [9, 21], "Transpose", [2, 3, 4]),
        .. Of("Shuffle of channels", [13], b =>
        {
            var x = b.Conv(b.Input("x", Picture), 6, 3);
            return b.Conv(
                b.Reshape(b.Transpose(b.Reshape(x, 2, 2, 3, 9, 11), 0, 2, 1, 3, 4), 2, 6, 9, 11), 3,
                    3).Name;
        }),
        .. Of("Attention", [13], b =>
        {
            var x = b.Reshape(
                b.Transpose(b.Conv(b.Input("x", Picture), 8, 3), 0, 2, 3, 1), 2, 99, 8);
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
        .. new[] { 1, 2, -1 }.SelectMany(
            axis => Opsets.Select(opset => new OnnxOperatorCase($"Split along {axis}", opset, b =>
        {
            var x = b.Conv(b.Input("x", 2, 3, 6, 6), 6, 3);
            string[] parts = b.Opset >= 18
                ? b.Nodes("Split", [x.Name], 3, ("axis", axis), ("num_outputs", 3)) : b.Nodes(
                    "Split", [x.Name], 3, ("axis", axis));
            foreach (string part in parts)
            {
                b.Output(new OnnxValue(part), declareShape: false);
            }
        }))),
        .. new (long, long, long)[] { (1, 5, 2), (-4, long.MaxValue, 1), (8, long.MinValue, -3),
            (-1, -9, -2), (0, -1, 1) }.SelectMany(s => Of(
            $"Slice {s}", [10, 13], b => b.Node(
                "Slice",
                [
                    b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(s.Item1),
                        b.Integers(s.Item2), b.Integers(-2),
                    b.Integers(s.Item3),
                ]))),
        .. Of("Slice by attributes", [9], b => b.Node(
            "Slice", [b.Conv(b.Input("x", Picture), 4, 3).Name], ("starts", (long[])[1, -5]),
                ("ends", (long[])[3, 100]),
            ("axes", (long[])[1, 3]))),
        .. Of("Slice of the first axes", [10, 13], b => b.Node(
            "Slice", [b.Input("x", Picture).Name, b.Integers(1, 0), b.Integers(2, 2)])),
        .. new[] { "constant", "reflect", "edge" }.SelectMany(mode => Of($"Pad {mode}", Opsets, b =>
            b.Pad(b.Conv(b.Input("x", Picture), 4, 3), [0, 1, 2, 0, 0, 0, 1, 3], 0.5f, mode).Name)),
        .. Of("Pad wrap", [19, 21], b =>
            b.Pad(b.Conv(b.Input("x", Picture), 4, 3), [0, 1, 2, 0, 0, 0, 1, 3], 0, "wrap").Name),
        .. Of("Pad that cuts and reflects", [13], b => b.Node(
            "Pad", [b.Input("x", 5, 6).Name, b.Integers(-1, 2, 2, -3)], ("mode", "reflect"))),
        .. Of("Pad that cuts", [13], b =>
            b.Node("Pad", [b.Input("x", 5, 6).Name, b.Integers(-1, 2, 0, -3)])),
        .. Of("Pad of one axis", [18, 21], b => b.Node(
            "Pad", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(1, 2), "",
                b.Integers(-1)])),
        .. new long[][] { [2], [3, 1, 0], [1, 2, 3], [0, 0, 2], [-1, 0] }.SelectMany(indices => Of(
            $"Gather [{string.Join(' ', indices)}]", [9, 13], b => b.Node(
                "Gather", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(indices)],
                    ("axis", 1)))),
        .. Of("Gather of one entry", [13], b =>
        {
            string index = b.Node("Constant", [], ("value", OnnxTensor.Create("i", [], [2L])));
            return b.Node("Gather", [b.Conv(b.Input("x", Picture), 4, 3).Name, index], ("axis", 3));
        }),
        .. Of("Tile", [9, 13], b =>
            b.Node("Tile", [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Integers(1, 2, 1, 3)])),
        .. Of("Expand", [9, 13], b => b.Node(
            "Expand",
                [b.GlobalAveragePool(b.Conv(b.Input("x", Picture), 4, 3)).Name,
                    b.Integers(1, 4, 5, 6)])),
        .. Of("Expand to more axes", [9, 13], b =>
            b.Node("Expand", [b.Input("x", 3, 1).Name, b.Integers(2, 1, 4)])),
    ];

    private static IEnumerable<OnnxOperatorCase> HostSizes() =>
    [
        .. Of("Upsampling to the size of another", [11, 13], b =>
        {
            var x = b.Conv(b.Input("x", 1, 3, 9, 11), 4, 3, 2);
            string size = b.Node(
                "Slice", [b.Node("Shape", ["x"]), b.Integers(2), b.Integers(4), b.Integers(0)]);
            string head = b.Node(
                "Slice", [b.Node("Shape", [x.Name]), b.Integers(0), b.Integers(2), b.Integers(0)]);
            return b.Node(
                "Resize",
                    [x.Name, Nothing(b), Nothing(b), b.Node("Concat", [head, size], ("axis", 0))],
                        ("mode", "linear"));
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
            string twice = b.Node(
                "Mul", [b.Node("Gather", [shape, b.Integers(-1)]), b.Integers(2)]);
            return b.Node(
                "Reshape", ["x", b.Node("Concat", [b.Integers(2), half, twice], ("axis", 0))]);
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
        .. new[] { (1, 3), (-2, 100), (0, -1) }.SelectMany(
            ends => Of($"Shape from {ends}", [15, 21], b => b.Node(
            "Reshape", [b.Input("x", 2, 3, 4).Name, b.Node("Concat", [
                b.Integers(-1), b.Node("Shape", ["x"], ("start", ends.Item1), ("end", ends.Item2))],
                    ("axis", 0))]))),
    ];

    // Operator set 11 has these inputs empty, later ones leave them out.
    private static string Nothing(OnnxModelBuilder b) => b.Opset > 11 ? "" : b.Constant([], 0).Name;
}
