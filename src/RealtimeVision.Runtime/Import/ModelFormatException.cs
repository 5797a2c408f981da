using System.Text;

namespace RealtimeVision.Runtime.Import;

/// <summary>
/// A model file is not what it claims to be: missing, truncated, malformed, or outside what its
/// format allows. The message names the file, the problem and, where they are known, the field and
/// the byte.
/// </summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>Describes one problem of one file.</summary>
    /// <param name="format">Name of the format, such as <c>ONNX</c>.</param>
    /// <param name="problem">What is wrong, as a sentence without a full stop.</param>
    /// <param name="file">Path of the file, where there is one.</param>
    /// <param name="fieldPath">
    /// Where in the model, such as <c>graph.node[3].attribute[0]</c>.
    /// </param>
    /// <param name="offset">Byte in the file at which the problem starts.</param>
    /// <param name="innerException">What was caught, if anything.</param>
    public ModelFormatException(
        string format,
        string problem,
        string? file = null,
        string? fieldPath = null,
        long? offset = null,
        Exception? innerException = null)
        : base(Compose(format, problem, file, fieldPath, offset), innerException)
    {
        Format = format;
        Problem = problem;
        File = file;
        FieldPath = fieldPath;
        Offset = offset;
    }

    /// <summary>Name of the format, such as <c>ONNX</c> or <c>safetensors</c>.</summary>
    public string Format { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; }

    /// <summary>Path of the file; null for a model in memory.</summary>
    public string? File { get; }

    /// <summary>
    /// Where in the model, such as <c>graph.node[3]</c>; null where it is not known.
    /// </summary>
    public string? FieldPath { get; }

    /// <summary>Byte in the file at which the problem starts; null where it is not known.</summary>
    public long? Offset { get; }

    private static string Compose(
        string format, string problem, string? file, string? fieldPath, long? offset)
    {
        var text = new StringBuilder();
        if (file is not null)
        {
            text.Append(file).Append(": ");
        }

        text.Append("bad ").Append(format).Append(" model: ").Append(problem);
        if (!string.IsNullOrEmpty(fieldPath))
        {
            text.Append(", in ").Append(fieldPath);
        }

        if (offset is { } position)
        {
            text.Append(", at byte ").Append(position);
        }

        return text.ToString();
    }
}
