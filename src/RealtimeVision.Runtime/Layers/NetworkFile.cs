using System.Text;
using System.Text.Json;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers.Json;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// A network in one safetensors file, which any reader of the format opens: its parameters as
/// tensors of their names, and in the metadata its graph, its manifest, and how it was trained. An
/// <see cref="ImportedModel"/> is a tensor of bytes, the ONNX file without the weights that are
/// tensors of their own; an <see cref="ImportedTfLiteModel"/> is its file.
/// </summary>
/// <remarks>
/// Weights have this library's order on disk too: convolutions [KH, KW, C / groups, O], linear
/// layers [in, out].
/// </remarks>
public static class NetworkFile
{
    /// <summary>Metadata: the graph as JSON.</summary>
    public const string GraphKey = "realtimevision.graph";

    /// <summary>Metadata: the manifest as JSON.</summary>
    public const string ManifestKey = "realtimevision.manifest";

    /// <summary>Metadata: the recipe that the network was trained by, and what came of it.</summary>
    public const string TrainingKey = "realtimevision.training";

    private const string FormatName = "network";

    /// <summary>
    /// Writes a network and its <see cref="Execution.Model.Manifest"/>. An existing file is replaced
    /// only once the new one is whole and on the disk.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="training">How it was trained, as text or JSON; null where nothing says so.</param>
    /// <param name="metadata">More strings to keep in the file; null for none.</param>
    /// <exception cref="ArgumentException">
    /// Parameters have numbers that are not finite (all are named), or metadata uses a name of the
    /// format.
    /// </exception>
    /// <exception cref="NotSupportedException">A layer is not in <see
    /// cref="LayerCatalog"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(
        Network network,
        string path,
        string? training = null,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        string[] bad = [.. network.Parameters.Where(p => !IsFinite(p.Values)).Select(p => $"'{p.Name}'")];
        if (bad.Length > 0)
        {
            throw new ArgumentException(
                $"{network.Name} is not saved: there are numbers that are not finite in "
                + string.Join(", ", bad),
                nameof(network));
        }

        var strings = new Dictionary<string, string>(metadata ?? new Dictionary<string, string>());
        var models = new ModelsInFile();
        strings.Add(GraphKey, new NetworkJson(new LayerJson(models.Converters())).Write(network));
        if (network.Manifest is { } manifest)
        {
            strings.Add(ManifestKey, manifest.ToJson());
        }

        if (training is not null)
        {
            strings.Add(TrainingKey, training);
        }

        Safetensors.Save(
            path,
            [
                .. network.Parameters.Select(Store),
                .. models.Bytes.Select(m => SafetensorsTensor.Create<byte>(
                    m.Key, [m.Value.Length], m.Value)),
            ],
            strings);
    }

    /// <summary>Reads a network, its weights and its manifest.</summary>
    /// <returns>The network, which the caller disposes of.</returns>
    /// <exception cref="ModelFormatException">
    /// The file is bad, holds no network of this library, its graph is wrong, or tensors are
    /// missing, surplus or of another shape: all of them are named.
    /// </exception>
    public static Network Load(string path)
    {
        using var file = Safetensors.Open(path);
        if (!file.Metadata.TryGetValue(GraphKey, out string? graph))
        {
            throw new ModelFormatException(
                FormatName,
                $"the file has tensors alone: its metadata has no '{GraphKey}'. Weights are read "
                + "into a network that a program makes",
                path);
        }

        Network network;
        var models = new ModelsInFile(file);
        try
        {
            network = new NetworkJson(new LayerJson(models.Converters())).Read(graph);
        }
        catch (Exception e) when (e is JsonException or ShapeException)
        {
            throw new ModelFormatException(
                FormatName, e.Message, path, GraphKey, innerException: e);
        }

        NetworkWeights.Read(file, path, network, WeightMapping.Own(network), models.Bytes.Keys);
        if (file.Metadata.TryGetValue(ManifestKey, out string? manifest))
        {
            network.Manifest =
                ManifestReader.Parse(Encoding.UTF8.GetBytes(manifest), path, ManifestKey + ": ");
        }

        return network;
    }

    /// <summary>What a file says besides its tensors: <see cref="TrainingKey"/> and others.</summary>
    /// <exception cref="ModelFormatException">The file is bad.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path)
    {
        using var file = Safetensors.Open(path);
        return file.Metadata;
    }

    private static SafetensorsTensor Store(Parameter parameter) => new(
        parameter.Name, StorageType.Float32,
        [.. parameter.Type.Shape.Sizes.ToArray().Select(s => (long)s)], parameter.Data);

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
