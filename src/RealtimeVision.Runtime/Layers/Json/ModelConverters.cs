using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Runtime.Layers.Json;

/// <summary>An imported model as the path of its file: how a hand writes it.</summary>
internal sealed class ModelByPath : JsonConverter<OnnxModel>
{
    public override OnnxModel Read(
        ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? OnnxModel.Load(reader.GetString()!)
            : throw new JsonException("the path of an ONNX file belongs there");

    public override void Write(
        Utf8JsonWriter writer, OnnxModel value, JsonSerializerOptions options) =>
        throw new NotSupportedException(
            $"{value.Name} is stored with its weights only: see {nameof(NetworkFile)}");
}

/// <summary>
/// An imported model as the name of a tensor of bytes in the network's own file: the ONNX file
/// without the weights that are parameters.
/// </summary>
/// <param name="file">The file to read from; null for one that is to be written.</param>
internal sealed class ModelsInFile(Safetensors? file = null) : JsonConverter<OnnxModel>
{
    private readonly Dictionary<OnnxModel, string> _names = [];
    private readonly Dictionary<string, OnnxModel> _models = [];

    /// <summary>The tensors that were written or read. Parameters' names have a slash, these
    /// none.</summary>
    public Dictionary<string, byte[]> Bytes { get; } = [];

    public override OnnxModel Read(
        ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        string name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        if (_models.TryGetValue(name, out var model))
        {
            return model;
        }

        if (file?.Tensors.ContainsKey(name) != true)
        {
            throw new JsonException($"there is no tensor '{name}' with the imported model");
        }

        byte[] bytes = Bytes[name] = file.ToBytes(name);
        using var stream = new MemoryStream(bytes);
        return _models[name] = OnnxModel.Of(
            OnnxModelFile.Read(stream, name), Path.GetFileNameWithoutExtension(name));
    }

    public override void Write(
        Utf8JsonWriter writer, OnnxModel value, JsonSerializerOptions options)
    {
        if (!_names.TryGetValue(value, out string? name))
        {
            string stem = value.Name.Replace('/', '_');
            name = stem + ".onnx";
            for (int i = 2; Bytes.ContainsKey(name); i++)
            {
                name = $"{stem}_{i}.onnx";
            }

            _names.Add(value, name);
            Bytes.Add(name, value.ToBytesWithoutWeights());
        }

        writer.WriteStringValue(name);
    }
}
