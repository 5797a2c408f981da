using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Runtime.Layers.Json;

/// <summary>An imported model as the path of its file: how a hand writes it.</summary>
/// <param name="format">What the file is, for errors.</param>
/// <param name="load">Loads it.</param>
internal sealed class ModelByPath<T>(string format, Func<string, T> load) : JsonConverter<T>
    where T : Model
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? load(reader.GetString()!)
            : throw new JsonException($"the path of {format} file belongs there");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        throw new NotSupportedException(
            $"{value.Name} is stored with its weights only: see {nameof(NetworkFile)}");
}

/// <summary>
/// Imported models as names of tensors of bytes in the network's own file: an ONNX file without the
/// weights that are parameters, a TensorFlow Lite file as it is.
/// </summary>
/// <param name="file">The file to read from; null for one that is to be written.</param>
internal sealed class ModelsInFile(Safetensors? file = null)
{
    /// <summary>The tensors that were written or read. Parameters' names have a slash, these
    /// none.</summary>
    public Dictionary<string, byte[]> Bytes { get; } = [];

    /// <summary>How they are read and written.</summary>
    public JsonConverter[] Converters() =>
    [
        new Converter<OnnxModel>(
            this, ".onnx", model => model.ToBytesWithoutWeights(),
            (bytes, name) =>
            {
                using var stream = new MemoryStream(bytes);
                return OnnxModel.Of(OnnxModelFile.Read(stream, name + ".onnx"), name);
            }),
        new Converter<TfLiteModel>(
            this, ".tflite", model => model.FileBytes, TfLiteModel.Of),
    ];

    private byte[] Read(string name)
    {
        if (file?.Tensors.ContainsKey(name) != true)
        {
            throw new JsonException($"there is no tensor '{name}' with the imported model");
        }

        return Bytes[name] = file.ToBytes(name);
    }

    private string Add(string stem, string extension, byte[] bytes)
    {
        stem = stem.Replace('/', '_');
        string name = stem + extension;
        for (int i = 2; Bytes.ContainsKey(name); i++)
        {
            name = $"{stem}_{i}{extension}";
        }

        Bytes.Add(name, bytes);
        return name;
    }

    private sealed class Converter<T>(
        ModelsInFile models, string extension, Func<T, byte[]> write, Func<byte[], string, T> read)
        : JsonConverter<T>
        where T : Model
    {
        private readonly Dictionary<T, string> _names = [];
        private readonly Dictionary<string, T> _models = [];

        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            string name = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
            if (!_models.TryGetValue(name, out var model))
            {
                model = read(models.Read(name), Path.GetFileNameWithoutExtension(name));
                _models.Add(name, model);
            }

            return model;
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (!_names.TryGetValue(value, out string? name))
            {
                name = models.Add(value.Name, extension, write(value));
                _names.Add(value, name);
            }

            writer.WriteStringValue(name);
        }
    }
}
