namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>A part of a network, without its top.</summary>
public sealed partial class TfLiteModel
{
    // What makes nothing but scores of the last layer's sums, or stands between pooling and it.
    private static readonly HashSet<string> Finishing =
        ["SOFTMAX", "LOG_SOFTMAX", "LOGISTIC", "RESHAPE", "SQUEEZE", "MEAN", "AVERAGE_POOL_2D"];

    /// <summary>The whole file, also of a model that was cut.</summary>
    internal byte[] FileBytes { get; }

    /// <summary>
    /// The part of the network up to one of its values, which becomes the output: without its top,
    /// say. Nodes that nothing needs are left out, and weights are not copied.
    /// </summary>
    /// <param name="value">Name of a tensor that the network computes.</param>
    /// <exception cref="ArgumentException">
    /// There is no such tensor; those that are nearest to the end are named.
    /// </exception>
    public TfLiteModel CutAt(string value)
    {
        var computed = _network.Nodes.SelectMany(n => n.Outputs).ToList();
        var output = computed.Find(t => t.Name == value)
            ?? throw new ArgumentException(
                $"{Name} computes no value '{value}'; the last that it computes are "
                + string.Join(", ", LastValues(10).Select(n => $"'{n}'")),
                nameof(value));
        return new TfLiteModel(_network.CutAt(output), Name, FileBytes);
    }

    /// <summary>
    /// The value that the last layer with weights reads, behind which only scores are made of what
    /// it gives; its picture where that was pooled to one pixel. Null where the network does not end
    /// so.
    /// </summary>
    internal string? FindFeatures()
    {
        var producers = _network.Nodes.SelectMany(n => n.Outputs.Select(o => (Tensor: o, Node: n)))
            .ToDictionary(o => o.Tensor, o => o.Node);
        var value = _network.Outputs[0];
        while (producers.TryGetValue(value, out var node) && node.Inputs is [{ } only, ..])
        {
            if (node.Operator is "FULLY_CONNECTED" or "CONV_2D")
            {
                return BeforeTop(only)?.Name;
            }

            if (!Finishing.Contains(node.Operator))
            {
                return null;
            }

            value = only;
        }

        return null;

        // Files made for one picture reshape to one: pooled pictures are flattened here instead.
        TfLiteTensor? BeforeTop(TfLiteTensor input)
        {
            var pooled = input;
            while (producers.TryGetValue(pooled, out var node)
                && node.Operator is "RESHAPE" or "SQUEEZE" && node.Inputs is [{ } before, ..])
            {
                pooled = before;
            }

            return producers.TryGetValue(pooled, out var pool)
                && pool.Operator is "MEAN" or "AVERAGE_POOL_2D"
                && pooled.Dimensions is [_, { Size: 1 }, { Size: 1 }, _] ? pooled
                : producers.ContainsKey(input) ? input
                : null;
        }
    }

    /// <summary>The last values that it computes of its inputs, for messages.</summary>
    internal IEnumerable<string> LastValues(int count)
    {
        var computed = new HashSet<TfLiteTensor>(_network.Inputs);
        var names = new List<string>();
        foreach (var node in _network.Nodes)
        {
            if (node.Inputs.Any(i => i is not null && computed.Contains(i)))
            {
                computed.UnionWith(node.Outputs);
                names.AddRange(node.Outputs.Select(o => o.Name));
            }
        }

        return names.TakeLast(count);
    }
}
