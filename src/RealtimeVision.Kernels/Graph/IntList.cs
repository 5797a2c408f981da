using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace RealtimeVision.Kernels.Graph;

/// <summary>
/// Whole numbers that are a parameter of an operator, one a dimension: a permutation, starts,
/// steps, axes. Compared by content, as the operators are. Written as a collection: <c>[0, 2, 3,
/// 1]</c>.
/// </summary>
[CollectionBuilder(typeof(IntList), nameof(Create))]
public readonly struct IntList : IEquatable<IntList>
{
    private readonly ImmutableArray<int> _values;

    private IntList(ReadOnlySpan<int> values) => _values = [.. values];

    /// <summary>How many.</summary>
    public int Count => _values.IsDefault ? 0 : _values.Length;

    /// <summary>All of them.</summary>
    public ReadOnlySpan<int> Values => _values.IsDefault ? [] : _values.AsSpan();

    /// <summary>One of them.</summary>
    public int this[int index] => _values[index];

    /// <summary>Makes a list.</summary>
    public static IntList Create(params ReadOnlySpan<int> values) => new(values);

    /// <summary>The same number so many times.</summary>
    public static IntList Repeat(int value, int count) => [.. Enumerable.Repeat(value, count)];

    /// <summary>Compares by content.</summary>
    public static bool operator ==(IntList a, IntList b) => a.Equals(b);

    /// <summary>Compares by content.</summary>
    public static bool operator !=(IntList a, IntList b) => !a.Equals(b);

    /// <summary>Goes through them in order.</summary>
    public ReadOnlySpan<int>.Enumerator GetEnumerator() => Values.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(IntList other) => Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IntList other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (int value in Values)
        {
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <summary>The numbers as <c>[0, 2, 3, 1]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", Values.ToArray())}]";
}
