using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// A network apart from the sizes that it runs at: a function that builds nodes of a graph for
/// given inputs. Its variables (weights, state) are the same objects in all graphs, so that plans
/// for several sizes share them.
/// </summary>
public abstract class Model : IDisposable
{
    /// <summary>What a person calls it: a file's name, or the network's.</summary>
    public abstract string Name { get; }

    /// <summary>What it takes, in order, as its file declares it.</summary>
    public abstract IReadOnlyList<TensorDeclaration> Inputs { get; }

    /// <summary>What it gives, in order, as its file declares it.</summary>
    public abstract IReadOnlyList<TensorDeclaration> Outputs { get; }

    /// <summary>What the model is for, where something says so.</summary>
    public ModelManifest? Manifest { get; set; }

    /// <summary>
    /// Adds the model's nodes to a graph. Inputs and outputs have the declared layout, and may be
    /// values of any kind, so that a model can stand in the middle of a larger graph.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">One value an input, in order.</param>
    /// <returns>One value an output, in order.</returns>
    /// <exception cref="ShapeException">The shapes do not suit the model; the message names the
    /// node.</exception>
    public abstract IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs);

    /// <summary>
    /// A graph of this model alone. Inputs that decide shapes are constants of it, not inputs.
    /// </summary>
    /// <param name="inputs">The inputs' shapes, in order, and the elements of those that decide
    /// shapes; fewer leave out inputs whose declared sizes are fixed.</param>
    /// <exception cref="InputException">A shape does not fit the declaration, or is needed and
    /// missing.</exception>
    /// <exception cref="ShapeException">The shapes do not suit the model; the message names the
    /// node.</exception>
    public Graph Instantiate(params ReadOnlySpan<InputSpec> inputs)
    {
        if (inputs.Length > Inputs.Count)
        {
            throw new InputException(
                $"{Name} takes {Inputs.Count} inputs, {inputs.Length} shapes were given");
        }

        var graph = new Graph();
        var values = new Value[Inputs.Count];
        var free = new Dictionary<string, (string Input, int Size)>();
        for (int i = 0; i < values.Length; i++)
        {
            var declaration = Inputs[i];
            bool isGiven = i < inputs.Length;
            if (!isGiven && !declaration.IsFixed)
            {
                throw new InputException($"{Name}: a shape is needed for input {declaration}");
            }

            var elements = isGiven ? inputs[i].Elements : null;
            var type = elements?.Type ?? new TensorType(
                declaration.Element, isGiven ? inputs[i].Shape : declaration.ShapeWith(1));
            Check(declaration, type, free);
            if (!declaration.DecidesShapes)
            {
                values[i] = graph.Input(declaration.Name, type);
                continue;
            }

            if (elements is null)
            {
                throw new InputException(
                    $"{Name}: the elements of input {declaration} decide shapes: a graph can only be "
                    + "built when they are given");
            }

            values[i] = graph.Variable(
                new Variable(declaration.Name, type, elements.Bytes.ToArray()));
        }

        var outputs = Build(graph, values);
        for (int i = 0; i < outputs.Count; i++)
        {
            graph.Output(outputs[i], Outputs[i].Name);
        }

        return graph;
    }

    /// <summary>
    /// Releases what the model holds besides memory. No session of it may run any more.
    /// </summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the model holds besides memory.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private static void Check(
        TensorDeclaration declaration,
        TensorType type,
        Dictionary<string, (string Input, int Size)> free)
    {
        if (declaration.Problem(type) is { } problem)
        {
            throw new InputException(problem);
        }

        for (int i = 0; i < declaration.Dimensions.Count; i++)
        {
            if (declaration.Dimensions[i] is not { IsFree: true, Symbol: { } symbol })
            {
                continue;
            }

            int size = type.Shape[i];
            if (!free.TryAdd(symbol, (declaration.Name, size)) && free[symbol].Size != size)
            {
                throw new InputException(
                    $"size '{symbol}' is {free[symbol].Size} in input '{free[symbol].Input}' and "
                    + $"{size} in input '{declaration.Name}'");
            }
        }
    }
}

/// <summary>
/// An input of a model or plan is missing or unfit; the message names it, what is expected and what
/// was given.
/// </summary>
public sealed class InputException : Exception
{
    /// <summary>Makes the error.</summary>
    public InputException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
