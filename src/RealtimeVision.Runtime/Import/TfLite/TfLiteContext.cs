using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.TfLite;

/// <summary>
/// A node that is being mapped: its options, its inputs as they are now, and the graph to write.
/// </summary>
internal sealed class TfLiteContext(TfLiteNode node, ImportedTensor?[] inputs, GraphWriter graph)
{
    /// <summary>The node of the file.</summary>
    public TfLiteNode Node { get; } = node;

    /// <summary>Adds nodes to the graph.</summary>
    public GraphWriter Graph { get; } = graph;

    /// <summary>Number of inputs, with those left out in the middle.</summary>
    public int InputCount => inputs.Length;

    /// <summary>True where all that the result depends on is in the file.</summary>
    public bool IsFixed => Array.TrueForAll(inputs, x => x is null or HostTensor { IsFixed: true });

    /// <summary>An input that must be given.</summary>
    public ImportedTensor Input(int index) =>
        Optional(index) ?? throw Node.Bad($"input {index} is missing", $"inputs[{index}]");

    /// <summary>An input; null where it is left out.</summary>
    public ImportedTensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

    /// <summary>An input as a tensor of floats in the graph.</summary>
    public GraphTensor Floats(int index) => Floats(Input(index));

    /// <summary>A tensor of floats in the graph.</summary>
    public GraphTensor Floats(ImportedTensor x) => x.Element == ElementType.Float32
        ? Graph.ToGraph(x)
        : throw Unsupported($"works on elements of type {x.Element}, which no kernel does");

    /// <summary>An input as a picture [N, H, W, C] in the graph.</summary>
    public Value Picture(int index)
    {
        var x = Floats(index);
        return x.Rank == 4 ? Graph.InOrder(x)
            : throw new ShapeException($"{x.Shape} is no picture [N, H, W, C]");
    }

    /// <summary>The elements of an integer input that are needed when the graph is built.</summary>
    public int[] Ints(int index, string what)
    {
        var tensor = Graph.Known(Input(index))
            ?? throw Unsupported($"{what} depend on data, not on sizes alone");
        return tensor.IsFloat
            ? throw Node.Bad($"{what} have to be integers", $"inputs[{index}]")
            : Array.ConvertAll(
                tensor.Integers, i => (int)Math.Clamp(i, int.MinValue, int.MaxValue));
    }

    /// <summary>An integer input of one element.</summary>
    public int Int(int index, string what) => Ints(index, what) is [var value] ? value
        : throw Node.Bad($"{what} has to be one number", $"inputs[{index}]");

    /// <summary>An axis in 0 .. rank - 1; a negative one counts from the end.</summary>
    public int Axis(int axis, int rank) => axis >= -rank && axis < rank
        ? axis < 0 ? axis + rank : axis
        : throw Node.Bad($"there is no axis {axis} among {rank}");

    /// <summary>The result with the activation that the node's options fuse into it.</summary>
    public GraphTensor Activated(GraphTensor x, int field) =>
        Activation(field) is { Length: > 0 } chain ? Graph.Pointwise(x, chain) : x;

    /// <summary>A result in the file's order, with the activation fused into it.</summary>
    public GraphTensor Activated(Value x, int field) => Activated(new GraphTensor(x), field);

    /// <summary>The node is valid, but nothing here does it.</summary>
    public static UnsupportedNodeException Unsupported(string reason) => new(reason);

    private PointwiseChain Activation(int field) =>
        Node.Enumeration(field, "fused_activation_function") switch
        {
            0 => PointwiseChain.Empty,
            1 => PointwiseChain.Of(Unary.Relu),
            2 => PointwiseChain.Of(Unary.Clip, -1, 1),
            3 => PointwiseChain.Of(Unary.Clip, 0, 6),
            4 => PointwiseChain.Of(Unary.Tanh),
            5 => throw Unsupported("the activation SIGN_BIT is not supported"),
            var other => throw Node.Bad(
                $"there is no activation {other}", "fused_activation_function"),
        };
}
