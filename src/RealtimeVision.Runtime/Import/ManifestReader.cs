using System.Globalization;
using System.Text.Json;

namespace RealtimeVision.Runtime.Import;

/// <summary>Reads manifests strictly: each problem names the file and the field.</summary>
internal static class ManifestReader
{
    private const string FormatName = "manifest";

    internal static readonly Dictionary<string, ModelTask> Tasks = new()
    {
        ["classification"] = ModelTask.Classification, ["segmentation"] = ModelTask.Segmentation,
    };

    internal static readonly Dictionary<string, ModelOutput> Outputs = new()
    {
        ["probability"] = ModelOutput.Probability, ["logits"] = ModelOutput.Logits,
    };

    internal static readonly Dictionary<string, ColourOrder> Colours = new()
    {
        ["rgb"] = ColourOrder.Rgb, ["bgr"] = ColourOrder.Bgr,
    };

    internal static readonly Dictionary<string, ModelRegion> Regions = new()
    {
        ["frame"] = ModelRegion.Frame, ["largest-segment"] = ModelRegion.LargestSegment,
    };

    public static ModelManifest Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(File.ReadAllBytes(path), path, "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException(
                FormatName, $"it cannot be read: {e.Message}", path, innerException: e);
        }
    }

    /// <summary>Reads a manifest that is in memory.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="file">The file that it is of, for errors.</param>
    /// <param name="place">What fields are called after in errors: <c>manifest.</c>, or nothing
    /// where the file is the manifest.</param>
    public static ModelManifest Parse(ReadOnlyMemory<byte> json, string file, string place)
    {
        try
        {
            using var document = JsonDocument.Parse(
                json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
            return Read(new Fields(file, place, document.RootElement));
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(
                FormatName, $"it is no JSON: {e.Message}", file, offset: null, innerException: e);
        }
    }

    private static ModelManifest Read(Fields fields)
    {
        var manifest = new ModelManifest
        {
            Name = fields.Text("name") ?? throw fields.Bad("name", "the field is missing"),
            Task = fields.OneOf("task", Tasks) ?? throw fields.Bad("task", "the field is missing"),
            Input = fields.Object("input") is { } input ? ReadInput(input) : new ManifestInput(),
            Output = fields.OneOf("output", Outputs) ?? ModelOutput.Logits,
            Threshold = fields.Number("threshold", 0, 1),
            Labels = fields.List("labels", "text", Text) ?? [],
            Palette = fields.List("palette", "a colour as #rrggbb or #rrggbbaa", Colour)?
                .Select(c => c!.Value).ToArray() ?? [],
            License = fields.Text("license"),
            Source = fields.Text("source"),
        };
        fields.RequireKnown();
        if (manifest.Palette.Count > 0 && manifest.Labels.Count > 0
            && manifest.Palette.Count != manifest.Labels.Count)
        {
            throw fields.Bad(
                "palette", $"{manifest.Palette.Count} colours for {manifest.Labels.Count} labels");
        }

        return manifest;
    }

    private static ManifestInput ReadInput(Fields fields)
    {
        var input = new ManifestInput
        {
            Width = fields.Size("width"),
            Height = fields.Size("height"),
            Colour = fields.OneOf("colour", Colours) ?? ColourOrder.Rgb,
            Mean = fields.Channels("mean", float.MinValue) ?? [0, 0, 0],
            Std = fields.Channels("std", float.Epsilon) ?? [1, 1, 1],
            Letterbox = fields.Flag("letterbox") ?? true,
            Pad = fields.Number("pad", 0, 1) ?? 0,
            Region = fields.OneOf("region", Regions) ?? ModelRegion.Frame,
            Margin = fields.Number("margin", 0, float.MaxValue) ?? 0,
        };
        fields.RequireKnown();
        return (input.Width is null) == (input.Height is null) ? input
            : throw fields.Bad(
                input.Width is null ? "width" : "height", "width and height belong together");
    }

    private static string? Text(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString() : null;

    private static uint? Colour(JsonElement element)
    {
        string text = element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
        bool isHex = uint.TryParse(
            text.AsSpan(Math.Min(1, text.Length)), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out uint value);
        return !isHex || text[0] != '#' ? null
            : text.Length switch { 7 => (value << 8) | 0xFF, 9 => value, _ => null };
    }

    /// <summary>The fields of a JSON object; those that were asked for are known.</summary>
    private sealed class Fields
    {
        private readonly string _file;
        private readonly string _path;
        private readonly Dictionary<string, JsonElement> _values = [];
        private readonly HashSet<string> _known = [];

        public Fields(string file, string path, JsonElement element)
        {
            (_file, _path) = (file, path);
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFormatException(FormatName, "an object belongs there", file, path);
            }

            foreach (var property in element.EnumerateObject())
            {
                if (!_values.TryAdd(property.Name, property.Value))
                {
                    throw Bad(property.Name, "the field is there twice");
                }
            }
        }

        public void RequireKnown()
        {
            if (_values.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
            {
                string known = string.Join(", ", _known.Order(StringComparer.Ordinal));
                throw Bad(unknown, $"the field is not known; known are {known}");
            }
        }

        public ModelFormatException Bad(string field, string problem) =>
            new(FormatName, problem, _file, _path + field);

        public Fields? Object(string name) =>
            Find(name) is { } value ? new Fields(_file, $"{_path}{name}.", value) : null;

        public string? Text(string name) => Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw Bad(name, "text belongs there");

        public bool? Flag(string name) => Find(name)?.ValueKind switch
        {
            null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Bad(name, "true or false belongs there"),
        };

        public T? OneOf<T>(string name, Dictionary<string, T> choices)
            where T : struct =>
            Text(name) is not { } text ? null
            : choices.TryGetValue(text, out var choice) ? choice
            : throw Bad(name, $"'{text}' is none of {string.Join(", ", choices.Keys)}");

        public float? Number(string name, float least, float most) =>
            Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number)
                && number >= least && number <= most ? number
            : throw Bad(name, most == float.MaxValue ? $"a number from {least} on belongs there"
                : $"a number from {least} to {most} belongs there");

        public int? Size(string name) => Find(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number)
                && number > 0 ? number
            : throw Bad(name, "a whole number of pixels belongs there");

        public float[]? Channels(string name, float least)
        {
            var values = List(
                name, least > 0 ? "a positive number" : "a number",
                e => e.ValueKind == JsonValueKind.Number && e.TryGetSingle(out float v)
                    && float.IsFinite(v) && v >= least
                    ? v : (float?)null);
            return values is null or { Length: 3 } ? values?.Select(v => v!.Value).ToArray()
                : throw Bad(
                    name, $"{values.Length} numbers where one for each of 3 channels belongs");
        }

        public T[]? List<T>(string name, string what, Func<JsonElement, T?> read)
        {
            if (Find(name) is not { } value)
            {
                return null;
            }

            if (value.ValueKind != JsonValueKind.Array)
            {
                throw Bad(name, "a list belongs there");
            }

            return [.. value.EnumerateArray().Select(
                (e, i) => read(e) ?? throw Bad($"{name}[{i}]", $"{what} belongs there"))];
        }

        private JsonElement? Find(string name)
        {
            _known.Add(name);
            return _values.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null
                ? value
                : null;
        }
    }
}
