using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Layers;

/// <summary>
/// What can be put on a symbol to give another: a <see cref="Layer"/>, or a <see cref="Block"/> of
/// layers.
/// </summary>
public abstract record Module
{
    /// <summary>
    /// Its name in the network, unique within its block; null for the kind's name and a number, as
    /// in <c>conv2d_3</c>. Weights are stored under it.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Puts the module on symbols.</summary>
    /// <param name="inputs">What it reads.</param>
    /// <returns>What it gives.</returns>
    /// <exception cref="ShapeException">The inputs do not fit; the message names the module and the
    /// shapes.</exception>
    public abstract Symbol On(params IReadOnlyList<Symbol> inputs);
}

/// <summary>
/// One layer of a network: how it is configured, and what nodes it stands for. Weights belong to
/// the network, so a layer is a plain value; but the same object put on two symbols uses the same
/// weights twice.
/// </summary>
public abstract record Layer : Module
{
    /// <summary>
    /// True where its weights are not trained; running statistics then stay as they are, too.
    /// </summary>
    public bool Frozen { get; init; }

    /// <inheritdoc/>
    public sealed override Symbol On(params IReadOnlyList<Symbol> inputs) => new(this, inputs);

    /// <summary>Adds the layer's nodes to a graph.</summary>
    /// <param name="c">The graph, and the weights, which the layer asks it for by name.</param>
    /// <param name="inputs">What the layer reads, the batch outermost.</param>
    /// <returns>What it gives, the batch outermost.</returns>
    /// <exception cref="ShapeException">The inputs do not fit.</exception>
    protected internal abstract Value Apply(LayerContext c, IReadOnlyList<Value> inputs);
}

/// <summary>
/// Layers that belong together, under a common prefix of their names. A network stores the layers,
/// not the block.
/// </summary>
public abstract record Block : Module
{
    /// <inheritdoc/>
    public sealed override Symbol On(params IReadOnlyList<Symbol> inputs)
    {
        using var scope = BlockScope.Enter(this);
        return Expand(inputs);
    }

    /// <summary>Puts the block's layers on symbols.</summary>
    /// <exception cref="ShapeException">The inputs do not fit.</exception>
    protected abstract Symbol Expand(IReadOnlyList<Symbol> inputs);
}

/// <summary>One use of a block: what the names of its layers begin with.</summary>
internal sealed class BlockScope : IDisposable
{
    [ThreadStatic]
    private static BlockScope? _current;

    private BlockScope(Block block, BlockScope? parent)
    {
        Block = block;
        Parent = parent;
    }

    /// <summary>The block that is being put on symbols now; null outside of blocks.</summary>
    public static BlockScope? Current => _current;

    public Block Block { get; }

    public BlockScope? Parent { get; }

    public static BlockScope Enter(Block block) => _current = new BlockScope(block, _current);

    public void Dispose() => _current = Parent;
}
