namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Puts the nodes of a file into an order in which they can run, and leaves out those that no
/// output needs.
/// </summary>
internal static class NodeOrder
{
    /// <summary>The nodes that the outputs need; the file's order where that will do.</summary>
    /// <param name="nodes">All nodes of the file.</param>
    /// <param name="given">Names of inputs and initialisers.</param>
    /// <param name="outputs">Names that are wanted, with the field that wants them.</param>
    /// <param name="bad">Makes the error for a problem in a field.</param>
    /// <exception cref="ModelFormatException">
    /// A name is computed twice, or read and never computed, or nodes wait for one another.
    /// </exception>
    public static List<OnnxNode> Of(
        IReadOnlyList<OnnxNode> nodes,
        IReadOnlySet<string> given,
        IEnumerable<(string Name, string Field)> outputs,
        Func<string, string, ModelFormatException> bad)
    {
        var producers = new Dictionary<string, int>();
        for (int i = 0; i < nodes.Count; i++)
        {
            for (int k = 0; k < nodes[i].Outputs.Count; k++)
            {
                string name = nodes[i].Outputs[k];
                if (name.Length > 0 && (given.Contains(name) || !producers.TryAdd(name, i)))
                {
                    throw nodes[i].Bad(
                        $"'{name}' is there already: a name may be computed once", $"output[{k}]");
                }
            }
        }

        var isNeeded = new bool[nodes.Count];
        var waiting = new Stack<int>();
        foreach (var (name, field) in outputs)
        {
            if (producers.TryGetValue(name, out int producer))
            {
                waiting.Push(producer);
            }
            else if (!given.Contains(name))
            {
                throw bad($"nothing computes '{name}'", field);
            }
        }

        var reads = new int[nodes.Count][];
        while (waiting.TryPop(out int i))
        {
            if (!isNeeded[i])
            {
                isNeeded[i] = true;
                reads[i] = ProducersOf(nodes[i], given, producers);
                Array.ForEach(reads[i], waiting.Push);
            }
        }

        return Sort(nodes, [.. Enumerable.Range(0, nodes.Count).Where(i => isNeeded[i])], reads);
    }

    private static int[] ProducersOf(
        OnnxNode node, IReadOnlySet<string> given, Dictionary<string, int> producers)
    {
        var found = new HashSet<int>();
        foreach (var (k, name) in node.Reads.Index())
        {
            if (name.Length == 0 || given.Contains(name))
            {
                continue;
            }

            found.Add(producers.TryGetValue(name, out int producer) ? producer
                : throw node.Bad(
                    $"nothing computes '{name}'", k < node.Inputs.Count ? $"input[{k}]" : null));
        }

        return [.. found];
    }

    // Of the nodes that can run, the first of the file runs next: a file that is in order stays as
    // it is.
    private static List<OnnxNode> Sort(IReadOnlyList<OnnxNode> nodes, int[] needed, int[][] reads)
    {
        var missing = needed.ToDictionary(i => i, i => reads[i].Length);
        var readers = needed.SelectMany(i => reads[i].Select(from => (From: from, To: i)))
            .ToLookup(edge => edge.From, edge => edge.To);
        var ready = new PriorityQueue<int, int>(
            needed.Where(i => missing[i] == 0).Select(i => (i, i)));
        var sorted = new List<OnnxNode>(needed.Length);
        while (ready.TryDequeue(out int i, out _))
        {
            sorted.Add(nodes[i]);
            missing.Remove(i);
            foreach (int reader in readers[i])
            {
                if (--missing[reader] == 0)
                {
                    ready.Enqueue(reader, reader);
                }
            }
        }

        return missing.Count == 0 ? sorted : throw Cycle(nodes, missing.Keys, reads);
    }

    // Whoever cannot run waits for another that cannot: following them leads round a cycle.
    private static ModelFormatException Cycle(
        IReadOnlyList<OnnxNode> nodes, IReadOnlyCollection<int> stuck, int[][] reads)
    {
        var path = new List<int>();
        int node = stuck.First();
        while (!path.Contains(node))
        {
            path.Add(node);
            node = Array.Find(reads[node], stuck.Contains);
        }

        var names = path.Skip(path.IndexOf(node)).Append(node).Select(i => $"'{nodes[i].Name}'");
        return nodes[node].Bad($"nodes wait for one another: {string.Join(" reads ", names)}");
    }
}
