using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Finds the inputs of a network whose elements decide shapes or axes: those that end, through
/// whatever computes sizes, where an operator takes sizes, axes or counts.
/// </summary>
internal static class ShapeInputs
{
    // Inputs that have to be known when a graph is built, as their operators say.
    private static readonly Dictionary<string, int[]> Places = new()
    {
        ["Compress"] = [1],
        ["BlackmanWindow"] = [0],
        ["ConstantOfShape"] = [0],
        ["CumSum"] = [1],
        ["DFT"] = [1, 2],
        ["Dropout"] = [1, 2],
        ["Expand"] = [1],
        ["HammingWindow"] = [0],
        ["HannWindow"] = [0],
        ["If"] = [0],
        ["Loop"] = [0, 1],
        ["MaxUnpool"] = [2],
        ["MelWeightMatrix"] = [0, 1, 2, 3, 4],
        ["OneHot"] = [1],
        ["Pad"] = [1, 2, 3],
        ["Range"] = [0, 1, 2],
        ["ReduceL1"] = [1],
        ["ReduceL2"] = [1],
        ["ReduceLogSum"] = [1],
        ["ReduceLogSumExp"] = [1],
        ["ReduceMax"] = [1],
        ["ReduceMean"] = [1],
        ["ReduceMin"] = [1],
        ["ReduceProd"] = [1],
        ["ReduceSum"] = [1],
        ["ReduceSumSquare"] = [1],
        ["Reshape"] = [1],
        ["Resize"] = [1, 2, 3],
        ["SequenceAt"] = [1],
        ["SequenceErase"] = [1],
        ["SequenceInsert"] = [2],
        ["Slice"] = [1, 2, 3, 4],
        ["Split"] = [1],
        ["SplitToSequence"] = [1],
        ["Squeeze"] = [1],
        ["STFT"] = [1, 3],
        ["Tile"] = [1],
        ["TopK"] = [1],
        ["Trilu"] = [1],
        ["Unsqueeze"] = [1],
        ["Upsample"] = [1],
    };

    /// <summary>
    /// The inputs, those that decide shapes marked. Only numbers and vectors are: a network that
    /// looks at a picture to find a shape is none that can be planned for.
    /// </summary>
    public static IReadOnlyList<TensorDeclaration> Mark(
        IReadOnlyList<TensorDeclaration> inputs, IReadOnlyList<OnnxNode> nodes)
    {
        var wanted = Wanted(nodes, []);
        return [.. inputs.Select(input => input.Dimensions.Count <= 1 && wanted.Contains(input.Name)
            ? input with { DecidesShapes = true }
            : input)];
    }

    // Names whose elements decide shapes, of these nodes and of those around them.
    private static HashSet<string> Wanted(
        IReadOnlyList<OnnxNode> nodes, IEnumerable<string> wantedOutputs)
    {
        HashSet<string> wanted = [.. wantedOutputs];
        foreach (var node in nodes.Reverse().Where(n => n.IsStandard))
        {
            bool isWanted = node.Outputs.Any(wanted.Contains)
                && node.OpType is not ("Shape" or "Size");
            var places = isWanted ? Enumerable.Range(0, node.Inputs.Count)
                : Places.GetValueOrDefault(node.OpType, []).Where(node.HasInput);
            wanted.UnionWith(places.Select(i => node.Inputs[i]));
            foreach (var body in node.Bodies)
            {
                // Inputs of a body are those of its node.
                var within = Wanted(body.Nodes, isWanted ? body.Outputs : []);
                wanted.UnionWith(body.Captured.Where(within.Contains));
                wanted.UnionWith(
                    body.Inputs.Zip(node.Inputs)
                        .Where(pair => within.Contains(pair.First)).Select(pair => pair.Second));
            }
        }

        return wanted;
    }
}
