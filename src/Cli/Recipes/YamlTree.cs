using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RealtimeVision.Cli.Recipes;

/// <summary>
/// A YAML file as JSON, and the line of every key. Plain scalars are what YAML 1.2's core schema
/// makes of them: <c>yes</c> and <c>on</c> are text.
/// </summary>
internal sealed class YamlTree
{
    private const int MostDepth = 64;
    private readonly Dictionary<string, long> _lines = [];
    private readonly string _file;

    private YamlTree(string file) => _file = file;

    public JsonObject Root { get; private set; } = [];

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="RecipeException">It is no YAML, or no mapping.</exception>
    public static YamlTree Parse(string text, string file)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new RecipeException($"{file}:{e.Start.Line}: {e.Message}", e);
        }

        var tree = new YamlTree(file);
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw new RecipeException($"{file}: is no recipe: keys and values belong there");
        }

        tree.Root = (JsonObject)tree.Convert(root, "", 0)!;
        return tree;
    }

    /// <summary>The line of a key, or of the nearest above it that the file has.</summary>
    /// <param name="path">As <c>training.augmentation[1].side</c>.</param>
    public long LineOf(string path)
    {
        long line;
        while (!_lines.TryGetValue(path, out line) && path.Length > 0)
        {
            path = path[..Math.Max(path.LastIndexOfAny(['.', '[']), 0)];
        }

        return Math.Max(line, 1);
    }

    /// <summary>One line that says what is wrong where.</summary>
    public string Describe(string path, string problem) =>
        $"{_file}:{LineOf(path)}: {(path.Length > 0 ? path + ": " : "")}{problem}";

    public RecipeException Error(string path, string problem, Exception? inner = null) =>
        new(Describe(path, problem), inner);

    private JsonNode? Convert(YamlNode node, string path, int depth)
    {
        _lines.TryAdd(path, node.Start.Line);
        if (depth > MostDepth)
        {
            throw Error(path, "is nested too deep");
        }

        switch (node)
        {
            case YamlScalarNode scalar:
                return Scalar(scalar);
            case YamlSequenceNode sequence:
                return new JsonArray(
                    [.. sequence.Select((item, i) => Convert(item, $"{path}[{i}]", depth + 1))]);
            case YamlMappingNode mapping:
                var result = new JsonObject();
                foreach (var (key, value) in mapping)
                {
                    string name = (key as YamlScalarNode)?.Value
                        ?? throw Error(path, "a key is no text");
                    string place = path.Length > 0 ? $"{path}.{name}" : name;
                    _lines.TryAdd(place, key.Start.Line);
                    result[name] = Convert(value, place, depth + 1);
                }

                return result;
            default:
                throw Error(path, "is no value");
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        string text = scalar.Value ?? "";
        return scalar.Style != ScalarStyle.Plain ? JsonValue.Create(text) : text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong whole) =>
                JsonValue.Create(whole),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) =>
                JsonValue.Create(whole),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                && double.IsFinite(number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
