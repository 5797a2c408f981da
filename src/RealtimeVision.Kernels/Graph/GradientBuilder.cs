using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Graph;

/// <summary>
/// What a node is given to state its gradient: it reads the gradients of its outputs, asks which
/// inputs' gradients are wanted, and adds the nodes that compute them.
/// </summary>
/// <remarks>
/// All gradients are of one scalar, the loss. A gradient has its value's shape. What a gradient
/// node reads of the forward pass (inputs or outputs) is kept until then, so reading less keeps
/// less memory.
/// </remarks>
public sealed class GradientBuilder
{
    private readonly Gradients _gradients;

    internal GradientBuilder(Gradients gradients, Node node)
    {
        _gradients = gradients;
        Node = node;
    }

    /// <summary>The node of the forward pass.</summary>
    public Node Node { get; }

    /// <summary>An input of the node that is there.</summary>
    public Value Input(int index) => Node.Inputs[index]!;

    /// <summary>True where the node has the input.</summary>
    public bool Has(int index) => index < Node.Inputs.Count && Node.Inputs[index] is not null;

    /// <summary>An output of the node.</summary>
    public Value Output(int index = 0) => Node.Outputs[index];

    /// <summary>True where the loss depends on an output.</summary>
    public bool HasGradient(int output) => _gradients.Find(Node.Outputs[output]) is not null;

    /// <summary>
    /// The gradient of an output; zeros where the loss does not depend on it (ask <see
    /// cref="HasGradient"/> where leaving work out pays).
    /// </summary>
    public Value OutputGradient(int output = 0) => _gradients.Find(Node.Outputs[output])
        ?? Fill(0, Node.Outputs[output].Shape);

    /// <summary>True where the gradient of an input is wanted.</summary>
    public bool Wants(int input) => Has(input) && _gradients.IsWanted(Node.Inputs[input]!);

    /// <summary>
    /// Gives the gradient of an input. Gradients of a value that is read more than once are added,
    /// in the order in which they are given.
    /// </summary>
    /// <exception cref="ShapeException">The gradient is not of the input's type.</exception>
    public void Give(int input, Value gradient) => _gradients.Give(Node, Input(input), gradient);

    /// <summary>Adds a node, named after the forward one, and gives its first output.</summary>
    public Value Add(Operator op, params Value?[] inputs) => AddNode(op, inputs).Outputs[0];

    /// <summary>Adds a node of several outputs.</summary>
    public Node AddNode(Operator op, params Value?[] inputs) =>
        _gradients.Graph.Node(op, $"{Node.Name}/gradient {op.Name}", inputs);

    /// <summary>A function of one number of each element.</summary>
    public Value Apply(UnaryFunction function, Value x, float a = 0, float b = 0) =>
        Add(new Pointwise(function, a, b), x);

    /// <summary>A function of two numbers, broadcast.</summary>
    public Value Apply(BinaryFunction function, Value x, Value y) => Add(new Pointwise(function), x, y);

    /// <summary>A tensor of one number.</summary>
    public Value Fill(float number, Shape shape)
    {
        var ones = new int[shape.Rank];
        Array.Fill(ones, 1);
        var scalar = _gradients.Graph.Constant($"{number}", new Shape(ones), [number]);
        return Add(new Expand(shape), scalar);
    }

    /// <summary>A constant of integers.</summary>
    public Value Integers(Shape shape, ReadOnlySpan<int> values) =>
        Constant(ElementType.Int32, shape, MemoryMarshal.AsBytes(values));

    /// <summary>A constant of floats.</summary>
    public Value Floats(Shape shape, ReadOnlySpan<float> values) =>
        Constant(ElementType.Float32, shape, MemoryMarshal.AsBytes(values));

    /// <summary>
    /// A gradient with the dimensions summed along which a tensor of <paramref name="shape"/> was
    /// broadcast.
    /// </summary>
    public Value SumTo(Value gradient, Shape shape)
    {
        if (gradient.Shape.Count == 0)
        {
            return gradient.Shape == shape ? gradient : Fill(0, shape);
        }

        int added = gradient.Shape.Rank - shape.Rank;
        int[] axes =
        [
            .. Enumerable.Range(0, gradient.Shape.Rank)
                .Where(d => gradient.Shape[d] != (d < added ? 1 : shape[d - added])),
        ];
        var sum = axes.Length == 0 ? gradient : Add(new Reduce(ReduceKind.Sum, [.. axes]), gradient);
        return sum.Shape == shape ? sum : Add(new Reshape(shape), sum);
    }

    private Value Constant(ElementType element, Shape shape, ReadOnlySpan<byte> data) =>
        _gradients.Graph.Variable(new Variable(
            $"{Node.Name}/gradient constant", new TensorType(element, shape), data.ToArray()));
}
