namespace RealtimeVision.Testing.Conformance;

/// <summary>How a case ended.</summary>
public enum ConformanceStatus
{
    /// <summary>All outputs are as ONNX has them.</summary>
    Passed,

    /// <summary>The model is refused, with a reason.</summary>
    Unsupported,

    /// <summary>An output differs.</summary>
    Wrong,

    /// <summary>An exception that names no missing feature.</summary>
    Error,
}

/// <summary>A case, how it ended and why.</summary>
/// <param name="Case">The case.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Reason">Why it did not pass, in one line; empty where it did.</param>
public sealed record ConformanceResult(
    ConformanceCase Case, ConformanceStatus Status, string Reason = "")
{
    /// <summary>True where all outputs are right.</summary>
    public bool IsPassed => Status == ConformanceStatus.Passed;

    /// <summary>Case, status and reason in one line.</summary>
    public override string ToString() => $"{Case.Id}\t{Status}\t{Reason}";
}
