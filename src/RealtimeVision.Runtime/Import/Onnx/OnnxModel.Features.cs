namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Where a network ends and its top begins.</summary>
public sealed partial class OnnxModel
{
    // What may follow the last layer with weights, or stand between pooling and it.
    private static readonly HashSet<string> Passing =
    [
        "Identity", "Dropout", "Cast", "Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose",
    ];

    private static readonly HashSet<string> Finishing =
    [
        "Softmax", "LogSoftmax", "Sigmoid", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean",
        "AveragePool", "Add",
    ];

    /// <summary>
    /// The value that the last layer with weights reads, behind which only scores are made of what
    /// it gives; its picture where that was pooled to one pixel. Null where the network does not end
    /// so.
    /// </summary>
    internal string? FindFeatures()
    {
        var producers = _nodes.SelectMany(n => n.Outputs.Select(o => (Name: o, Node: n)))
            .Where(o => o.Name.Length > 0).ToDictionary(o => o.Name, o => o.Node);
        string value = Outputs[0].Name;
        while (Producer(value) is { } node)
        {
            if (node.OpType is "Gemm" or "MatMul" or "Conv")
            {
                return IsConstant(node.Inputs[1]) ? BeforeTop(node.Inputs[0]) : null;
            }

            bool passes = Passing.Contains(node.OpType) || Finishing.Contains(node.OpType);
            string[] computed = [.. node.Inputs.Where(i => i.Length > 0 && !IsConstant(i))];
            if (!passes || computed is not [var only])
            {
                return null;
            }

            value = only;
        }

        return null;

        OnnxNode? Producer(string name) => producers.GetValueOrDefault(name) is { IsStandard: true } n
            ? n : null;

        bool IsConstant(string name) => _constants.ContainsKey(name)
            || (producers.GetValueOrDefault(name) is { } node
                && node.Inputs.All(i => i.Length == 0 || IsConstant(i)));

        // Files made for one picture reshape to one: pooled pictures are flattened here instead.
        string? BeforeTop(string name)
        {
            string pooled = name;
            while (Producer(pooled) is { } node && Passing.Contains(node.OpType))
            {
                pooled = node.Inputs[0];
            }

            return Producer(pooled) is { OpType: "GlobalAveragePool" or "GlobalMaxPool" } ? pooled
                : producers.ContainsKey(name) ? name
                : null;
        }
    }

    /// <summary>The last values that it computes, for messages.</summary>
    internal IEnumerable<string> LastValues(int count) =>
        _nodes.SelectMany(n => n.Outputs.Where(o => o.Length > 0)).TakeLast(count);
}
