using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Reads what a graph declares of its inputs and outputs.</summary>
internal static class OnnxDeclarations
{
    /// <summary>The inputs that a caller gives: those that no initialiser stands for.</summary>
    public static List<TensorDeclaration> InputsOf(
        GraphProto graph, IReadOnlySet<string> constants, string? file)
    {
        var inputs = new List<TensorDeclaration>();
        for (int i = 0; i < graph.Input.Count; i++)
        {
            var info = graph.Input[i];
            string field = $"graph.input[{i}]";
            if (constants.Contains(info.Name))
            {
                continue;
            }

            if (info.Type?.TensorType is { Shape: null })
            {
                throw Bad(file, $"input '{info.Name}' declares no shape", field);
            }

            inputs.Add(Read(info, file, field));
        }

        RequireUnique(inputs, file, "graph.input");
        return inputs;
    }

    /// <summary>The outputs.</summary>
    public static List<TensorDeclaration> OutputsOf(GraphProto graph, string? file)
    {
        var outputs = graph.Output
            .Select((info, i) => Read(info, file, $"graph.output[{i}]")).ToList();
        RequireUnique(outputs, file, "graph.output");
        return outputs.Count > 0
            ? outputs
            : throw Bad(file, "the network has no outputs", "graph.output");
    }

    private static TensorDeclaration Read(ValueInfoProto info, string? file, string field)
    {
        if (info.Name.Length == 0)
        {
            throw Bad(file, "the name is missing", field);
        }

        var type = info.Type?.TensorType
            ?? throw Bad(file, $"'{info.Name}' is no tensor, or its type is missing", field);
        var storage = OnnxTensor.StorageOf(type.ElemType)
            ?? throw Bad(
                file,
                $"'{info.Name}' has elements of type {type.ElemType}, which are not supported",
                field);
        return new TensorDeclaration(
            info.Name, storage,
            [.. (type.Shape?.Dim ?? []).Select((d, i) => Read(d, file, $"{field}.dim[{i}]"))]);
    }

    // Some exporters write 0 or -1 for a free size.
    private static Dimension Read(DimensionProto dimension, string? file, string field) =>
        dimension switch
        {
            { DimValue: > int.MaxValue and var size } =>
                throw Bad(file, $"size {size} is too large", field),
            { DimValue: > 0 and var size } => new Dimension((int)size),
            { DimParam: { Length: > 0 } symbol } => new Dimension(-1, symbol),
            _ => new Dimension(-1),
        };

    private static void RequireUnique(
        List<TensorDeclaration> declarations, string? file, string field)
    {
        if (declarations.GroupBy(d => d.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw Bad(file, $"'{twice.Key}' is there twice", field);
        }
    }

    private static ModelFormatException Bad(string? file, string problem, string field) =>
        new(OnnxModelFile.FormatName, problem, file, field);
}
