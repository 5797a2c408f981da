using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// What a layer will give once a network runs: networks are written down by putting layers on
/// symbols, from the input's to the outputs'.
/// </summary>
public sealed class Symbol
{
    internal Symbol(Layer layer, IReadOnlyList<Symbol> inputs)
    {
        Layer = layer;
        Inputs = [.. inputs];
        Scope = BlockScope.Current;
        var trace = new TracingContext();
        var values = Inputs.Select((s, i) => trace.Graph.Input($"input {i}", s.OfOneSample)).ToArray();
        Value output;
        try
        {
            output = layer.Apply(trace, values);
        }
        catch (ShapeException e)
        {
            string name = layer.Name is { } given ? $" '{given}'" : "";
            string shapes = string.Join(", ", Inputs.Select(s => s.Shape));
            throw new ShapeException($"{layer.GetType().Name}{name} on {shapes}: {e.Message}", e);
        }

        Steps = StepsOf(layer, output.Shape);
        Type = new TensorType(output.Type.Element, new Shape(output.Shape.Sizes[1..]));
        Parameters = trace.Parameters;
    }

    private Symbol(Input input)
    {
        Layer = input;
        Inputs = [];
        Type = input.Type;
        Steps = 1;
        Parameters = [];
    }

    /// <summary>Element type and shape of one sample: without the batch.</summary>
    public TensorType Type { get; }

    /// <summary>Shape of one sample: without the batch.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>Channels: the last size.</summary>
    public int Channels => Shape[-1];

    /// <summary>
    /// How many of it a sample of the network has: the steps of a sequence between
    /// <see cref="FoldTime"/> and <see cref="UnfoldTime"/>, else 1.
    /// </summary>
    public int Steps { get; }

    internal Layer Layer { get; }

    internal Symbol[] Inputs { get; }

    internal BlockScope? Scope { get; }

    /// <summary>The weights that the layer asked for.</summary>
    internal IReadOnlyList<ParameterSpec> Parameters { get; }

    private TensorType OfOneSample => Type with { Shape = new Shape([Steps, .. Shape.Sizes]) };

    /// <summary>An input of Float32 numbers.</summary>
    /// <param name="sizes">The shape of one sample: [H, W, C] of a picture.</param>
    public static Symbol Input(params ReadOnlySpan<int> sizes) =>
        Input(new Input(TensorType.Float(sizes)));

    /// <summary>An input.</summary>
    public static Symbol Input(Input input) => new(input);

    /// <summary>Puts modules on this symbol, one after another.</summary>
    /// <exception cref="ShapeException">A module does not fit; the message names it and the
    /// shapes.</exception>
    public Symbol Then(params ReadOnlySpan<Module> modules)
    {
        var x = this;
        foreach (var module in modules)
        {
            x = module.On(x);
        }

        return x;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Layer.GetType().Name} {Type}";

    // Layers keep the outermost dimension, but for those that move time into it and out of it.
    private int StepsOf(Layer layer, Shape output)
    {
        int steps = output.Rank == 0 ? 0 : output[0];
        bool fits = layer switch
        {
            FoldTime => Inputs[0].Steps == 1,
            UnfoldTime => Inputs[1].Steps == 1 && Inputs[0].Steps == Inputs[1].Shape[0],
            _ => Array.TrueForAll(Inputs, i => i.Steps == steps),
        };
        return fits ? steps : throw new ShapeException(
            $"{layer.GetType().Name} gives {output}: that is not one for each of "
            + string.Join(", ", Inputs.Select(i => $"{i.Steps} x {i.Shape}")));
    }
}
