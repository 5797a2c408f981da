using RealtimeVision.Testing;
using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

public sealed partial class OnnxOperatorTests
{
    private static IEnumerable<OnnxOperatorCase> Normalisations() =>
    [
        .. new[] { 0, 1, -1, -2 }.SelectMany(axis => new[] { true, false }.Select(shift =>
            new OnnxOperatorCase(
                $"LayerNormalization from {axis}{(shift ? "" : " without offset")}", 17, b =>
                {
                    long[] sizes = [3, 4, 5];
                    long[] parameters = axis < 0 ? sizes[^-axis..] : sizes[axis..];
                    string[] inputs =
                    [
                        b.Input("x", sizes).Name, b.Uniform(-1, 1, parameters).Name,
                        .. shift ? new[] { b.Uniform(-1, 1, parameters).Name } : [],
                    ];
                    foreach (string output in b.Nodes(
                        "LayerNormalization", inputs, 3, ("axis", axis), ("epsilon", 1e-3f)))
                    {
                        b.Output(new OnnxValue(output), declareShape: false);
                    }
                }))),
        .. Of("LayerNormalization of a picture's channels", [17, 21], b => b.Node(
            "LayerNormalization",
            [b.Transpose(b.Conv(b.Input("x", Picture), 4, 3), 0, 2, 3, 1).Name,
                b.Uniform(-1, 1, 4).Name, b.Uniform(-1, 1, 4).Name])),
        .. Of("LayerNormalization of a picture's rows", [17], b => b.Node(
            "LayerNormalization",
            [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(-1, 1, 11).Name])),
        .. Of("InstanceNormalization", [9, 21], b => b.Node(
            "InstanceNormalization",
            [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(-1, 1, 4).Name,
                b.Uniform(-1, 1, 4).Name],
            ("epsilon", 0.01f))),
        .. Of("InstanceNormalization of a sequence", [9], b => b.Node(
            "InstanceNormalization",
            [b.Input("x", 2, 4, 7).Name, b.Uniform(-1, 1, 4).Name, b.Uniform(-1, 1, 4).Name])),
        .. Of("GroupNormalization of a number a channel", [21], b => b.Node(
            "GroupNormalization",
            [b.Conv(b.Input("x", Picture), 6, 3).Name, b.Uniform(-1, 1, 6).Name,
                b.Uniform(-1, 1, 6).Name],
            ("num_groups", 2))),
        .. Of("GroupNormalization of a number a group", [18], b => b.Node(
            "GroupNormalization",
            [b.Conv(b.Input("x", Picture), 6, 3).Name, b.Uniform(-1, 1, 2).Name,
                b.Uniform(-1, 1, 2).Name],
            ("num_groups", 2))),
        .. new long[][] { [0, 2, 3], [1], [2, 3], [1, 2, 3], [0, 2] }.SelectMany(axes => Of(
            $"MeanVarianceNormalization along [{string.Join(' ', axes)}]", [9, 13], b => b.Node(
                "MeanVarianceNormalization", [b.Conv(b.Input("x", Picture), 4, 3).Name],
                ("axes", axes)))),
        .. new[] { 0, 1, 3, -1 }.SelectMany(axis => new[] { 1, 2 }.SelectMany(p => Of(
            $"LpNormalization {p} along {axis}", [9], b => b.Node(
                "LpNormalization", [b.Conv(b.Input("x", Picture), 4, 3).Name],
                ("axis", axis), ("p", p))))),
        .. new[] { 1, 3, 5 }.SelectMany(size => Of(
            $"LRN {size}", [9, 13], b => b.Node(
                "LRN", [b.Conv(b.Input("x", Picture), 8, 3).Name],
                ("size", size), ("alpha", 0.2f), ("beta", 0.6f), ("bias", 1.5f)))),
        .. new[] { 0, 1, 2, -1 }.SelectMany(axis => Of(
            $"Hardmax along {axis}", [9, 13], b => b.Node(
                "Hardmax", [b.Conv(b.Input("x", 2, 3, 5, 4), 4, 3).Name], ("axis", axis)))),
        .. new[] { 14, 15 }.Select(opset => new OnnxOperatorCase(
            "BatchNormalization in training", opset, b =>
            {
                string[] inputs =
                [
                    b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(-1, 1, 4).Name,
                    b.Uniform(-1, 1, 4).Name, b.Uniform(-1, 1, 4).Name, b.Uniform(0, 1, 4).Name,
                ];
                foreach (string output in b.Nodes(
                    "BatchNormalization", inputs, 3, ("training_mode", 1), ("momentum", 0.7f)))
                {
                    b.Output(new OnnxValue(output), declareShape: false);
                }
            })),
    ];
}
