using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RealtimeVision.Runtime.Import;

/// <summary>Writes what <see cref="ManifestReader"/> reads.</summary>
internal static class ManifestWriter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n",
    };

    public static string Write(ModelManifest manifest)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("name", manifest.Name);
            json.WriteString("task", Word(ManifestReader.Tasks, manifest.Task));
            WriteInput(json, manifest.Input);
            json.WriteString("output", Word(ManifestReader.Outputs, manifest.Output));
            if (manifest.Threshold is { } threshold)
            {
                json.WriteNumber("threshold", threshold);
            }

            WriteList(json, "labels", manifest.Labels, json.WriteStringValue);
            WriteList(
                json, "palette", manifest.Palette,
                colour => json.WriteStringValue(
                    (colour & 0xFF) == 0xFF ? $"#{colour >> 8:x6}" : $"#{colour:x8}"));
            WriteText(json, "license", manifest.License);
            WriteText(json, "source", manifest.Source);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteInput(Utf8JsonWriter json, ManifestInput input)
    {
        var standard = new ManifestInput();
        json.WriteStartObject("input");
        if (input is { Width: { } width, Height: { } height })
        {
            json.WriteNumber("width", width);
            json.WriteNumber("height", height);
        }

        json.WriteString("colour", Word(ManifestReader.Colours, input.Colour));
        WriteList(json, "mean", input.Mean, json.WriteNumberValue);
        WriteList(json, "std", input.Std, json.WriteNumberValue);
        json.WriteBoolean("letterbox", input.Letterbox);
        if (input.Pad != standard.Pad)
        {
            json.WriteNumber("pad", input.Pad);
        }

        if (input.Region != standard.Region)
        {
            json.WriteString("region", Word(ManifestReader.Regions, input.Region));
        }

        if (input.Margin != standard.Margin)
        {
            json.WriteNumber("margin", input.Margin);
        }

        json.WriteEndObject();
    }

    private static string Word<T>(Dictionary<string, T> words, T value)
        where T : struct, Enum => words.Single(w => w.Value.Equals(value)).Key;

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static void WriteList<T>(
        Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<T> write)
    {
        if (items.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var item in items)
            {
                write(item);
            }

            json.WriteEndArray();
        }
    }
}
