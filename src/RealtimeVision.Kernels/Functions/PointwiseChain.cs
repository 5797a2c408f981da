using System.Collections.Immutable;

namespace RealtimeVision.Kernels.Functions;

/// <summary>One function of a chain and its constants.</summary>
/// <param name="Function">The function; a binary one reads the chain's next operand.</param>
/// <param name="A">First constant of a unary function that has one.</param>
/// <param name="B">Second constant of a unary function that has one.</param>
public readonly record struct ChainLink(PointwiseFunction Function, float A = 0, float B = 0);

/// <summary>
/// Pointwise functions one after the other: each works on what the one before gave; each binary
/// function takes the next operand. Compared by content. The CPU runs a chain link by link over
/// blocks that stay in L1; the GPU gets the whole chain as one type and compiles it into the kernel
/// that ends with it.
/// </summary>
public readonly struct PointwiseChain : IEquatable<PointwiseChain>
{
    /// <summary>Longest chain: each is compiled for itself on a GPU.</summary>
    public const int MaxLinks = 4;

    /// <summary>Most operands of a chain.</summary>
    public const int MaxOperands = 3;

    private readonly ImmutableArray<ChainLink> _links;

    /// <summary>Makes a chain.</summary>
    /// <exception cref="ArgumentException">Too many links or operands.</exception>
    public PointwiseChain(params ReadOnlySpan<ChainLink> links)
    {
        _links = [.. links];
        if (links.Length > MaxLinks || Operands > MaxOperands)
        {
            throw new ArgumentException($"a chain has at most {MaxLinks} links and {MaxOperands} operands");
        }
    }

    /// <summary>The chain that changes nothing.</summary>
    public static PointwiseChain Empty => default;

    /// <summary>The links, first to last.</summary>
    public ReadOnlySpan<ChainLink> Links => _links.IsDefault ? [] : _links.AsSpan();

    /// <summary>Number of links.</summary>
    public int Length => _links.IsDefault ? 0 : _links.Length;

    /// <summary>Number of operands: one a binary link.</summary>
    public int Operands
    {
        get
        {
            int operands = 0;
            foreach (var link in Links)
            {
                operands += link.Function.IsBinary ? 1 : 0;
            }

            return operands;
        }
    }

    /// <summary>A chain of one unary function.</summary>
    public static PointwiseChain Of(UnaryFunction function, float a = 0, float b = 0) =>
        new(new ChainLink(function, a, b));

    /// <summary>A chain of one binary function.</summary>
    public static PointwiseChain Of(BinaryFunction function) => new(new ChainLink(function));

    /// <summary>
    /// True where this chain and then <paramref name="next"/> are short enough for one chain.
    /// </summary>
    public bool CanAppend(PointwiseChain next) =>
        Length + next.Length <= MaxLinks && Operands + next.Operands <= MaxOperands;

    /// <summary>This chain, then <paramref name="next"/>.</summary>
    public PointwiseChain Then(PointwiseChain next) => new([.. Links, .. next.Links]);

    /// <inheritdoc/>
    public bool Equals(PointwiseChain other) => Links.SequenceEqual(other.Links);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PointwiseChain other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var link in Links)
        {
            hash.Add(link);
        }

        return hash.ToHashCode();
    }

    /// <summary>The functions' names with arrows between.</summary>
    public override string ToString() =>
        string.Join(" > ", (_links.IsDefault ? [] : _links).Select(l => l.Function.Name));

    /// <summary>Compares by content.</summary>
    public static bool operator ==(PointwiseChain a, PointwiseChain b) => a.Equals(b);

    /// <summary>Compares by content.</summary>
    public static bool operator !=(PointwiseChain a, PointwiseChain b) => !a.Equals(b);
}
