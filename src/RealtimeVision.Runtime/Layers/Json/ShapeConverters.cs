using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers.Json;

/// <summary>Reads and writes lists of whole numbers on one line.</summary>
internal static class Numbers
{
    /// <summary>A number, or the numbers of a list; null where there is neither.</summary>
    public static int[]? Read(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            int[] numbers = new int[element.GetArrayLength()];
            int count = 0;
            foreach (var item in element.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out numbers[count++]))
                {
                    return null;
                }
            }

            return numbers;
        }

        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int number)
            ? [number]
            : null;
    }

    public static void Write(Utf8JsonWriter writer, params ReadOnlySpan<int> numbers)
    {
        writer.WriteStartArray();
        foreach (int number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}

/// <summary>A number, or <c>[height, width]</c>.</summary>
internal sealed class Size2Converter : JsonConverter<Size2>
{
    public const string Form = "a whole number or [height, width] belongs there";

    public override Size2 Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Numbers.Read(JsonElement.ParseValue(ref reader)) switch
        {
            [var both] => both,
            [var height, var width] => new Size2(height, width),
            _ => throw new JsonException(Form),
        };

    public override void Write(Utf8JsonWriter writer, Size2 value, JsonSerializerOptions options)
    {
        if (value.Height == value.Width)
        {
            writer.WriteNumberValue(value.Height);
        }
        else
        {
            Numbers.Write(writer, value.Height, value.Width);
        }
    }
}

/// <summary>
/// A number, <c>[vertical, horizontal]</c>, or <c>[top, left, bottom, right]</c>.
/// </summary>
internal sealed class Padding2Converter : JsonConverter<Padding2>
{
    public const string Form = "a whole number, [vertical, horizontal] or [top, left, bottom, "
        + "right] belongs there";

    public override Padding2 Read(
        ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Numbers.Read(JsonElement.ParseValue(ref reader)) switch
        {
            [var all] => all,
            [var vertical, var horizontal] =>
                new Padding2(vertical, horizontal, vertical, horizontal),
            [var top, var left, var bottom, var right] =>
                new Padding2(top, left, bottom, right),
            _ => throw new JsonException(Form),
        };

    public override void Write(Utf8JsonWriter writer, Padding2 value, JsonSerializerOptions options)
    {
        if (value == value.Top)
        {
            writer.WriteNumberValue(value.Top);
        }
        else if (value.Top == value.Bottom && value.Left == value.Right)
        {
            Numbers.Write(writer, value.Top, value.Left);
        }
        else
        {
            Numbers.Write(writer, value.Top, value.Left, value.Bottom, value.Right);
        }
    }
}

/// <summary>A list of sizes, outermost first; a number is a list of one.</summary>
internal sealed class ShapeConverter : JsonConverter<Shape>
{
    public override Shape Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        Read(JsonElement.ParseValue(ref reader));

    public static Shape Read(JsonElement json) =>
        Numbers.Read(json) is { } sizes && sizes.All(s => s >= 0)
            ? new Shape(sizes)
            : throw new JsonException("a list of sizes belongs there");

    public override void Write(Utf8JsonWriter writer, Shape value, JsonSerializerOptions options) =>
        Numbers.Write(writer, value.Sizes);
}

/// <summary>
/// A shape, for a tensor of floats; else <c>{"element": "int32", "shape": [..]}</c>.
/// </summary>
internal sealed class TensorTypeConverter : JsonConverter<TensorType>
{
    private static readonly Dictionary<string, ElementType> Elements = new()
    {
        ["float32"] = ElementType.Float32, ["int32"] = ElementType.Int32,
        ["uint8"] = ElementType.UInt8,
    };

    public override TensorType Read(
        ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new(ElementType.Float32, ShapeConverter.Read(json));
        }

        return json.GetPropertyCount() == 2 && json.TryGetProperty("shape", out var shape)
            && json.TryGetProperty("element", out var text)
            && text.ValueKind == JsonValueKind.String
            && Elements.TryGetValue(text.GetString()!, out var element)
            ? new(element, ShapeConverter.Read(shape))
            : throw new JsonException(
                "a list of sizes, or {\"element\": float32, int32 or uint8, \"shape\": sizes} "
                + "belongs there");
    }

    public override void Write(
        Utf8JsonWriter writer, TensorType value, JsonSerializerOptions options)
    {
        if (value.Element == ElementType.Float32)
        {
            Numbers.Write(writer, value.Shape.Sizes);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("element", Elements.Single(e => e.Value == value.Element).Key);
        writer.WritePropertyName("shape");
        Numbers.Write(writer, value.Shape.Sizes);
        writer.WriteEndObject();
    }
}
