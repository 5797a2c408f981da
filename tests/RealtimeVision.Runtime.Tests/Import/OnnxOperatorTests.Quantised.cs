using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;
using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

public sealed partial class OnnxOperatorTests
{
    private static IEnumerable<OnnxOperatorCase> Quantised() =>
    [
        .. new[] { OnnxDataType.UInt8, OnnxDataType.Int8 }.SelectMany(
            type => (IEnumerable<OnnxOperatorCase>)
        [
            .. Of($"QuantizeLinear {type} and back", [10, 13], b => Back(
                b, b.Node("QuantizeLinear", [b.Input("x", 2, 3, 4).Name, b.Scalar(0.008f),
                    Zero(b, type, 3)]), 0.008f, Zero(b, type, 3))),
            .. Of($"QuantizeLinear {type} by channel", [13, 19], b =>
            {
                string[] how =
                    [b.Constant([0.01f, 0.004f, 0.02f], 3).Name, Zeros(b, type, 0, 5, 9)];
                string q = b.Node(
                    "QuantizeLinear", [b.Input("x", 2, 4, 3).Name, .. how], ("axis", -1));
                return b.Node("DequantizeLinear", [q, .. how], ("axis", 2));
            }),
            .. Of($"MatMulInteger {type}", [10, 13], b => AsFloat(b, b.Node(
                "MatMulInteger",
                [
                    Quantise(b, b.Input("x", 2, 3, 4).Name, type, 2),
                    Quantise(b, b.Input("w", 4, 3).Name, type, 0), Zero(b, type, 2),
                    Zeros(b, type, 1, 2, 3),
                ]))),
        ]),
        .. Of("QLinearConv by channel with bias", [10, 13], b => Back(b, b.Node(
            "QLinearConv",
            [
                Quantise(b, b.Input("x", 1, 2, 6, 5).Name, OnnxDataType.UInt8, 100),
                b.Scalar(0.008f), Zero(b, OnnxDataType.UInt8, 100),
                Quantise(b, b.Input("w", 3, 2, 3, 3).Name, OnnxDataType.Int8, 0),
                b.Constant([0.008f, 0.004f, 0.002f], 3).Name, Zeros(b, OnnxDataType.Int8, 0, 0, 0),
                b.Scalar(0.03f), Zero(b, OnnxDataType.UInt8, 128),
                Zeros(b, OnnxDataType.Int32, 1000, -2000, 5),
            ],
            ("pads", (long[])[1, 1, 0, 1])), 0.03f, Zero(b, OnnxDataType.UInt8, 128))),
        .. Of("QLinearMatMul", [10, 13], b => Back(b, b.Node(
            "QLinearMatMul",
            [
                Quantise(b, b.Input("x", 2, 3, 4).Name, OnnxDataType.UInt8, 128),
                b.Scalar(0.008f), Zero(b, OnnxDataType.UInt8, 128),
                Quantise(b, b.Input("w", 4, 5).Name, OnnxDataType.UInt8, 120),
                b.Scalar(0.01f), Zero(b, OnnxDataType.UInt8, 120),
                b.Scalar(0.02f), Zero(b, OnnxDataType.UInt8, 7),
            ]), 0.02f, Zero(b, OnnxDataType.UInt8, 7))),
        .. Of("ConvInteger with padding", [10, 13], b => AsFloat(b, b.Node(
            "ConvInteger",
            [
                Quantise(b, b.Input("x", 1, 2, 6, 5).Name, OnnxDataType.UInt8, 100),
                Quantise(b, b.Input("w", 3, 2, 3, 3).Name, OnnxDataType.UInt8, 90),
                Zero(b, OnnxDataType.UInt8, 100), Zero(b, OnnxDataType.UInt8, 90),
            ],
            ("pads", (long[])[1, 1, 0, 1]), ("strides", (long[])[2, 1])))),
        new("DynamicQuantizeLinear", 11, b =>
        {
            string[] q = b.Nodes("DynamicQuantizeLinear", [b.Input("x", 3, 7).Name], 3);
            b.Output(new OnnxValue(AsFloat(b, q[0])), declareShape: false);
            b.Output(new OnnxValue(q[1]), declareShape: false);
            b.Output(new OnnxValue(AsFloat(b, q[2])), declareShape: false);
        }),
    ];

    private static string Quantise(OnnxModelBuilder b, string x, OnnxDataType type, long zero) =>
        b.Node("QuantizeLinear", [x, b.Scalar(0.008f), Zero(b, type, zero)]);

    private static string Back(OnnxModelBuilder b, string x, float scale, string zero) =>
        b.Node("DequantizeLinear", [x, b.Scalar(scale), zero]);

    private static string AsFloat(OnnxModelBuilder b, string x) =>
        b.Node("Cast", [x], ("to", (int)OnnxDataType.Float));

    private static string Zero(OnnxModelBuilder b, OnnxDataType type, long zero) =>
        b.Node("Squeeze", [Zeros(b, type, zero)]);

    private static string Zeros(OnnxModelBuilder b, OnnxDataType type, params long[] zeros) =>
        b.Node("Cast", [b.Integers(zeros)], ("to", (int)type));
}
