using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>
/// Inputs of nodes of operator sets before 7, where the shape of a second operand is aligned by an
/// attribute, brought to today's form, where it is aligned at the end.
/// </summary>
internal static class OlderForms
{
    private const int FirstOfToday = 7;

    private static readonly HashSet<string> WithBroadcast =
    [
        "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less",
    ];

    /// <summary>The inputs as they would be given today.</summary>
    /// <exception cref="ShapeException">The operand does not fit at its axis.</exception>
    public static ImportedTensor?[] Modernise(
        OnnxNode node, ImportedTensor?[] inputs, GraphWriter graph)
    {
        if (node.Opset >= FirstOfToday || inputs is not [{ } x, { } y, ..])
        {
            return inputs;
        }

        // Slopes are one for each channel, whatever the rank.
        int? axis = node.OpType == "PRelu" && y.Shape.Count > 1 ? 1
            : WithBroadcast.Contains(node.OpType) && node.Flag("broadcast") && node.Has("axis")
                ? node.Int("axis")
            : null;
        return axis is { } given ? [x, Align(given < 0 ? given + x.Rank : given), .. inputs[2..]]
            : inputs;

        ImportedTensor Align(int first)
        {
            int missing = x.Rank - first - y.Rank;
            if (first < 0 || missing < 0)
            {
                throw new ShapeException($"{y.Shape} does not fit {x.Shape} at axis {first}");
            }

            var shape = new Shape([.. y.Shape.Sizes, .. Enumerable.Repeat(1, missing)]);
            return y is HostTensor host ? host.Reshape(shape) : graph.Reshape((GraphTensor)y, shape);
        }
    }
}
