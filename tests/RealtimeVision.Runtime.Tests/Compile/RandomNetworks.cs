using CsCheck;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Tests.Compile;

/// <summary>
/// Networks wired at random of the operators that passes know: convolutions, products, batch
/// normalisation, pointwise functions with all kinds of operands, and changes of shape.
/// </summary>
public sealed class RandomNetworks
{
    private static readonly UnaryFunction[] Functions =
    [
        Unary.Relu, Unary.Sigmoid, Unary.Tanh, Unary.Abs, Unary.Negate, Unary.HardSwish,
    ];

    private readonly Graph _graph = new();
    private readonly List<Value> _values = [];
    private readonly Random _random;

    private RandomNetworks(int seed) => _random = new Random(seed);

    public static Gen<(int Seed, int Nodes)> Recipes { get; } =
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 25]);

    public static Graph Build((int Seed, int Nodes) recipe)
    {
        var network = new RandomNetworks(recipe.Seed);
        network._values.Add(network._graph.Input("x", TensorType.Float(1, 5, 4, 6)));
        network._values.Add(network._graph.Input("y", TensorType.Float(1, 5, 4, 6)));
        for (int i = 0; i < recipe.Nodes; i++)
        {
            // Kept near 1, so that errors stay comparable.
            var value = network.Next(network.Pick(_ => true)!);
            network._values.Add(value);
        }

        network._graph.Output(network._values[^1]);
        network._graph.Output(network.Pick(_ => true)!, "other");
        return network._graph;
    }

    private Value Next(Value x) => _random.Next(12) switch
    {
        0 or 1 when x.Shape.Rank == 4 => Convolution(x),
        2 => Add(new MatMul(), x, Constant(x.Shape[-1], 6)),
        3 => BatchNorm(x),
        4 => Add(new Pointwise(Unary.Clip, 0, 6), Add(new Pointwise(Unary.Affine, 1, 3), x)),
        5 => Add(new Pointwise(Unary.Affine, 0.5f, _random.Next(2)), x),
        6 => WithConstant(x),
        7 => Pick(v => v.Type == x.Type) is { } y ? Add(new Pointwise(Binary.Add), x, y) : x,
        8 => Add(new Pointwise(Binary.Multiply), x, Add(new Pointwise(Unary.Sigmoid), x)),
        9 => Add(new Transpose(x.Shape.Rank == 4 ? [0, 3, 1, 2] : [1, 0]), x),
        10 when x.Shape.Rank == 4 => Add(new Concat(_random.Next(1, 4)), x, x),
        11 => Add(new Reshape(x.Shape.Rank == 4 ? Flat(x.Shape) : Square(x.Shape)), x),
        _ => Add(new Pointwise(Functions[_random.Next(Functions.Length)]), x),
    };

    private Value Convolution(Value x)
    {
        int kernel = _random.Next(2) == 0 ? 1 : 3;
        var op = new Conv2D { Padding = kernel / 2 };
        var weights = Constant(kernel, kernel, x.Shape.C, 6);
        return _random.Next(2) == 0 ? Add(op, x, weights) : Add(op, x, weights, Constant(6));
    }

    private Value BatchNorm(Value x)
    {
        int channels = x.Shape[-1];
        var variance = _graph.Constant(
            $"var{_graph.Nodes.Count}", new Shape(channels),
            Enumerable.Repeat(0.7f, channels).ToArray());
        return Add(
            new BatchNorm(1e-3f), x, Constant(channels), Constant(channels), Constant(channels),
            variance);
    }

    private Value WithConstant(Value x)
    {
        var constant = _random.Next(3) switch
        {
            0 => Constant(),
            1 => Constant(x.Shape[-1]),
            _ => Constant(x.Shape.With(-1, 1).Sizes),
        };
        var function = _random.Next(2) == 0 ? Binary.SubtractFrom : Binary.Multiply;
        return _random.Next(2) == 0
            ? Add(new Pointwise(function), x, constant)
            : Add(new Pointwise(function), constant, x);
    }

    private static Shape Flat(Shape x) => new(x[0] * x[1], x[2] * x[3]);

    private static Shape Square(Shape x) => x[1] % 2 == 0
        ? new Shape(1, x[0], 2, x[1] / 2)
        : new Shape(1, x[0], 1, x[1]);

    private Value Add(Operator op, params Value[] inputs) =>
        _graph.Add(op, $"n{_graph.Nodes.Count}", inputs);

    private Value? Pick(Func<Value, bool> fits)
    {
        // Recent values are likelier, so that chains form.
        var fitting = _values.Where(fits).TakeLast(4).ToList();
        return fitting.Count == 0 ? null : fitting[_random.Next(fitting.Count)];
    }

    private Value Constant(params ReadOnlySpan<int> sizes)
    {
        var shape = new Shape(sizes);
        // Of about the size that keeps sums of products near 1.
        float scale = sizes.Length < 2 ? 1 : 2 / MathF.Sqrt(shape.Count / shape[-1]);
        var values = new float[shape.Count];
        foreach (ref float value in values.AsSpan())
        {
            value = ((_random.NextSingle() * 2) - 1) * scale;
        }

        return _graph.Constant($"c{_graph.Nodes.Count}.{sizes.Length}", shape, values);
    }
}
