using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>
/// A case computed by PyTorch in float64: what it was, its inputs and its results.
/// </summary>
public sealed class GoldenFile
{
    private readonly Dictionary<string, HostTensor> _tensors = [];

    private GoldenFile(string path)
    {
        var bytes = File.ReadAllBytes(path);
        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var json = JsonDocument.Parse(bytes.AsMemory(8, header));
        foreach (var entry in json.RootElement.EnumerateObject())
        {
            if (entry.NameEquals("__metadata__"))
            {
                Operation = entry.Value.GetProperty("op").GetString()!;
                Attributes = JsonDocument.Parse(entry.Value.GetProperty("attributes").GetString()!).RootElement;
                continue;
            }

            int[] sizes = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())];
            int start = 8 + header + entry.Value.GetProperty("data_offsets")[0].GetInt32();
            int end = 8 + header + entry.Value.GetProperty("data_offsets")[1].GetInt32();
            var data = bytes.AsSpan(start, end - start);
            _tensors.Add(entry.Name, entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => HostTensor.Of(new Shape(sizes), MemoryMarshal.Cast<byte, float>(data)),
                "I64" => HostTensor.OfInts(
                    new Shape(sizes),
                    Array.ConvertAll(MemoryMarshal.Cast<byte, long>(data).ToArray(), v => (int)v)),
                var other => throw new InvalidDataException($"{path}: {other}"),
            });
        }
    }

    public string Operation { get; } = "";

    public JsonElement Attributes { get; }

    /// <summary>A tensor by its name: <c>in.x</c>, <c>out.y</c>.</summary>
    public HostTensor this[string name] => _tensors[name];

    public bool Has(string name) => _tensors.ContainsKey(name);

    /// <summary>A pair of numbers among the attributes.</summary>
    public (int First, int Second) Pair(string name)
    {
        var value = Attributes.GetProperty(name);
        return (value[0].GetInt32(), value[1].GetInt32());
    }

    public int Int(string name) => Attributes.GetProperty(name).GetInt32();

    public bool Bool(string name) => Attributes.GetProperty(name).GetBoolean();

    /// <summary>A picture batch, from PyTorch's [N, C, H, W] to [N, H, W, C].</summary>
    public HostTensor Picture(string name) => this[name].Permute(0, 2, 3, 1);

    /// <summary>Opens <c>NAME.safetensors</c>.</summary>
    public static GoldenFile Open(string name) => new(Path.Combine(Folder, name + ".safetensors"));

    /// <summary>Names of all cases that begin with <paramref name="prefix"/>.</summary>
    public static IEnumerable<string> Names(string prefix) => Directory
        .GetFiles(Folder, prefix + "*.safetensors")
        .Select(p => Path.GetFileNameWithoutExtension(p)!)
        .Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "golden");
}
