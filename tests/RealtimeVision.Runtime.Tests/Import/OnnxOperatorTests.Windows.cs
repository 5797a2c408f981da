using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Operators that slide a window over pictures, lines and volumes.</summary>
public sealed partial class OnnxOperatorTests
{
    private static IEnumerable<OnnxOperatorCase> Windows() =>
    [
        .. new[] { "SAME_UPPER", "SAME_LOWER", "VALID" }.SelectMany(pad => Of(
            $"Conv {pad}", [9, 21], b => b.Node(
                "Conv", [b.Input("x", Picture).Name, b.Weight(27, 1, 4, 3, 4, 3).Name],
                ("auto_pad", pad), ("strides", (long[])[2, 3])))),
        .. Of("Conv of a sequence", [9, 21], b => b.Node(
            "Conv", [b.Input("x", 2, 6, 13).Name, b.Weight(9, 1, 4, 3, 3).Name,
                b.Uniform(-1, 1, 4).Name],
            ("pads", (long[])[2, 1]), ("strides", (long[])[2]), ("group", 2))),
        .. Of("Conv with computed weights", [13], b => b.Node(
            "Conv", [b.Input("x", 1, 3, 6, 7).Name, b.Input("w", 5, 3, 3, 2).Name])),
        .. Of("ConvTranspose groups", [9, 21], b => b.Node(
            "ConvTranspose",
                [b.Input("x", 2, 4, 5, 6).Name, b.Weight(18, 1, 4, 3, 3, 2).Name,
                    b.Uniform(-1, 1, 6).Name],
            ("group", 2), ("strides", (long[])[2, 3]), ("pads", (long[])[1, 0, 0, 1]),
            ("dilations", (long[])[2, 1]), ("output_padding", (long[])[1, 2]))),
        .. new[] { "SAME_UPPER", "SAME_LOWER", "NOTSET" }.SelectMany(pad => Of(
            $"ConvTranspose output_shape {pad}", [11], b => b.Node(
                "ConvTranspose", [b.Input("x", 1, 2, 5, 6).Name, b.Weight(18, 1, 2, 3, 4, 4).Name],
                ("auto_pad", pad), ("strides", (long[])[2, 2]),
                    ("output_shape", (long[])[10, 11])))),
        .. Of("ConvTranspose to a larger output_shape", [11], b => b.Node(
            "ConvTranspose", [b.Input("x", 1, 2, 5, 6).Name, b.Weight(18, 1, 2, 3, 3, 3).Name],
            ("strides", (long[])[3, 2]), ("output_shape", (long[])[16, 14]))),
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
        .. Node("AveragePool with padding", [9, 21], "AveragePool", Picture,
            ("kernel_shape", (long[])[3, 3]),
            ("pads", (long[])[1, 1, 1, 1]), ("count_include_pad", 1)),
        .. Node("GlobalAveragePool", Opsets, "GlobalAveragePool", Picture),
        .. Node("GlobalMaxPool", Opsets, "GlobalMaxPool", Picture),
        .. Node("GlobalAveragePool of a sequence", [13], "GlobalAveragePool", [2, 3, 7]),
        .. Of("BatchNormalization of a matrix", [9, 13, 15], b =>
            b.BatchNorm(b.Input("x", 4, 5)).Name),
        .. Of("BatchNormalization of a sequence", [9, 13, 15], b =>
            b.BatchNorm(b.Input("x", 2, 5, 3)).Name),
    ];

    private static IEnumerable<OnnxOperatorCase> Volumes() =>
    [
        .. Of("Conv of a volume", [9, 21], b => b.Node(
            "Conv", [b.Input("x", 2, 4, 7, 6, 5).Name, b.Weight(36, 1, 6, 2, 3, 2, 3).Name,
                b.Uniform(-1, 1, 6).Name],
            ("group", 2), ("strides", (long[])[2, 1, 2]), ("pads", (long[])[1, 0, 1, 2, 1, 1]),
            ("dilations", (long[])[2, 1, 1]))),
        .. Of("Conv of a volume SAME_LOWER, computed weights", [11], b => b.Node(
            "Conv", [b.Input("x", 1, 2, 5, 6, 7).Name, b.Input("w", 3, 2, 2, 3, 2).Name],
            ("auto_pad", "SAME_LOWER"), ("strides", (long[])[2, 2, 1]))),
        .. Of("ConvTranspose of a volume", [9, 21], b => b.Node(
            "ConvTranspose",
                [b.Input("x", 2, 4, 3, 4, 5).Name, b.Weight(36, 1, 4, 3, 3, 2, 3).Name,
                    b.Uniform(-1, 1, 6).Name],
            ("group", 2), ("strides", (long[])[3, 2, 1]), ("pads", (long[])[1, 0, 1, 2, 1, 0]),
            ("dilations", (long[])[2, 1, 1]), ("output_padding", (long[])[2, 1, 0]))),
        .. new[] { "MaxPool", "AveragePool" }.SelectMany(op => (IEnumerable<OnnxOperatorCase>)
        [
            .. Node($"{op} of a volume", [9, 21], op, [2, 3, 6, 7, 8],
                ("kernel_shape", (long[])[3, 2, 3]), ("strides", (long[])[2, 2, 1]),
                ("pads", (long[])[1, 0, 1, 1, 1, 0])),
            .. Node($"{op} of a volume, ceil, SAME_UPPER", [10, 19], op, [1, 2, 5, 7, 8],
                ("kernel_shape", (long[])[2, 3, 3]), ("strides", (long[])[2, 3, 2]),
                ("auto_pad", "SAME_UPPER")),
        ]),
        .. Node("AveragePool of a volume with padding", [9, 21], "AveragePool", [1, 2, 5, 7, 8],
            ("kernel_shape", (long[])[2, 3, 3]), ("pads", (long[])[1, 1, 1, 0, 1, 1]),
            ("count_include_pad", 1)),
    ];
}
