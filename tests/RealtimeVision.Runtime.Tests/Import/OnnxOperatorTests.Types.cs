using static RealtimeVision.Runtime.Tests.Import.OnnxOperatorCase;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>Operators on integers and booleans; their results are cast to floats.</summary>
public sealed partial class OnnxOperatorTests
{
    private const int Float = 1;
    private const int UInt8 = 2;
    private const int Int32 = 6;
    private const int Int64 = 7;
    private const int Bool = 9;

    private static IEnumerable<OnnxOperatorCase> Types() =>
    [
        .. new[] { "Add", "Sub", "Mul", "Min", "Max" }.SelectMany(op => new[] { Int32, Int64 }.SelectMany(
            type => Of($"{op} of integers of type {type}", [14], b => ToFloat(b, b.Node(
                op, [Integers(b, "x", type, 2, 3, 4), Integers(b, "y", type, 3, 1)]))))),
        .. Of("Div of integers", [14], b => ToFloat(b, b.Node(
            "Div", [Integers(b, "x", Int64, 2, 3, 4), b.Integers(3, -2, 5, 1)]))),
        .. new[] { false, true }.SelectMany(fmod => Of($"Mod of integers {fmod}", [13], b => ToFloat(b, b.Node(
            "Mod", [Integers(b, "x", Int64, 2, 3, 4), b.Integers(3, -2, 5, -7)], ("fmod", fmod))))),
        .. Of("Mod of floats", [13], b => b.Node(
            "Mod", [b.Input("x", 2, 3, 4).Name, b.Uniform(0.1, 0.4, 4).Name], ("fmod", 1))),
        .. Of("Abs, Neg and Sign of integers", [13], b => ToFloat(b, b.Node(
            "Add",
            [
                b.Node("Abs", [Integers(b, "x", Int64, 3, 4)]),
                b.Node("Mul", [b.Node("Neg", [Integers(b, "y", Int64, 4)]), b.Node("Sign", [Integers(b, "z", Int64, 3, 1)])]),
            ]))),
        .. Of("Clip of integers", [13], b => ToFloat(b, b.Node(
            "Clip",
            [
                Integers(b, "x", Int64, 5, 6), "",
                b.Node("Squeeze", [b.Integers(3), b.Integers(0)]),
            ]))),
        .. Of("Pow of integers", [13], b => ToFloat(b, b.Node(
            "Pow", [Integers(b, "x", Int64, 5, 3), b.Integers(0, 2, 3)]))),
        .. Of("Pow of integers and floats", [13], b => ToFloat(b, b.Node(
            "Pow", [b.Node("Abs", [Integers(b, "x", Int64, 5, 2)]), b.Uniform(0.5, 2, 2).Name]))),
        .. new[] { "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual" }.SelectMany(op =>
            (IEnumerable<OnnxOperatorCase>)
            [
                .. Of($"{op} of a picture", [16], b => ToFloat(b, b.Node(
                    op, [b.Conv(b.Input("x", Picture), 4, 3).Name, b.Uniform(-1, 1, 4, 1, 1).Name]))),
                .. Of($"{op} of integers", [16], b => ToFloat(b, b.Node(
                    op, [Integers(b, "x", Int64, 4, 1, 5), Integers(b, "y", Int64, 6, 1)]))),
            ]),
        .. new[] { "And", "Or", "Xor" }.SelectMany(op => Of($"{op}", [13], b => ToFloat(b, b.Node(
            op, [Booleans(b, "x", 2, 3, 4), Booleans(b, "y", 3, 1)])))),
        .. Of("Not", [13], b => ToFloat(b, b.Node("Not", [Booleans(b, "x", 2, 3)]))),
        .. Of("IsNaN", [13], b => ToFloat(b, b.Node(
            "IsNaN", [b.Node("Sqrt", [b.Input("x", 4, 5).Name])]))),
        .. new[] { (0, 1), (1, 0), (1, 1) }.SelectMany(detect => Of($"IsInf {detect}", [10], b => ToFloat(b, b.Node(
            "IsInf",
            [b.Node("Div", [b.Input("x", 4, 5).Name, b.Node("Relu", [b.Input("y", 4, 5).Name])])],
            ("detect_negative", detect.Item1), ("detect_positive", detect.Item2))))),
        .. new[] { "LEFT", "RIGHT" }.SelectMany(direction => Of($"BitShift {direction}", [13], b => ToFloat(b, b.Node(
            "BitShift",
            [
                b.Node("Cast", [Integers(b, "x", Int64, 3, 4)], ("to", UInt8)),
                b.Node("Cast", [b.Integers(1, 2, 3, 0)], ("to", UInt8)),
            ],
            ("direction", direction))))),
        .. Of("Where of floats", [9, 16], b => b.Node(
            "Where", [Booleans(b, "c", 3, 1), b.Input("x", 2, 1, 4).Name, b.Uniform(-1, 1, 4).Name])),
        .. Of("Where of a picture", [16], b =>
        {
            var x = b.Conv(b.Input("x", Picture), 4, 3);
            return b.Node("Where", [b.Node("Greater", [x.Name, b.Scalar(0)]), x.Name, b.Scalar(-1)]);
        }),
        .. Of("Where of integers", [16], b => ToFloat(b, b.Node(
            "Where", [Booleans(b, "c", 4), Integers(b, "x", Int64, 3, 4), b.Integers(7)]))),
        .. new[] { Int32, Int64 }.SelectMany(type => Of($"Cast to type {type}", [13], b => ToFloat(b, b.Node(
            "Cast", [b.Node("Mul", [b.Input("x", 5, 7).Name, b.Scalar(9)])], ("to", type))))),
        .. Of("Cast to bytes", [13], b => ToFloat(b, b.Node(
            "Cast", [b.Node("Mul", [b.Node("Abs", [b.Input("x", 5, 7).Name]), b.Scalar(99)])], ("to", UInt8)))),
        .. Of("Cast of integers to booleans", [13], b => ToFloat(b, b.Node(
            "Cast", [Integers(b, "x", Int64, 5, 7)], ("to", Bool)))),
        .. Of("CastLike", [15], b => ToFloat(b, b.Node(
            "CastLike", [b.Node("Mul", [b.Input("x", 5, 7).Name, b.Scalar(9)]), b.Integers(1)]))),
    ];

    /// <summary>Whole numbers from -9 to 9.</summary>
    private static string Integers(Testing.OnnxModelBuilder b, string name, int type, params long[] shape) =>
        b.Node("Cast", [b.Node("Mul", [b.Input(name, shape).Name, b.Scalar(9.5f)])], ("to", type));

    private static string Booleans(Testing.OnnxModelBuilder b, string name, params long[] shape) =>
        b.Node("Greater", [b.Input(name, shape).Name, b.Scalar(0)]);

    private static string ToFloat(Testing.OnnxModelBuilder b, string x) => b.Node("Cast", [x], ("to", Float));
}
