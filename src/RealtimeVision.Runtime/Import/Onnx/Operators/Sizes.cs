using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>Constants and sizes: what a graph knows before it runs.</summary>
internal static class Sizes
{
    private const int MaxElements = 1 << 28;

    public static IEnumerable<OperatorMapper> All =>
    [
        OperatorMapper.Of("Constant", Constant, ConstantRefusal),
        OperatorMapper.Of("ConstantOfShape", ConstantOfShape),
        OperatorMapper.Of("Shape", ShapeOf),
        OperatorMapper.Of(
            "Size", n => n.Host(new Shape(), [n.Input(0).Shape.Count]).WithFixed(IsFixed(n))),
        OperatorMapper.Of("Range", Range),
    ];

    private static string? ConstantRefusal(OnnxNode node) =>
        node.Has("sparse_value") ? "sparse tensors are not supported"
        : node.Has("value_string") || node.Has("value_strings")
        ? "strings are not supported"
        : null;

    private static HostTensor Constant(NodeContext n)
    {
        var node = n.Node;
        string name = node.Outputs.FirstOrDefault() ?? node.Name;
        return node.Tensor("value") is { } tensor ? OnnxElements.ToTensor(tensor, name, n.External)
            : node.Floats("value_floats") is { } floats ? n.Host(new Shape(floats.Length), floats)
            : node.Ints("value_ints") is { } integers ? n.Host(new Shape(integers.Length), integers)
            : node.Has("value_float") ? n.Host(new Shape(), [node.Float("value_float", 0)])
            : node.Has("value_int") ? n.Host(new Shape(), [(long)node.Int("value_int")])
            : throw node.Bad("it has no value", "value");
    }

    private static HostTensor ConstantOfShape(NodeContext n)
    {
        var shape = new Shape([.. n.ConstantInts(0, "its sizes").Select(s => checked((int)s))]);
        if (shape.Count > MaxElements)
        {
            throw n.Node.Bad($"{shape} is too large");
        }

        if (n.Node.Tensor("value") is not { } value)
        {
            return n.Host(shape, new float[shape.Count]);
        }

        var element = OnnxElements.ToTensor(value, n.Node.Name, n.External);
        return element.IsFloat
            ? n.Host(shape, [.. Enumerable.Repeat(element.Floats[0], (int)shape.Count)])
            : n.Host(
                shape, [.. Enumerable.Repeat(element.Integers[0], (int)shape.Count)], element.Type);
    }

    private static HostTensor ShapeOf(NodeContext n)
    {
        var shape = n.Input(0).Shape;
        int start = Limit(n.Node.Int("start", 0));
        int end = Limit(n.Node.Int("end", shape.Rank));
        long[] sizes = Array.ConvertAll(
            shape.Sizes[start..Math.Max(start, end)].ToArray(), s => (long)s);
        return HostTensor.Sizes(n.Node.Name, sizes, IsFixed(n));

        int Limit(int axis) => Math.Clamp(axis < 0 ? axis + shape.Rank : axis, 0, shape.Rank);
    }

    // The size of a tensor of the graph depends on the inputs' sizes.
    private static bool IsFixed(NodeContext n) => n.Input(0) is HostTensor { IsFixed: true };

    private static HostTensor Range(NodeContext n)
    {
        var start = n.Constant(0, "its limits");
        var limit = n.Constant(1, "its limits");
        var step = n.Constant(2, "its limits");
        double length = start.IsFloat
            ? Math.Ceiling(((double)limit.Floats[0] - start.Floats[0]) / step.Floats[0])
            : Math.Ceiling(((double)limit.Integers[0] - start.Integers[0]) / step.Integers[0]);
        int count = length <= MaxElements ? (int)Math.Max(length, 0)
            : throw n.Node.Bad("the range is endless or too large");
        var shape = new Shape(count);
        var steps = Enumerable.Range(0, count);
        return start.IsFloat
            ? n.Host(shape, [.. steps.Select(i => start.Floats[0] + (i * step.Floats[0]))])
            : n.Host(
                shape,
                [.. steps.Select(i => start.Integers[0] + (i * step.Integers[0]))],
                start.Type);
    }
}
