using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers.Json;

/// <summary>
/// The graph of a network as JSON: its layers in an order in which they can run, without weights.
/// </summary>
/// <remarks>
/// <c>{"name": .., "layers": [{"layer": .., "name": .., "inputs": [..], ..}, ..], "inputs": [..],
/// "outputs": [..]}</c>. A layer without <c>inputs</c> reads the layer before it; <c>weights</c>
/// names the layer whose weights it uses again, in which case it has no fields of its own. Without
/// <c>inputs</c> the network's are its input layers in their order, without <c>outputs</c> its
/// output is the last layer.
/// </remarks>
internal sealed class NetworkJson(LayerJson layers)
{
    private static readonly string[] GraphFields = ["name", "layers", "inputs", "outputs"];

    /// <summary>Writes a network's graph.</summary>
    public string Write(Network network)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(
            buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("name", network.Name);
            json.WriteStartArray("layers");
            LayerNode? before = null;
            foreach (var node in network.Layers)
            {
                Write(json, node, before);
                before = node;
            }

            json.WriteEndArray();
            WriteNames(json, "inputs", network.InputNodes);
            WriteNames(json, "outputs", network.OutputNodes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Makes a network of its graph; weights have the first values of seed 0.</summary>
    /// <exception cref="JsonException">The text is no such graph; layer and field are
    /// named.</exception>
    /// <exception cref="ShapeException">A layer does not fit what it reads.</exception>
    public Network Read(string text)
    {
        using var document = JsonDocument.Parse(text, LayerJson.Parsing);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object
            || root.EnumerateObject().Any(f => !GraphFields.Contains(f.Name))
            || !root.TryGetProperty("layers", out var list)
            || list.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException(
                $"a graph is an object of {string.Join(", ", GraphFields)}, layers a list");
        }

        var places = new OrderedDictionary<string, Symbol>();
        foreach (var json in list.EnumerateArray())
        {
            Place(json, places);
        }

        if (places.Count == 0)
        {
            throw new JsonException("a graph has at least one layer");
        }

        var inputs = Names(root, "inputs") is { } ins ? Find(ins, places, "the network's inputs")
            : [.. places.Values.Where(s => s.Layer is Input)];
        var outputs = Names(root, "outputs") is { } outs ? Find(outs, places, "the network's outputs")
            : [places.GetAt(places.Count - 1).Value];
        if (inputs.FirstOrDefault(s => s.Layer is not Input) is { } wrong)
        {
            throw new JsonException($"the network's inputs: {wrong} is no input");
        }

        try
        {
            return new Network(Text(root, "name") ?? "network", inputs, outputs);
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string field, IEnumerable<LayerNode> nodes)
    {
        json.WriteStartArray(field);
        foreach (var node in nodes)
        {
            json.WriteStringValue(node.Name);
        }

        json.WriteEndArray();
    }

    private static string? Text(JsonElement json, string field) =>
        !json.TryGetProperty(field, out var text) ? null
        : text.ValueKind == JsonValueKind.String ? text.GetString()
        : throw new JsonException($"field '{field}': text belongs there");

    private static string[]? Names(JsonElement json, string field)
    {
        if (!json.TryGetProperty(field, out var names))
        {
            return null;
        }

        return names.ValueKind == JsonValueKind.Array
            && names.EnumerateArray().All(n => n.ValueKind == JsonValueKind.String)
            ? [.. names.EnumerateArray().Select(n => n.GetString()!)]
            : throw new JsonException($"field '{field}': a list of layers' names belongs there");
    }

    private static Symbol[] Find(
        string[] names, OrderedDictionary<string, Symbol> places, string where) =>
        [
            .. names.Select(n => places.TryGetValue(n, out var symbol) ? symbol
                : throw new JsonException($"{where}: there is no layer '{n}' before it")),
        ];

    private void Write(Utf8JsonWriter json, LayerNode node, LayerNode? before)
    {
        json.WriteStartObject();
        if (node.Name != node.WeightsName)
        {
            json.WriteString("name", node.Name);
            json.WriteString("weights", node.WeightsName);
        }
        else
        {
            foreach (var field in JsonSerializer.SerializeToElement<Module>(
                node.Layer with { Name = node.Name }, layers.Options).EnumerateObject())
            {
                field.WriteTo(json);
            }
        }

        if (node.Layer is not Input && (node.Inputs.Count != 1 || node.Inputs[0] != before))
        {
            WriteNames(json, "inputs", node.Inputs);
        }

        json.WriteEndObject();
    }

    private void Place(JsonElement json, OrderedDictionary<string, Symbol> places)
    {
        if (json.ValueKind != JsonValueKind.Object
            || Text(json, "name") is not { } name)
        {
            throw new JsonException($"layer {places.Count} of the graph has no name");
        }

        Layer layer;
        if (Text(json, "weights") is { } first)
        {
            layer = Find([first], places, $"layer '{name}'")[0].Layer;
        }
        else
        {
            layer = layers.Read(json, "inputs") as Layer
                ?? throw new JsonException($"layer '{name}': a block is no layer of a graph");
        }

        Symbol symbol;
        if (layer is Input input)
        {
            symbol = Symbol.Input(input);
        }
        else
        {
            symbol = layer.On(
                Names(json, "inputs") is { } inputs ? Find(inputs, places, $"layer '{name}'")
                : places.Count > 0 ? [places.GetAt(places.Count - 1).Value]
                : throw new JsonException($"layer '{name}' has nothing before it to read"));
        }

        if (!places.TryAdd(name, symbol))
        {
            throw new JsonException($"there are two layers '{name}'");
        }
    }
}
