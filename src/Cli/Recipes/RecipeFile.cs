using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Recipes;

/// <summary>A recipe and the file that it is from.</summary>
internal sealed class RecipeFile
{
    private readonly YamlTree _tree;

    private RecipeFile(Recipe recipe, YamlTree tree, string path, string text)
    {
        Recipe = recipe;
        _tree = tree;
        Path = path;
        Text = text;
    }

    /// <summary>What the file says.</summary>
    public Recipe Recipe { get; }

    /// <summary>The file; a model's, where the recipe is stored in it.</summary>
    public string Path { get; }

    /// <summary>The file's text, comments and all.</summary>
    public string Text { get; }

    /// <summary>What the file says as JSON, apart from how it is written.</summary>
    public JsonObject Json => _tree.Root;

    /// <summary>What is done with samples that cannot be read.</summary>
    public UnreadableSamples Unreadable =>
        (Recipe.Data as FileData)?.Unreadable ?? UnreadableSamples.Fail;

    /// <summary>Reads and checks a recipe.</summary>
    /// <exception cref="RecipeException">The file cannot be read, or is no recipe: every problem is
    /// named with its line and key.</exception>
    public static RecipeFile Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecipeException($"{path}: cannot be read: {e.Message}", e);
        }

        return Parse(text, path);
    }

    /// <summary>As <see cref="Load"/>, of text; relative paths are relative to where it is
    /// from.</summary>
    public static RecipeFile Parse(string text, string path)
    {
        var tree = YamlTree.Parse(text, path);
        var problems = SchemaCheck.Problems(tree.Root, RecipeSchema.Root);
        if (problems.Count > 0)
        {
            throw new RecipeException(string.Join(
                '\n', problems.Select(p => tree.Describe(p.Path, p.Problem))));
        }

        try
        {
            var recipe = tree.Root.Deserialize<Recipe>(TrainingJson.Options)!;
            return new RecipeFile(recipe, tree, path, text);
        }
        catch (JsonException e)
        {
            throw tree.Error((e.Path ?? "$").TrimStart('$', '.'), e.Message, e);
        }
        catch (ArgumentException e)
        {
            throw tree.Error(PathOf(tree.Root, e.ParamName), FirstLine(e.Message), e);
        }
    }

    /// <summary>The same file where something was said otherwise.</summary>
    public RecipeFile With(Recipe recipe) => new(recipe, _tree, Path, Text);

    /// <summary>A path of the recipe: relative ones begin at the recipe's folder.</summary>
    public string Resolve(string path) => System.IO.Path.GetFullPath(
        path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);

    /// <summary>An error of a key.</summary>
    /// <param name="key">As <c>model.layers[2]</c>.</param>
    /// <param name="problem">What is wrong, without a full stop.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public RecipeException Error(string key, string problem, Exception? inner = null) =>
        _tree.Error(key, problem, inner);

    // Records of schedules check their own parameters, and name them as constructors do.
    private static string PathOf(JsonNode? node, string? parameter)
    {
        string key = JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter ?? "");
        return Find(node) ?? "";

        string? Find(JsonNode? place) => place switch
        {
            JsonObject fields when fields.ContainsKey(key) && !IsRange(fields) =>
                Trimmed(fields[key]?.GetPath() ?? fields.GetPath()),
            JsonObject fields => fields.Select(f => Find(f.Value)).FirstOrDefault(f => f is not null),
            JsonArray items => items.Select(Find).FirstOrDefault(f => f is not null),
            _ => null,
        };

        // What has no kind is of the recipe's own records, whose ranges the schema has.
        static bool IsRange(JsonObject fields) => !fields.ContainsKey("type");
        static string Trimmed(string path) => path.TrimStart('$', '.');
    }

    private static string FirstLine(string message)
    {
        int end = message.IndexOfAny(['\n', '\r']);
        message = end < 0 ? message : message[..end];
        int parameter = message.IndexOf(" (Parameter", StringComparison.Ordinal);
        return (parameter < 0 ? message : message[..parameter]).TrimEnd('.');
    }
}
