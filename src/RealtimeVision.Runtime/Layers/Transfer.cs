namespace RealtimeVision.Runtime.Layers;

/// <summary>Takes what a network has learnt over to another task.</summary>
public static class Transfer
{
    /// <summary>
    /// A network of the first layers of another, with the values that their weights have, and new
    /// layers behind them.
    /// </summary>
    /// <param name="source">A network of one output; stays as it is.</param>
    /// <param name="name">What a person calls the new one.</param>
    /// <param name="last">
    /// The last layer that is taken over; null for the one before the output: all but the top.
    /// </param>
    /// <param name="frozen">
    /// Layers whose names begin so are not trained; an empty text is the beginning of all.
    /// </param>
    /// <param name="seed">Of the first values of new layers.</param>
    /// <param name="head">New layers and blocks.</param>
    /// <exception cref="ArgumentException">There is no such layer, no layer has such a name, or a
    /// name of the head is taken.</exception>
    /// <exception cref="Kernels.Graph.ShapeException">A layer of the head does not fit.</exception>
    public static Network Extend(
        Network source, string name, string? last, IReadOnlyList<string> frozen, ulong seed,
        params IReadOnlyList<Module> head)
    {
        var end = last is null ? source.OutputNodes[0].Inputs.FirstOrDefault()
            : source.Layers.FirstOrDefault(n => n.Name == last);
        if (end is null || source.OutputNodes.Count != 1)
        {
            throw new ArgumentException(
                $"{source.Name} has no layer '{last}' before one output; its last are "
                + string.Join(", ", source.Layers.TakeLast(8).Select(n => n.Name)));
        }

        if (frozen.FirstOrDefault(f => !source.Layers.Any(n => IsFrozen(n, [f]))) is { } unknown)
        {
            throw new ArgumentException(
                $"{source.Name} has no layer whose name begins with '{unknown}'; it has "
                + string.Join(", ", source.Layers.Select(n => n.Name)));
        }

        var needed = Before(end);
        var layers = new Dictionary<string, Layer>();
        var symbols = new Dictionary<LayerNode, Symbol>();
        foreach (var node in source.Layers.Where(needed.Contains))
        {
            symbols[node] = node.Layer is Input input ? Symbol.Input(input)
                : LayerOf(node).On([.. node.Inputs.Select(i => symbols[i])]);
        }

        var network = new Network(
            name, [.. source.InputNodes.Select(n => symbols[n])], [symbols[end].Then([.. head])]);
        network.Initialise(seed);
        var kept = network.Parameters.ToDictionary(p => p.Name);
        foreach (var parameter in source.Parameters)
        {
            if (needed.Any(n => parameter.Name.StartsWith($"{n.WeightsName}/", StringComparison.Ordinal))
                && kept.TryGetValue(parameter.Name, out var same))
            {
                same.Set(parameter.Values);
            }
        }

        return network;

        // One object for all places that share its weights.
        Layer LayerOf(LayerNode node)
        {
            if (!layers.TryGetValue(node.WeightsName, out var layer))
            {
                layer = node.Layer with
                {
                    Name = node.WeightsName,
                    Frozen = node.Layer.Frozen || IsFrozen(node, frozen),
                };
                layers.Add(node.WeightsName, layer);
            }

            return layer;
        }
    }

    private static bool IsFrozen(LayerNode node, IReadOnlyList<string> prefixes) =>
        prefixes.Any(p => node.WeightsName.StartsWith(p, StringComparison.Ordinal));

    private static HashSet<LayerNode> Before(LayerNode end)
    {
        var needed = new HashSet<LayerNode>();
        var open = new Stack<LayerNode>([end]);
        while (open.TryPop(out var node))
        {
            if (needed.Add(node))
            {
                foreach (var input in node.Inputs)
                {
                    open.Push(input);
                }
            }
        }

        return needed;
    }
}
