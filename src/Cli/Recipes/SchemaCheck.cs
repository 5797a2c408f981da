using System.Text.Json;
using System.Text.Json.Nodes;

namespace RealtimeVision.Cli.Recipes;

/// <summary>
/// Checks a value against the keywords of JSON schema that <see cref="RecipeSchema"/> uses, and says
/// what is wrong in words of people who write recipes.
/// </summary>
internal sealed class SchemaCheck(JsonObject root)
{
    private const string Kind = "type";
    private readonly List<(string Path, string Problem)> _problems = [];

    /// <summary>All problems of a value, in its order.</summary>
    public static IReadOnlyList<(string Path, string Problem)> Problems(
        JsonNode? value, JsonObject schema)
    {
        var check = new SchemaCheck(schema);
        check.Check(value, schema, "");
        return check._problems;
    }

    private void Check(JsonNode? value, JsonNode? schemaNode, string path)
    {
        if (schemaNode is not JsonObject schema)
        {
            return;
        }

        schema = Resolve(schema);
        if (!FitsType(value, schema))
        {
            _problems.Add((path, $"{Expected(schema)} belongs there"));
            return;
        }

        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)))
        {
            _problems.Add((path, $"{Show(value)} is none of {string.Join(", ", allowed.Select(Show))}"));
            return;
        }

        if (schema["anyOf"] is JsonArray forms)
        {
            CheckForms(value, schema, forms, path);
        }

        switch (value)
        {
            case JsonObject fields when schema["properties"] is JsonObject known:
                CheckFields(fields, schema, known, path);
                break;
            case JsonArray items:
                CheckItems(items, schema, path);
                break;
            case JsonValue number when number.GetValueKind() == JsonValueKind.Number:
                CheckLimits(number.Deserialize<double>(), schema, path);
                break;
        }
    }

    private void CheckForms(JsonNode? value, JsonObject schema, JsonArray forms, string path)
    {
        if (value is JsonObject fields && KindsOf(forms) is { Count: > 0 } kinds)
        {
            if (fields[Kind] is not JsonValue given || given.GetValueKind() != JsonValueKind.String)
            {
                _problems.Add((path, $"'type' is missing: one of {string.Join(", ", kinds.Keys)}"));
            }
            else if (!kinds.TryGetValue(given.GetValue<string>(), out var form))
            {
                _problems.Add((
                    $"{path}.{Kind}", $"'{given}' is none of {string.Join(", ", kinds.Keys)}"));
            }
            else
            {
                Check(value, form, path);
            }
        }
        else if (!forms.Any(f => Fits(value, f)))
        {
            _problems.Add((path, $"{Expected(schema)} belongs there"));
        }
    }

    private void CheckFields(JsonObject fields, JsonObject schema, JsonObject known, string path)
    {
        string prefix = path.Length > 0 ? path + "." : "";
        foreach (var (name, field) in fields)
        {
            if (known[name] is { } fieldSchema)
            {
                Check(field, fieldSchema, prefix + name);
            }
            else if (!known.ContainsKey(name) && schema["additionalProperties"] is JsonValue)
            {
                _problems.Add((
                    prefix + name, $"the key is not known; known are {string.Join(", ", known.Select(k => k.Key))}"));
            }
        }

        foreach (var name in schema["required"] as JsonArray ?? [])
        {
            if (!fields.ContainsKey(name!.GetValue<string>()))
            {
                _problems.Add((path, $"'{name}' is missing"));
            }
        }
    }

    private void CheckItems(JsonArray items, JsonObject schema, string path)
    {
        if (schema["minItems"]?.GetValue<int>() is { } least && items.Count < least)
        {
            _problems.Add((path, $"has {items.Count} items, at least {least} belong there"));
        }

        for (int i = 0; i < items.Count; i++)
        {
            Check(items[i], schema["items"], $"{path}[{i}]");
        }
    }

    private void CheckLimits(double number, JsonObject schema, string path)
    {
        double Limit(string keyword, double none) => schema[keyword]?.Deserialize<double>() ?? none;
        bool fits = number >= Limit("minimum", double.NegativeInfinity)
            && number <= Limit("maximum", double.PositiveInfinity)
            && number > Limit("exclusiveMinimum", double.NegativeInfinity)
            && number < Limit("exclusiveMaximum", double.PositiveInfinity);
        if (!fits)
        {
            (string Keyword, string Words)[] limits =
            [
                ("minimum", "at least"), ("exclusiveMinimum", "above"), ("maximum", "at most"),
                ("exclusiveMaximum", "below"),
            ];
            _problems.Add((path, $"{Show(number)} has to be " + string.Join(
                " and ", limits.Where(l => schema.ContainsKey(l.Keyword))
                    .Select(l => $"{l.Words} {schema[l.Keyword]}"))));
        }
    }

    private Dictionary<string, JsonObject> KindsOf(JsonArray forms)
    {
        var kinds = new Dictionary<string, JsonObject>();
        foreach (var form in forms.OfType<JsonObject>().Select(Resolve))
        {
            if (form["properties"]?[Kind]?["const"] is { } name)
            {
                kinds[name.GetValue<string>()] = form;
            }
        }

        return kinds;
    }

    private bool Fits(JsonNode? value, JsonNode? schema)
    {
        var check = new SchemaCheck(root);
        check.Check(value, schema, "");
        return check._problems.Count == 0;
    }

    // References are pointers into the schema: #/properties/training/...
    private JsonObject Resolve(JsonObject schema)
    {
        while (schema["$ref"] is { } reference)
        {
            JsonNode target = root;
            foreach (string part in reference.GetValue<string>().TrimStart('#').Split('/')[1..])
            {
                string name = part.Replace("~1", "/", StringComparison.Ordinal)
                    .Replace("~0", "~", StringComparison.Ordinal);
                target = target is JsonArray list ? list[int.Parse(name)]! : target[name]!;
            }

            schema = (JsonObject)target;
        }

        return schema;
    }

    private static bool FitsType(JsonNode? value, JsonObject schema)
    {
        string[] types = TypesOf(schema);
        return types.Length == 0 || types.Any(type => type switch
        {
            "null" => value is null,
            "object" => value is JsonObject,
            "array" => value is JsonArray,
            "integer" => KindOf(value) == JsonValueKind.Number
                && value!.Deserialize<double>() is var number && number == Math.Truncate(number),
            "number" => KindOf(value) == JsonValueKind.Number,
            "string" => KindOf(value) == JsonValueKind.String,
            "boolean" => KindOf(value) is JsonValueKind.True or JsonValueKind.False,
            _ => true,
        });
    }

    private static JsonValueKind KindOf(JsonNode? value) =>
        value?.GetValueKind() ?? JsonValueKind.Null;

    private static string[] TypesOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray several => [.. several.Select(t => t!.GetValue<string>())],
        JsonValue one => [one.GetValue<string>()],
        _ => [],
    };

    private string Expected(JsonObject schema)
    {
        schema = Resolve(schema);
        if (schema["anyOf"] is JsonArray forms && TypesOf(schema).Length == 0)
        {
            return string.Join(
                " or ", forms.OfType<JsonObject>().Select(Expected).Where(e => e != "nothing").Distinct());
        }

        return schema["enum"] is JsonArray choices && KindOf(choices[0]) == JsonValueKind.String
            ? "one of " + string.Join(", ", choices.Where(c => c is not null))
            : string.Join(" or ", TypesOf(schema).Where(t => t != "null").Select(type => type switch
            {
                "object" => "keys with values",
                "array" => $"a list of {Plural(schema["items"] as JsonObject)}",
                "integer" => "a whole number",
                "number" => "a number",
                "string" => "text",
                "boolean" => "true or false",
                _ => type,
            }).DefaultIfEmpty("nothing"));
    }

    private string Plural(JsonObject? items) =>
        items is null ? "values" : TypesOf(Resolve(items)) switch
        {
            ["integer", ..] => "whole numbers",
            ["number", ..] => "numbers",
            ["string", ..] => "text",
            _ => "keys with values",
        };

    private static string Show(JsonNode? value) => KindOf(value) == JsonValueKind.String
        ? $"'{value}'"
        : value?.ToJsonString() ?? "nothing";
}
