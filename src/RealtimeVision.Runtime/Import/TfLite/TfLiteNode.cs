namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>A node of a network: the schema's tables Operator and OperatorCode.</summary>
/// <param name="table">Its table, for errors.</param>
/// <param name="op">Name of its operator.</param>
/// <param name="inputs">What it reads; null where an optional input is left out.</param>
/// <param name="outputs">What it computes.</param>
internal sealed class TfLiteNode(
    FlatTable table, string op, TfLiteTensor?[] inputs, TfLiteTensor[] outputs)
{
    private readonly FlatTable? _options = table.Table(4, "builtin_options");

    /// <summary>
    /// What a person calls it: nodes have no names in the file, so that of its first output.
    /// </summary>
    public string Name { get; } = outputs.Length > 0 ? outputs[0].Name : table.Path;

    /// <summary>Name of its operator.</summary>
    public string Operator { get; } = op;

    /// <summary>What it reads; null where an optional input is left out.</summary>
    public IReadOnlyList<TfLiteTensor?> Inputs { get; } = inputs;

    /// <summary>What it computes.</summary>
    public IReadOnlyList<TfLiteTensor> Outputs { get; } = outputs;

    /// <summary>Options of an operator of a name of its own, as it defines them.</summary>
    public ReadOnlyMemory<byte> CustomOptions { get; } = table.Bytes(5, "custom_options");

    /// <summary>An integer option, by its number in the operator's table of options.</summary>
    public int Int(int field, string name, int missing = 0) =>
        _options is { } options ? options.Int(field, name, missing) : missing;

    /// <summary>An option that is an enumeration.</summary>
    public byte Enumeration(int field, string name) =>
        _options is { } options ? options.UInt8(field, name) : (byte)0;

    /// <summary>An option that is true or false; false where left out.</summary>
    public bool Flag(int field, string name) => Enumeration(field, name) != 0;

    /// <summary>A float option; 0 where left out.</summary>
    public float Float(int field, string name) =>
        _options is { } options ? options.Float(field, name) : 0;

    /// <summary>An option of several integers; none where left out.</summary>
    public int[] Ints(int field, string name) =>
        _options is { } options ? options.Ints(field, name) : [];

    /// <summary>An error in this node.</summary>
    public ModelFormatException Bad(string problem, string? field = null) =>
        table.Bad($"{Operator} '{Name}': {problem}", field);
}
