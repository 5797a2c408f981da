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
        "Conv", "ConvTranspose", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool",
            "Resize", "Upsample", "GridSample", "RoiAlign", "LpPool", "GlobalLpPool",
        "DepthToSpace", "SpaceToDepth",
    ];

    private static readonly HashSet<string> Transparent =
    [
        "Add", "Sub", "Mul", "Div", "Cast", "Identity", "Dropout", "BatchNormalization", "Clip",
            "Relu", "Sigmoid", "Tanh",
        "Softmax", "LogSoftmax", "Pad", "Concat", "HardSigmoid", "Exp", "LeakyRelu", "Slice",
    ];

    /// <summary>The declarations, with the layouts that the nodes tell.</summary>
    public static (IReadOnlyList<TensorDeclaration> Inputs,
        IReadOnlyList<TensorDeclaration> Outputs) Guess(
        IReadOnlyList<OnnxNode> nodes,
        IReadOnlyList<TensorDeclaration> inputs,
        IReadOnlyList<TensorDeclaration> outputs)
    {
        // Of most operators only the first input is a picture.
        var readers = nodes
            .SelectMany(n => n.Inputs
                .Where((_, i) => i == 0 || n.OpType is "Concat" or "Add" or "Mul")
                .Select(name => (Name: name, Node: n)))
            .ToLookup(read => read.Name, read => read.Node);
        var producers = nodes
            .SelectMany(n => n.Outputs.Select(name => (Name: name, Node: n)))
            .ToLookup(write => write.Name, write => write.Node);
        return (
            [.. inputs.Select(d => WithLayout(d, readers, [0, 3, 1, 2], n => n.Outputs.Take(1)))],
            [.. outputs.Select(d => WithLayout(d, producers, [0, 2, 3, 1], n => n.Inputs))]);
    }

    private static TensorDeclaration WithLayout(
        TensorDeclaration declaration,
        ILookup<string, OnnxNode> neighbours,
        long[] nhwcTransposition,
        Func<OnnxNode, IEnumerable<string>> next) =>
        declaration.Dimensions.Count != 4 ? declaration : declaration with
        {
            Layout = Follow(declaration.Name, nhwcTransposition, name => neighbours[name], next),
        };

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
                    && node.Ints("perm") is { } perm
                    && perm.AsSpan().SequenceEqual(nhwcTransposition);
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
