using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Layers.Json;

namespace RealtimeVision.Runtime.Training;

/// <summary>How what belongs to training is written as JSON: recipes, states and logs.</summary>
public static class TrainingJson
{
    /// <summary>
    /// Names and enumeration members in snake_case. Reading refuses members that are unknown or
    /// missing, and takes <c>type</c> in any place among an object's members. Numbers that are not
    /// finite are the strings <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>. A
    /// <see cref="Kernels.Operators.Size2"/> is a number or <c>[height, width]</c>, a
    /// <see cref="Kernels.Graph.Shape"/> a list of sizes.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            AllowOutOfOrderMetadataProperties = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            AllowDuplicateProperties = false,
            Converters =
            {
                new JsonStringEnumConverter(
                    JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false),
                new Size2Converter(),
                new ShapeConverter(),
            },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
