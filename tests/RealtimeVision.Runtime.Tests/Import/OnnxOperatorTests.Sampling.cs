using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;
using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Operators that read pictures at places which data decide.</summary>
public sealed partial class OnnxOperatorTests
{
    private static IEnumerable<OnnxOperatorCase> Samples() =>
    [
        .. new[] { "nearest", "bilinear", "bicubic" }.SelectMany(mode =>
            new[] { "zeros", "border", "reflection" }.SelectMany(padding =>
                new[] { 0, 1 }.SelectMany(align => Of(
                    $"GridSample {mode} {padding} {align}", [16, 20], b => b.Node(
                        "GridSample",
                        [b.Input("x", 2, 3, 5, 7).Name, b.Uniform(-1.7, 1.7, 2, 4, 6, 2).Name],
                        ("mode", b.Opset < 20 || mode == "nearest" ? mode : mode[2..]),
                        ("padding_mode", padding), ("align_corners", align)))))),
        .. new[] { 0, 1 }.SelectMany(align => Of($"AffineGrid {align}", [20], b => b.Node(
            "AffineGrid", [b.Input("theta", 2, 2, 3).Name, b.Integers(2, 3, 5, 6)],
            ("align_corners", align)))),
        .. new[] { "avg", "max" }.SelectMany(mode => new[] { 0, 2 }.SelectMany(ratio =>
            new[] { "half_pixel", "output_half_pixel" }.SelectMany(coordinates => Of(
                $"RoiAlign {mode} {ratio} {coordinates}", [16], b => b.Node(
                    "RoiAlign",
                    [b.Input("x", 2, 3, 9, 8).Name,
                        b.Constant([1, 2, 12, 15, -3, 0, 9.5f, 6, 4, 4, 30, 28], 3, 4).Name,
                        b.Integers(0, 1, 1)],
                    ("mode", mode), ("sampling_ratio", ratio), ("output_height", 2),
                    ("output_width", 3), ("spatial_scale", 0.5f),
                    ("coordinate_transformation_mode", coordinates)))))),
        .. Of("RoiAlign", [10], b => b.Node(
            "RoiAlign",
            [b.Input("x", 1, 2, 9, 8).Name, b.Constant([1, 2, 6, 7], 1, 4).Name, b.Integers(0)],
            ("output_height", 2), ("output_width", 2), ("sampling_ratio", 2))),
    ];

    private static IEnumerable<OnnxOperatorCase> Pools() =>
    [
        .. new[] { 1, 2, 3 }.SelectMany(p => (IEnumerable<OnnxOperatorCase>)
        [
            .. Node($"LpPool {p}", [11, 18], "LpPool", Picture, ("kernel_shape", (long[])[3, 2]),
                ("strides", (long[])[2, 2]), ("pads", (long[])[1, 0, 1, 1]), ("p", p)),
            .. Node($"GlobalLpPool {p}", [9, 13], "GlobalLpPool", Picture, ("p", p)),
        ]),
        .. new[] { 0, 1 }.SelectMany(order => new[] { 0, 1 }.SelectMany(ceil =>
            new[] { 12, 13 }.Select(opset => new OnnxOperatorCase(
                $"MaxPool indices {order} {ceil}", opset, b =>
                {
                    string[] y = b.Nodes(
                        "MaxPool", [b.Input("x", Picture).Name], 2,
                        ("kernel_shape", (long[])[3, 2]), ("strides", (long[])[2, 2]),
                        ("pads", (long[])[1, 0, 1, 1]), ("ceil_mode", ceil),
                        ("storage_order", order));
                    b.Output(new OnnxValue(y[0]), declareShape: false);
                    b.Output(new OnnxValue(y[1]), OnnxDataType.Int64, declareShape: false);
                })))),
        .. Of("MaxUnpool", [11], b =>
        {
            string[] y = b.Nodes(
                "MaxPool", [b.Input("x", 2, 3, 8, 10).Name], 2, ("kernel_shape", (long[])[2, 2]),
                ("strides", (long[])[2, 2]));
            return b.Node(
                "MaxUnpool", y, ("kernel_shape", (long[])[2, 2]), ("strides", (long[])[2, 2]));
        }),
        .. Of("MaxUnpool of a sequence", [11], b =>
        {
            string[] y = b.Nodes(
                "MaxPool", [b.Input("x", 2, 3, 12).Name], 2, ("kernel_shape", (long[])[3]),
                ("strides", (long[])[3]));
            return b.Node(
                "MaxUnpool", y, ("kernel_shape", (long[])[3]), ("strides", (long[])[3]));
        }),
    ];
}
