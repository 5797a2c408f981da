namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// The network of a file: the schema's tables Model and SubGraph, read and checked as a whole.
/// </summary>
internal sealed class TfLiteNetwork
{
    private const int SchemaVersion = 3;

    private TfLiteNetwork(FlatFile file)
    {
        var model = file.Root();
        if (model.Int(0, "version") is var version and not SchemaVersion)
        {
            throw model.Bad($"schema {version} is not supported, {SchemaVersion} is", "version");
        }

        var buffers = Array.ConvertAll(
            model.Tables(4, "buffers"), buffer => DataOf(file, buffer));
        var graphs = model.Tables(2, "subgraphs");
        if (graphs.Length == 0)
        {
            throw model.Bad("it holds no network", "subgraphs");
        }

        // Others are bodies of loops and branches, whose operators are refused by name.
        var graph = graphs[0];
        Tensors =
        [
            .. graph.Tables(0, "tensors").Select((t, i) => TfLiteTensor.Read(t, i, buffers)),
        ];
        MakeNamesUnique();
        Inputs = [.. All(graph, graph.Ints(1, "inputs"), "inputs")];
        Outputs = [.. All(graph, graph.Ints(2, "outputs"), "outputs")];
        if (Inputs.Distinct().Count() != Inputs.Count)
        {
            throw graph.Bad("an input is there twice", "inputs");
        }

        if (Outputs.Count == 0)
        {
            throw graph.Bad("the network has no outputs", "outputs");
        }

        var codes = Array.ConvertAll(model.Tables(1, "operator_codes"), OperatorOf);
        Nodes = [.. graph.Tables(3, "operators").Select(table => NodeOf(table, codes))];
        CheckOrder(graph);
    }

    private TfLiteNetwork(TfLiteNetwork whole, TfLiteTensor output)
    {
        Tensors = whole.Tensors;
        Inputs = whole.Inputs;
        Outputs = [output];
        var needed = new HashSet<TfLiteTensor> { output };
        var nodes = new List<TfLiteNode>();
        foreach (var node in whole.Nodes.Reverse())
        {
            if (node.Outputs.Any(needed.Contains))
            {
                nodes.Insert(0, node);
                needed.UnionWith(node.Inputs.OfType<TfLiteTensor>());
            }
        }

        Nodes = nodes;
    }

    /// <summary>All tensors, by their numbers.</summary>
    public IReadOnlyList<TfLiteTensor> Tensors { get; }

    /// <summary>What the network takes.</summary>
    public IReadOnlyList<TfLiteTensor> Inputs { get; }

    /// <summary>What it gives.</summary>
    public IReadOnlyList<TfLiteTensor> Outputs { get; }

    /// <summary>Its nodes, in an order in which they can run.</summary>
    public IReadOnlyList<TfLiteNode> Nodes { get; }

    /// <summary>Reads the network of a file.</summary>
    /// <exception cref="ModelFormatException">The file is damaged.</exception>
    public static TfLiteNetwork Read(byte[] bytes, string? name)
    {
        var file = new FlatFile(bytes, name);
        if (bytes.Length < 8 || !bytes.AsSpan(4, 4).SequenceEqual("TFL3"u8))
        {
            throw file.Bad("the mark TFL3 is missing", offset: 4);
        }

        return new TfLiteNetwork(file);
    }

    /// <summary>The part of the network that a tensor needs, which becomes the output.</summary>
    public TfLiteNetwork CutAt(TfLiteTensor output) => new(this, output);

    // Large files keep data behind the tables; offsets 0 and 1 stand for none.
    private static ReadOnlyMemory<byte> DataOf(FlatFile file, FlatTable buffer)
    {
        ulong offset = buffer.UInt64(1, "offset");
        ulong size = buffer.UInt64(2, "size");
        if (offset <= 1)
        {
            return buffer.Bytes(0, "data");
        }

        if (offset > (ulong)file.Length || size > (ulong)file.Length - offset)
        {
            throw buffer.Bad($"{size} bytes at {offset} are not in the file", "offset");
        }

        return file.Bytes((int)offset, (int)size);
    }

    // The number was one byte first; where that is not enough, a second field has it.
    private static string OperatorOf(FlatTable code)
    {
        int number = Math.Max((sbyte)code.UInt8(0, "deprecated_builtin_code"),
            code.Int(3, "builtin_code"));
        return number == BuiltinOperators.Custom
            ? BuiltinOperators.NameOf(code.Text(1, "custom_code"))
            : BuiltinOperators.NameOf(number);
    }

    private IEnumerable<TfLiteTensor> All(FlatTable table, int[] indices, string field) =>
        indices.Select((index, i) => At(table, index, $"{field}[{i}]"));

    private TfLiteTensor At(FlatTable table, int index, string field) =>
        index >= 0 && index < Tensors.Count ? Tensors[index]
        : throw table.Bad($"there is no tensor {index} among {Tensors.Count}", field);

    private TfLiteNode NodeOf(FlatTable table, string[] codes)
    {
        int code = table.Index(0, "opcode_index");
        if (code >= codes.Length)
        {
            throw table.Bad(
                $"there is no operator {code} among {codes.Length}", "opcode_index");
        }

        TfLiteTensor?[] inputs =
        [
            .. table.Ints(1, "inputs").Select(
                (index, i) => index == -1 ? null : At(table, index, $"inputs[{i}]")),
        ];
        return new TfLiteNode(
            table, codes[code], inputs, [.. All(table, table.Ints(2, "outputs"), "outputs")]);
    }

    // Every tensor is in the file, given by the caller, kept from run to run, or computed once and
    // before it is read.
    private void CheckOrder(FlatTable graph)
    {
        var known = new HashSet<TfLiteTensor>(Inputs);
        known.UnionWith(Tensors.Where(t => t.HasData || t.IsVariable));
        foreach (var node in Nodes)
        {
            if (node.Inputs.FirstOrDefault(t => t is { IsEmpty: false } && !known.Contains(t))
                is { } missing)
            {
                throw node.Bad($"nothing before it computes its input '{missing.Name}'", "inputs");
            }

            if (node.Outputs.FirstOrDefault(t => !known.Add(t)) is { } twice)
            {
                throw node.Bad($"its output '{twice.Name}' is there already", "outputs");
            }
        }

        if (Outputs.FirstOrDefault(t => !known.Contains(t)) is { } output)
        {
            throw graph.Bad($"nothing computes output '{output.Name}'", "outputs");
        }
    }

    // Names are for people and may repeat; callers bind inputs and outputs by them.
    private void MakeNamesUnique()
    {
        var names = new HashSet<string>();
        for (int i = 0; i < Tensors.Count; i++)
        {
            if (!names.Add(Tensors[i].Name))
            {
                Tensors[i].Name = $"{Tensors[i].Name} ({i})";
                names.Add(Tensors[i].Name);
            }
        }
    }
}
