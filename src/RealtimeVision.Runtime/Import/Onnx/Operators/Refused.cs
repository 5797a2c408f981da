namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Operators of ONNX that are not imported, and why.</summary>
internal static class Refused
{
    private const string Random = "random numbers are not supported";
    private const string Strings = "strings are not supported";
    private const string DataDecidesSize = "the size of its output depends on data";

    public static IEnumerable<OperatorMapper> All =>
    [
        Of("Bernoulli", Random),
        Of("Multinomial", Random),
        Of("RandomNormal", Random),
        Of("RandomNormalLike", Random),
        Of("RandomUniform", Random),
        Of("RandomUniformLike", Random),
        Of("RegexFullMatch", Strings),
        Of("StringConcat", Strings),
        Of("StringNormalizer", Strings),
        Of("StringSplit", Strings),
        Of("TfIdfVectorizer", "n-grams of text are not supported"),
        Of("ImageDecoder", "encoded pictures are not supported: decode them before"),
        Of("NonMaxSuppression", DataDecidesSize),
        Of("Det", "determinants are not supported"),
        Of("MaxRoiPool", "pooling over regions with a maximum is not supported; RoiAlign is"),
        Of("DeformConv", "deformable convolution is not supported"),
        Of("Optional", "optional values are not supported"),
        Of("OptionalGetElement", "optional values are not supported"),
        Of("OptionalHasElement", "optional values are not supported"),
        Of("ai.onnx.preview.training.Gradient", "gradients are not supported"),
    ];

    private static OperatorMapper Of(string name, string reason) =>
        new(name, _ => throw NodeContext.Unsupported(reason), _ => reason) { Reason = reason };
}
