using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Runtime.Layers.Json;

/// <summary>Reads and writes the JSON form of layers and blocks.</summary>
internal sealed class LayerJson
{
    /// <param name="models">How imported models are read and written.</param>
    public LayerJson(params IReadOnlyList<JsonConverter> models)
    {
        Options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            IgnoreReadOnlyProperties = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LayerFields.Arrange } },
            Converters =
            {
                new ModuleConverters(this),
                new ModuleConverter<RecurrentLayer>(this),
                new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
                new Size2Converter(),
                new Padding2Converter(),
                new ShapeConverter(),
                new TensorTypeConverter(),
            },
        };
        foreach (var converter in models)
        {
            Options.Converters.Add(converter);
        }

        Options.MakeReadOnly();
    }

    /// <summary>For layers that need nothing but their JSON, and models in files.</summary>
    public static LayerJson Plain { get; } = new(
        new ModelByPath<OnnxModel>("an ONNX", OnnxModel.Load),
        new ModelByPath<TfLiteModel>("a TFLite", TfLiteModel.Load));

    public static JsonDocumentOptions Parsing { get; } = new()
    {
        AllowDuplicateProperties = false, CommentHandling = JsonCommentHandling.Skip,
    };

    public JsonSerializerOptions Options { get; }

    /// <summary>Reads a layer or block; what is not a field of it is an error.</summary>
    /// <param name="json">The object.</param>
    /// <param name="others">Fields that whoever calls reads.</param>
    public Module Read(JsonElement json, params ReadOnlySpan<string> others)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty(ModuleConverters.Kind, out var kind)
            || kind.ValueKind != JsonValueKind.String)
        {
            throw new JsonException(
                "a layer is an object whose field 'layer' says what it is: {\"layer\": \"dense\", ...}");
        }

        string where = Where(json, kind.GetString()!);
        if (!LayerCatalog.Types.TryGetValue(kind.GetString()!, out var type))
        {
            string known = string.Join(", ", LayerCatalog.Types.Keys.Order(StringComparer.Ordinal));
            throw new JsonException($"{where}: there is no such layer; known are {known}");
        }

        var fields = Options.GetTypeInfo(type).Properties.ToDictionary(p => p.Name);
        foreach (var field in json.EnumerateObject())
        {
            if (field.Name != ModuleConverters.Kind && !fields.ContainsKey(field.Name)
                && !others.Contains(field.Name))
            {
                throw new JsonException(
                    $"{where}: field '{field.Name}' is not known; known are "
                    + string.Join(", ", fields.Keys.Order(StringComparer.Ordinal)));
            }
        }

        if (fields.Values.FirstOrDefault(f => LayerFields.IsRequired(f)
            && !json.TryGetProperty(f.Name, out _)) is { } missing)
        {
            throw new JsonException($"{where}: field '{missing.Name}' is missing");
        }

        try
        {
            return (Module)json.Deserialize(type, Options)!;
        }
        catch (JsonException e)
        {
            string name = (e.Path ?? "$").Split('.', '[', ']') is [_, var first, ..] ? first : "";
            string problem = e.InnerException is null && !e.Message.Contains("Path:") ? e.Message
                : fields.TryGetValue(name, out var field) ? LayerFields.Describe(field.PropertyType)
                : e.Message;
            throw new JsonException($"{where}: field '{name}': {problem}", e);
        }
        catch (ArgumentException e)
        {
            throw new JsonException($"{where}: {e.Message}", e);
        }
    }

    private static string Where(JsonElement json, string kind) =>
        json.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? $"layer '{name.GetString()}' ({kind})"
            : $"layer '{kind}'";
}

/// <summary>Converters for <see cref="Module"/> and what other kinds derive from.</summary>
internal sealed class ModuleConverters(LayerJson json) : JsonConverterFactory
{
    /// <summary>The field that says what a layer is.</summary>
    public const string Kind = "layer";

    public override bool CanConvert(Type type) =>
        type.IsAbstract && type.IsAssignableTo(typeof(Module));

    public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(
            typeof(ModuleConverter<>).MakeGenericType(type), json)!;
}

/// <summary>A layer or block of any kind: its fields, and before them what it is.</summary>
internal sealed class ModuleConverter<T>(LayerJson json) : JsonConverter<T>
    where T : Module
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        return json.Read(element) as T
            ?? throw new JsonException(
                $"a {JsonNamingPolicy.SnakeCaseLower.ConvertName(typeof(T).Name)} belongs there, "
                + $"{element.GetProperty(ModuleConverters.Kind)} is none");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString(ModuleConverters.Kind, LayerCatalog.NameOf(value.GetType()));
        foreach (var field in JsonSerializer.SerializeToElement(value, value.GetType(), options)
            .EnumerateObject())
        {
            field.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
