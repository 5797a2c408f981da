using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace RealtimeVision.Cli.Recipes;

/// <summary>Weights of classes: numbers, or <c>balanced</c>.</summary>
/// <param name="Values">A weight for each class; null to balance the classes.</param>
[JsonConverter(typeof(Converter))]
internal sealed record ClassWeightsRecipe(IReadOnlyList<float>? Values)
{
    private const string Balanced = "balanced";

    /// <summary>The forms that a recipe may have.</summary>
    public static JsonObject Schema => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["enum"] = new JsonArray(Balanced) },
            new JsonObject
            {
                ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number" },
            },
            new JsonObject { ["type"] = "null" }),
    };

    private sealed class Converter : JsonConverter<ClassWeightsRecipe>
    {
        public override ClassWeightsRecipe Read(
            ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            reader.TokenType != JsonTokenType.String
                ? new(JsonSerializer.Deserialize<float[]>(ref reader, options))
                : reader.GetString() == Balanced ? new((IReadOnlyList<float>?)null)
                : throw new JsonException($"'{Balanced}' or a list of numbers belongs there");

        public override void Write(
            Utf8JsonWriter writer, ClassWeightsRecipe value, JsonSerializerOptions options)
        {
            if (value.Values is null)
            {
                writer.WriteStringValue(Balanced);
            }
            else
            {
                JsonSerializer.Serialize(writer, value.Values, options);
            }
        }
    }
}
