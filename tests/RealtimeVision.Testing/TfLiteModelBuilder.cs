using System.Runtime.InteropServices;
using Google.FlatBuffers;
using RealtimeVision.Runtime.Import.TfLite;

namespace RealtimeVision.Testing;

/// <summary>
/// Writes TFLite files, node by node. Nothing is checked: tests write bad files with it, too.
/// </summary>
public sealed class TfLiteModelBuilder
{
    private readonly List<TensorEntry> _tensors = [];
    private readonly List<byte[]> _buffers = [[]];
    private readonly List<NodeEntry> _nodes = [];

    /// <summary>Types of the schema's enumeration TensorType.</summary>
    public const byte Float32 = 0;
    public const byte Float16 = 1;
    public const byte Int32 = 2;
    public const byte Int8 = 9;

    /// <summary>Version of the schema that the file claims.</summary>
    public int Version { get; set; } = 3;

    /// <summary>Whether nodes of equal inputs have them from one place of the file.</summary>
    public bool SharesInputs { get; set; }

    /// <summary>A tensor that is given or computed; returns its number.</summary>
    public int Tensor(string name, params int[] shape) => Tensor(name, Float32, 0, shape);

    /// <summary>A tensor of any type and buffer; returns its number.</summary>
    public int Tensor(
        string name, byte type, int buffer, int[] shape, int[]? signature = null,
        float[]? scales = null)
    {
        _tensors.Add(new TensorEntry(name, type, buffer, shape, signature, scales));
        return _tensors.Count - 1;
    }

    /// <summary>A constant of floats; returns its number.</summary>
    public int Constant(float[] elements, params int[] shape) => Tensor(
        $"constant {_tensors.Count}", Float32, Buffer(MemoryMarshal.AsBytes<float>(elements)),
        shape);

    /// <summary>A constant of halves; returns its number.</summary>
    public int Halves(Half[] elements, params int[] shape) => Tensor(
        $"constant {_tensors.Count}", Float16, Buffer(MemoryMarshal.AsBytes<Half>(elements)),
        shape);

    /// <summary>A constant of random floats; returns its number.</summary>
    public int Random(int seed, params int[] shape) => Constant(
        ReferenceTensor.Random(seed, [.. shape.Select(side => (long)side)]).Floats, shape);

    /// <summary>A vector, or tensor, of integers; returns its number.</summary>
    public int Integers(int[] elements, params int[] shape) => Tensor(
        $"integers {_tensors.Count}", Int32, Buffer(MemoryMarshal.AsBytes<int>(elements)),
        shape.Length > 0 ? shape : [elements.Length]);

    /// <summary>Bytes of a constant; returns the buffer's number.</summary>
    public int Buffer(ReadOnlySpan<byte> bytes)
    {
        _buffers.Add(bytes.ToArray());
        return _buffers.Count - 1;
    }

    /// <summary>A node. Options are fields of the operator's table, by their numbers.</summary>
    public void Node(
        string op, int[] inputs, int[] outputs, params (int Field, object Value)[] options) =>
        _nodes.Add(new NodeEntry(op, inputs, outputs, options, []));

    /// <summary>A node of an operator that is no builtin.</summary>
    public void Custom(string op, int[] inputs, int[] outputs, params byte[] options) =>
        _nodes.Add(new NodeEntry(BuiltinOperators.NameOf(op), inputs, outputs, [], options));

    /// <summary>The file.</summary>
    public byte[] Build(int[] inputs, int[] outputs)
    {
        var b = new FlatBufferBuilder(1024);
        int buffers = Tables(b, [.. _buffers.Select(bytes => Write(
            b, (0, bytes.Length > 0 ? Vector(b, bytes) : null)))]);
        string[] operators = [.. _nodes.Select(node => node.Operator).Distinct()];
        int codes = Tables(b, [.. operators.Select(name => Code(b, name))]);
        int tensors = Tables(b, [.. _tensors.Select(tensor => Write(
            b, (0, Vector(b, tensor.Shape)), (1, tensor.Type), (2, tensor.Buffer),
            (3, new Reference(b.CreateString(tensor.Name).Value)),
            (4, Quantisation(b, tensor.Scales)),
            (7, tensor.Signature is { } signature ? Vector(b, signature) : null)))]);
        var shared = new Dictionary<string, Reference>();
        int nodes = Tables(
            b, [.. _nodes.Select(node => Node(b, node, Inputs(b, node, shared), operators))]);
        int graph = Write(
            b, (0, new Reference(tensors)), (1, Vector(b, inputs)), (2, Vector(b, outputs)),
            (3, new Reference(nodes)));
        int graphs = Tables(b, [graph]);
        int model = Write(
            b, (0, Version), (1, new Reference(codes)), (2, new Reference(graphs)),
            (4, new Reference(buffers)));
        b.Finish(model, "TFL3");
        return b.SizedByteArray();
    }

    private static int Code(FlatBufferBuilder b, string name)
    {
        int code = BuiltinOperators.CodeOf(name);
        return code >= 0
            ? Write(b, (0, (byte)Math.Min(code, 127)), (2, 1), (3, code))
            : Write(
                b, (0, (byte)BuiltinOperators.Custom),
                (1, new Reference(b.CreateString(name[(name.IndexOf(' ') + 1)..]).Value)), (2, 1),
                (3, BuiltinOperators.Custom));
    }

    private static Reference? Quantisation(FlatBufferBuilder b, float[]? scales) => scales is null
        ? null
        : new Reference(Write(b, (2, Vector(b, scales))));

    private Reference Inputs(
        FlatBufferBuilder b, NodeEntry node, Dictionary<string, Reference> shared)
    {
        string key = string.Join(' ', node.Inputs);
        if (!SharesInputs || !shared.TryGetValue(key, out var vector))
        {
            shared[key] = vector = Vector(b, node.Inputs);
        }

        return vector;
    }

    private static int Node(
        FlatBufferBuilder b, NodeEntry node, Reference inputs, string[] operators)
    {
        Reference? options = node.Options.Length == 0 ? null : new Reference(Write(
            b, [.. node.Options.Select(o => (
                o.Field, o.Value is int[] integers ? Vector(b, integers) : (object?)o.Value))]));
        return Write(
            b, (0, Array.IndexOf(operators, node.Operator)), (1, inputs),
            (2, Vector(b, node.Outputs)), (3, options is null ? null : (byte)1), (4, options),
            (5, node.CustomOptions.Length > 0 ? Vector(b, node.CustomOptions) : null));
    }

    // Fields that are null are left out; nothing is left out for being a default.
    private static int Write(FlatBufferBuilder b, params (int Field, object? Value)[] fields)
    {
        b.ForceDefaults = true;
        b.StartTable(fields.Length == 0 ? 0 : fields.Max(f => f.Field) + 1);
        foreach (var (field, value) in fields)
        {
            switch (value)
            {
                case null:
                    break;
                case Reference reference:
                    b.AddOffset(field, reference.Offset, 0);
                    break;
                case int number:
                    b.AddInt(field, number, 0);
                    break;
                case float number:
                    b.AddFloat(field, number, 0);
                    break;
                case byte number:
                    b.AddByte(field, number, 0);
                    break;
                case bool flag:
                    b.AddBool(field, flag, false);
                    break;
                default:
                    throw new ArgumentException($"{value.GetType()} is no type of a field.");
            }
        }

        return b.EndTable();
    }

    private static Reference Vector<T>(FlatBufferBuilder b, T[] elements)
        where T : unmanaged
    {
        int size = Marshal.SizeOf<T>();
        b.StartVector(size, elements.Length, size == 1 ? 16 : size);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<T>(elements);
        for (int i = bytes.Length - 1; i >= 0; i--)
        {
            b.PutByte(bytes[i]);
        }

        return new Reference(b.EndVector().Value);
    }

    private static int Tables(FlatBufferBuilder b, int[] tables)
    {
        b.StartVector(4, tables.Length, 4);
        for (int i = tables.Length - 1; i >= 0; i--)
        {
            b.AddOffset(tables[i]);
        }

        return b.EndVector().Value;
    }

    private sealed record Reference(int Offset);

    private sealed record TensorEntry(
        string Name, byte Type, int Buffer, int[] Shape, int[]? Signature, float[]? Scales);

    private sealed record NodeEntry(
        string Operator, int[] Inputs, int[] Outputs, (int Field, object Value)[] Options,
        byte[] CustomOptions);
}
