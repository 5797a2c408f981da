using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Tells which inputs and outputs are pictures, and in which layout: those of four axes that a
/// convolution, pooling or resizing reads or writes, with nothing between but pointwise operators,
/// paddings, and transpositions that tf2onnx puts there.
/// </summary>
internal static class PictureLayout
{
    private static readonly HashSet<string> Spatial =
    [
        "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Resize", "Upsample",
        "DepthToSpace", "SpaceToDepth",
    ];

    private static readonly HashSet<string> Transparent =
    [
        "Add", "Sub", "Mul", "Div", "Cast", "Identity", "Dropout", "BatchNormalization", "Clip", "Relu", "Sigmoid", "Tanh",
        "Softmax", "LogSoftmax", "Pad", "Concat", "HardSigmoid", "Exp", "LeakyRelu", "Slice",
    ];

    /// <summary>The declarations, with the layouts that the nodes tell.</summary>
    public static (IReadOnlyList<TensorDeclaration> Inputs, IReadOnlyList<TensorDeclaration> Outputs) Guess(
        IReadOnlyList<OnnxNode> nodes,
        IReadOnlyList<TensorDeclaration> inputs,
        IReadOnlyList<TensorDeclaration> outputs)
    {
        var readers = nodes.SelectMany(n => n.Inputs.Take(1).Concat(n.OpType is "Concat" or "Add" or "Mul" ? n.Inputs.Skip(1) : [])
            .Select(name => (name, n))).ToLookup(p => p.name, p => p.n);
        var producers = new Dictionary<string, OnnxNode>();
        foreach (var node in nodes)
        {
            foreach (string output in node.Outputs)
            {
                producers.TryAdd(output, node);
            }
        }

        return (
            [.. inputs.Select(d => d.Dimensions.Count == 4
                ? d with { Layout = Follow(d.Name, [0, 3, 1, 2], name => readers[name], n => n.Outputs.Take(1)) } : d)],
            [.. outputs.Select(d => d.Dimensions.Count == 4
                ? d with
                {
                    Layout = Follow(
                        d.Name, [0, 2, 3, 1],
                        name => producers.TryGetValue(name, out var n) ? [n] : [], n => n.Inputs),
                }
                : d)]);
    }

    private static TensorLayout Follow(
        string name,
        long[] nhwcTransposition,
        Func<string, IEnumerable<OnnxNode>> neighbours,
        Func<OnnxNode, IEnumerable<string>> next)
    {
        var seen = new HashSet<string>();
        var waiting = new Queue<(string Name, TensorLayout Layout)>([(name, TensorLayout.Nchw)]);
        while (waiting.TryDequeue(out var at))
        {
            if (!seen.Add(at.Name))
            {
                continue;
            }

            foreach (var node in neighbours(at.Name))
            {
                if (Spatial.Contains(node.OpType))
                {
                    return at.Layout;
                }

                bool turns = at.Layout == TensorLayout.Nchw && node.OpType == "Transpose"
                    && node.Ints("perm") is { } perm && perm.AsSpan().SequenceEqual(nhwcTransposition);
                if (turns || Transparent.Contains(node.OpType))
                {
                    foreach (string further in next(node))
                    {
                        waiting.Enqueue((further, turns ? TensorLayout.Nhwc : at.Layout));
                    }
                }
            }
        }

        return TensorLayout.Unknown;
    }
}
