using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Import.TfLite;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Import;

/// <summary>
/// Loads networks of any file format that is known, by what is in the file and not by what it is
/// called.
/// </summary>
public static class ModelFile
{
    private const string ZooPrefix = "zoo:";

    /// <summary>
    /// Loads a network, and the manifest beside it where there is one, which comes before one that
    /// is in the model's file. Nodes that cannot be imported are an error only when a graph is
    /// built.
    /// </summary>
    /// <param name="path">
    /// A file; or <c>zoo:</c> and the name of a network of <see cref="Zoo"/>, whose weights have their
    /// first values.
    /// </param>
    /// <returns>The model, which the caller disposes of.</returns>
    /// <exception cref="ModelFormatException"> There is no such file, its format is not one that
    /// networks are read from, or it or its manifest is bad. </exception>
    public static Model Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.StartsWith(ZooPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return FromZoo(path);
        }

        // Whatever is not recognised goes to the ONNX reader, which says what is wrong: ONNX files
        // have no signature.
        Model model = Format(path) switch
        {
            FileSignature.TfLite => TfLiteModel.Load(path),
            FileSignature.Safetensors => NetworkFile.Load(path),
            _ => OnnxModel.Load(path),
        };
        model.Manifest = ModelManifest.Beside(path) ?? model.Manifest;
        return model;
    }

    private static Network FromZoo(string path)
    {
        try
        {
            return Zoo.Create(path[ZooPrefix.Length..]);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException("zoo", e.Message, path, innerException: e);
        }
    }

    private static string? Format(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(path);
            Span<byte> head = stackalloc byte[32];
            return FileSignature.Describe(
                head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(
                "model", $"it cannot be read: {e.Message}", path, innerException: e);
        }
    }
}
