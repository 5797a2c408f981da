using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// A layer that goes through a sequence step by step and remembers: [T, F] to [Units], or with
/// <see cref="ReturnSequences"/> to [T, Units].
/// </summary>
/// <remarks>
/// D is 2 where it goes both ways, else 1, and outputs are D times as wide, the forward direction
/// first. On a stream (<see cref="LayerContext.IsStreaming"/>) a run goes on where the one before
/// ended, whatever the length of either.
/// </remarks>
/// <param name="Units">Size of the state.</param>
public abstract record RecurrentLayer(int Units) : Layer
{
    /// <summary>True for the state after every step; false for that after the last.</summary>
    public bool ReturnSequences { get; init; }

    /// <summary>Which way it goes through the sequence.</summary>
    public RecurrentDirection Direction { get; init; }

    /// <summary>First values of the weights of the input.</summary>
    public Initialiser KernelInitialiser { get; init; } = Initialiser.GlorotUniform;

    /// <summary>First values of the weights of the state.</summary>
    public Initialiser RecurrentInitialiser { get; init; } = Initialiser.Orthogonal;

    private protected int Directions => Direction == RecurrentDirection.Bidirectional ? 2 : 1;

    /// <summary>Gates that weights have columns for.</summary>
    private protected abstract int Gates { get; }

    /// <inheritdoc/>
    protected internal sealed override Value Apply(LayerContext c, IReadOnlyList<Value> inputs)
    {
        var x = inputs[0];
        if (x.Shape.Rank != 3)
        {
            throw new ShapeException(
                $"takes a sequence [T, F] a sample, not {new Shape(x.Shape.Sizes[1..])}");
        }

        if (c.IsStreaming && Direction != RecurrentDirection.Forward)
        {
            throw new InvalidOperationException(
                $"layer '{c.Scope}' begins at the end of a sequence: it cannot run on a stream");
        }

        var (samples, steps, features) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        int columns = Gates * Units;
        var kernel = c.Weight(
            "kernel", new Shape(Directions, features, columns), KernelInitialiser,
            new Fans(features, columns));
        var recurrent = c.Weight(
            "recurrent_kernel", new Shape(Directions, Units, columns), RecurrentInitialiser,
            new Fans(Units, columns));
        var state = new Shape(Directions, samples, Units);
        var node = Run(c, SwapTimeAndBatch(c, x), kernel, recurrent, state);
        if (ReturnSequences)
        {
            return SwapTimeAndBatch(c, node.Outputs[RecurrentOperator.AllHidden]);
        }

        var last = node.Outputs[RecurrentOperator.LastHidden];
        if (Directions > 1)
        {
            last = c.Add(new Transpose([1, 0, 2]), last);
        }

        return c.Add(new Operators.Reshape(new Shape(samples, Directions * Units)), last);
    }

    /// <summary>Adds the operator's node, with the state of streams where there is one.</summary>
    private protected abstract Node Run(
        LayerContext c, Value sequence, Value kernel, Value recurrent, Shape state);

    // [N, T, F] to [T, N, F] and back; nothing moves where one of the two is 1.
    private static Value SwapTimeAndBatch(LayerContext c, Value x)
    {
        var shape = x.Shape;
        return shape[0] == 1 || shape[1] == 1
            ? c.Add(new Operators.Reshape(new Shape(shape[1], shape[0], shape[2])), x)
            : c.Add(new Transpose([1, 0, 2]), x);
    }
}

/// <summary>
/// Long short-term memory (Hochreiter and Schmidhuber 1997): [T, F] to [Units] or [T, Units].
/// </summary>
/// <remarks>
/// Weights: kernel [D, F, 4 Units], recurrent_kernel [D, Units, 4 Units], bias [D, 4 Units], the
/// columns in the order of gates i, f, g, o. The forget gate's bias begins as 1 (Gers et al. 2000).
/// See <see cref="Operators.Lstm"/>.
/// </remarks>
/// <param name="Units">Size of the state.</param>
public sealed record Lstm(int Units) : RecurrentLayer(Units)
{
    private protected override int Gates => 4;

    private protected override Node Run(
        LayerContext c, Value sequence, Value kernel, Value recurrent, Shape state)
    {
        var bias = c.Bias("bias", new Shape(Directions, Gates * Units), Initialiser.ForgetGateOnes);
        var op = new Operators.Lstm(Units, Direction);
        if (!c.IsStreaming)
        {
            return c.AddNode(op, sequence, kernel, recurrent, bias);
        }

        var node = c.AddNode(
            op, sequence, kernel, recurrent, bias, c.State("h", state), c.State("c", state));
        c.Keep("h", node.Outputs[RecurrentOperator.LastHidden]);
        c.Keep("c", node.Outputs[Operators.Lstm.LastCell]);
        return node;
    }
}

/// <summary>
/// Gated recurrent units (Cho et al. 2014): [T, F] to [Units] or [T, Units].
/// </summary>
/// <remarks>
/// Weights: kernel [D, F, 3 Units], recurrent_kernel [D, Units, 3 Units], the columns in the order
/// of gates r, z, n; bias [D, 4 Units]: r, z, n of the input, n of the state, which the reset gate
/// scales, as in cuDNN and PyTorch. See <see cref="Operators.Gru"/>.
/// </remarks>
/// <param name="Units">Size of the state.</param>
public sealed record Gru(int Units) : RecurrentLayer(Units)
{
    private protected override int Gates => 3;

    private protected override Node Run(
        LayerContext c, Value sequence, Value kernel, Value recurrent, Shape state)
    {
        var bias = c.Bias("bias", new Shape(Directions, (Gates + 1) * Units));
        var op = new Operators.Gru(Units, Direction);
        if (!c.IsStreaming)
        {
            return c.AddNode(op, sequence, kernel, recurrent, bias);
        }

        var node = c.AddNode(op, sequence, kernel, recurrent, bias, c.State("h", state));
        c.Keep("h", node.Outputs[RecurrentOperator.LastHidden]);
        return node;
    }
}

/// <summary>
/// A recurrent layer that goes through the sequence both ways, with weights of its own for each;
/// the results stand side by side, [2 Units] or [T, 2 Units], the forward direction first.
/// </summary>
/// <remarks>Weights: those of the layer, D = 2.</remarks>
/// <param name="Recurrent">The layer; its direction is not heeded.</param>
public sealed record Bidirectional(RecurrentLayer Recurrent) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        (Recurrent with { Direction = RecurrentDirection.Bidirectional }).Apply(c, inputs);
}
