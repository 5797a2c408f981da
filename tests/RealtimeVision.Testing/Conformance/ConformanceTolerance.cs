namespace RealtimeVision.Testing.Conformance;

/// <summary>How far floats may be from ONNX's.</summary>
/// <param name="Relative">As a share of the expected value.</param>
/// <param name="Absolute">Added to that.</param>
public readonly record struct ConformanceTolerance(double Relative, double Absolute)
{
    /// <summary>That of ONNX's own runner.</summary>
    public static readonly ConformanceTolerance Default = new(1e-3, 1e-7);

    // Every exception, with its reason. A name that ends with '*' stands for all that begin so.
    private static readonly (string Id, ConformanceTolerance Tolerance, string Reason)[]
        Exceptions =
        [
            ("node/cast_FLOAT_to_BFLOAT16", new(1.0 / 128, 1e-7),
                "bfloat16 runs as Float32, so that the result is not cut to 8 bits"),
        ];

    /// <summary>The exceptions, to be listed for people.</summary>
    public static IEnumerable<(string Id, ConformanceTolerance Tolerance, string Reason)> All =>
        Exceptions;

    /// <summary>The tolerance of a case.</summary>
    public static ConformanceTolerance Of(string id) => Exceptions
        .Where(e => e.Id == id
            || (e.Id.EndsWith('*') && id.StartsWith(e.Id[..^1], StringComparison.Ordinal)))
        .Select(e => (ConformanceTolerance?)e.Tolerance)
        .FirstOrDefault() ?? Default;

    /// <summary>True where a value is near; infinities and NaN have to be the same.</summary>
    public bool Accepts(double actual, double expected) =>
        actual.Equals(expected)
        || Math.Abs(actual - expected) <= Absolute + (Relative * Math.Abs(expected));
}
