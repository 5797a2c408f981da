using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Recipes;

/// <summary>
/// The JSON schema of recipes, made of the records that they are read to: editors check and complete
/// by it, and so do we, so that both say the same.
/// </summary>
internal static class RecipeSchema
{
    private static readonly Lazy<JsonObject> Whole = new(Make);

    /// <summary>The schema. Not to be changed.</summary>
    public static JsonObject Root => Whole.Value;

    /// <summary>The schema as its file has it.</summary>
    public static string ToText() =>
        Root.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true, NewLine = "\n",
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + "\n";

    private static JsonObject Make()
    {
        var schema = (JsonObject)TrainingJson.Options.GetJsonSchemaAsNode(
            typeof(Recipe), new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform,
            });
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "A recipe of rtv train");
        return schema;
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var member = context.PropertyInfo?.AttributeProvider;
        if (type == typeof(Size2))
        {
            node = Size(context.PropertyInfo?.IsSetNullable == true);
        }

        if (type == typeof(float) || type == typeof(double))
        {
            // Not the words for what is not finite, which the exporter allows too.
            bool isNullable = type != context.TypeInfo.Type;
            node = new JsonObject
            {
                ["type"] = isNullable ? new JsonArray("number", "null") : "number",
            };
        }

        if (type == typeof(ClassWeightsRecipe))
        {
            node = ClassWeightsRecipe.Schema;
        }

        if (type == typeof(JsonObject))
        {
            node = LayerForm();
        }

        if (type == typeof(Shape))
        {
            node = new JsonObject
            {
                ["type"] = new JsonArray("array", "null"), ["items"] = Side(),
            };
        }

        if (node is not JsonObject schema)
        {
            return node;
        }

        if (member is not null)
        {
            AddLimits(schema, member);
        }

        string? text = (Of<DescriptionAttribute>(member) ?? type.GetCustomAttribute<DescriptionAttribute>())
            ?.Description;
        if (text is not null)
        {
            schema.Remove("description");
            schema.Insert(0, "description", text);
        }

        return schema;
    }

    private static void AddLimits(JsonObject schema, ICustomAttributeProvider member)
    {
        if (Of<RangeAttribute>(member) is { } range)
        {
            Add(schema, range.Minimum, range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum");
            Add(schema, range.Maximum, range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum");
        }

        if (Of<AllowedValuesAttribute>(member) is { } allowed)
        {
            schema["enum"] = new JsonArray([.. allowed.Values.Select(v => JsonValue.Create((int)v!))]);
        }

        if (Of<MinLengthAttribute>(member) is { } least)
        {
            schema["minItems"] = least.Length;
        }
    }

    // The ends of the numbers' types are no limits that anybody has to read.
    private static void Add(JsonObject schema, object limit, string keyword)
    {
        double number = System.Convert.ToDouble(limit, System.Globalization.CultureInfo.InvariantCulture);
        if (number is not (double.MaxValue or int.MaxValue))
        {
            schema[keyword] = limit is int whole ? whole : number;
        }
    }

    private static JsonObject Size(bool isNullable)
    {
        var forms = new JsonArray(
            Side(),
            new JsonObject
            {
                ["type"] = "array", ["items"] = Side(), ["minItems"] = 2, ["maxItems"] = 2,
            });
        if (isNullable)
        {
            forms.Add(new JsonObject { ["type"] = "null" });
        }

        return new JsonObject { ["anyOf"] = forms };
    }

    // Fields of layers are checked as layers are read.
    private static JsonObject LayerForm() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("layer"),
        ["properties"] = new JsonObject
        {
            ["layer"] = new JsonObject
            {
                ["description"] = "What it is; see docs/models.md.",
                ["enum"] = new JsonArray([.. LayerCatalog.Types.Keys.Order(StringComparer.Ordinal)
                    .Select(k => JsonValue.Create(k))]),
            },
        },
    };

    private static JsonObject Side() => new() { ["type"] = "integer", ["minimum"] = 1 };

    private static T? Of<T>(ICustomAttributeProvider? member)
        where T : Attribute =>
        member?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}
