using System.Text;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// A node of a file with checked access to its attributes; all errors name node and field.
/// </summary>
internal sealed class OnnxNode
{
    private readonly NodeProto _proto;
    private readonly int _index;
    private readonly string? _file;
    private readonly Dictionary<string, OnnxGraph> _bodies = [];

    public OnnxNode(
        NodeProto proto, int index, int opset, string? file, OnnxExternalData? external)
    {
        _proto = proto;
        _index = index;
        _file = file;
        Opset = opset;
        Name = proto.Name.Length > 0 ? proto.Name
            : proto.Output.Find(o => o.Length > 0) ?? $"{proto.OpType} {index}";
        foreach (var attribute in proto.Attribute.Where(a => a.G is not null))
        {
            _bodies[attribute.Name] = new OnnxGraph(attribute.G!, this, opset, file, external);
        }
    }

    /// <summary>Its name; of its first output where it has none.</summary>
    public string Name { get; set; }

    /// <summary>The message of the file.</summary>
    public NodeProto Proto => _proto;

    /// <summary>The operator.</summary>
    public string OpType => _proto.OpType;

    /// <summary>Operator and, where it is not ONNX's own, domain.</summary>
    public string Operator => IsStandard ? OpType : $"{Domain}.{OpType}";

    /// <summary>Domain of the operator.</summary>
    public string Domain => _proto.Domain;

    /// <summary>True for operators of ONNX's own domain.</summary>
    public bool IsStandard => Domain is "" or "ai.onnx";

    /// <summary>Version of ONNX's operator set that the model means.</summary>
    public int Opset { get; }

    /// <summary>Names of the inputs, empty where one is left out.</summary>
    public IReadOnlyList<string> Inputs => _proto.Input;

    /// <summary>Names of the outputs, empty where nobody wants one.</summary>
    public IReadOnlyList<string> Outputs => _proto.Output;

    /// <summary>The graphs in its attributes.</summary>
    public IEnumerable<OnnxGraph> Bodies => _bodies.Values;

    /// <summary>
    /// All names that it reads: its inputs, and what graphs in its attributes read of those around.
    /// </summary>
    public IEnumerable<string> Reads => Inputs.Concat(Bodies.SelectMany(b => b.Captured));

    /// <summary>True where the input is given.</summary>
    public bool HasInput(int index) => index < Inputs.Count && Inputs[index].Length > 0;

    /// <summary>True where the output has a name.</summary>
    public bool HasOutput(int index) => index < Outputs.Count && Outputs[index].Length > 0;

    /// <summary>True where the attribute is given.</summary>
    public bool Has(string attribute) => Find(attribute) is not null;

    /// <summary>An integer attribute.</summary>
    public int Int(string attribute, int missing) =>
        Find(attribute, AttributeType.Int) is { } a ? ToInt32(a.I, attribute) : missing;

    /// <summary>An integer attribute that must be there.</summary>
    public int Int(string attribute) => Has(attribute)
        ? Int(attribute, 0) : throw Bad("the attribute is missing", attribute);

    /// <summary>An attribute that is 0 or 1.</summary>
    public bool Flag(string attribute, bool missing = false) =>
        Int(attribute, missing ? 1 : 0) != 0;

    /// <summary>A number.</summary>
    public float Float(string attribute, float missing) =>
        Find(attribute, AttributeType.Float) is { } a ? a.F : missing;

    /// <summary>A string.</summary>
    public string Text(string attribute, string missing) =>
        Find(attribute, AttributeType.String) is { } a
            ? Encoding.UTF8.GetString(a.S ?? [])
            : missing;

    /// <summary>Integers; null where the attribute is missing.</summary>
    public long[]? Ints(string attribute) => Find(attribute, AttributeType.Ints)?.Ints.ToArray();

    /// <summary>
    /// Integers, one for each of a number of things; all the same number where the attribute is
    /// missing.
    /// </summary>
    public int[] Ints(string attribute, int count, int missing)
    {
        if (Ints(attribute) is not { } values)
        {
            return [.. Enumerable.Repeat(missing, count)];
        }

        return values.Length == count
            ? Array.ConvertAll(values, v => ToInt32(v, attribute))
            : throw Bad($"{values.Length} numbers where {count} belong", attribute);
    }

    /// <summary>Numbers; null where the attribute is missing.</summary>
    public float[]? Floats(string attribute) =>
        Find(attribute, AttributeType.Floats)?.Floats.ToArray();

    /// <summary>Strings; null where the attribute is missing.</summary>
    public string[]? Texts(string attribute) =>
        Find(attribute, AttributeType.Strings)?.Strings.Select(Encoding.UTF8.GetString).ToArray();

    /// <summary>A tensor; null where the attribute is missing.</summary>
    public TensorProto? Tensor(string attribute) => Find(attribute, AttributeType.Tensor)?.T;

    /// <summary>A graph that must be there.</summary>
    public OnnxGraph Body(string attribute) => _bodies.GetValueOrDefault(attribute)
        ?? throw Bad("the graph is missing", attribute);

    /// <summary>The error for a node that breaks the rules of the format.</summary>
    public ModelFormatException Bad(string problem, string? field = null) => new(
        OnnxModelFile.FormatName, problem, _file,
        $"graph.node[{_index}] ({OpType} '{Name}')" + (field is null ? "" : $".{field}"));

    private AttributeProto? Find(string name) => _proto.Attribute.Find(a => a.Name == name);

    private AttributeProto? Find(string name, AttributeType type)
    {
        var attribute = Find(name);
        return attribute is null || attribute.Type == type
            || attribute.Type == AttributeType.Undefined
            ? attribute
            : throw Bad($"the attribute is of type {attribute.Type}, {type} belongs there", name);
    }

    private int ToInt32(long value, string attribute) =>
        value is >= int.MinValue and <= int.MaxValue
        ? (int)value : throw Bad($"{value} is out of range", attribute);
}
