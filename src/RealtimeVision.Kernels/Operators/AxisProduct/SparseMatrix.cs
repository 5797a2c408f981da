using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A constant matrix most of whose elements are zero, row by row: what enlarging, averaging or
/// padding does along one dimension. Compared by content.
/// </summary>
public sealed class SparseMatrix : IEquatable<SparseMatrix>
{
    private readonly int[] _starts;
    private readonly int[] _columns;
    private readonly float[] _weights;
    private readonly Lazy<SparseMatrix> _transposed;

    private SparseMatrix(int columns, int[] starts, int[] indices, float[] weights)
    {
        Columns = columns;
        _starts = starts;
        _columns = indices;
        _weights = weights;
        Key = $"SparseMatrix {Rows}x{columns} " + Convert.ToHexString(SHA256.HashData(
            [
                .. MemoryMarshal.AsBytes<int>(starts), .. MemoryMarshal.AsBytes<int>(indices),
                .. MemoryMarshal.AsBytes<float>(weights),
            ]));
        _transposed = new(Transpose);
    }

    /// <summary>Number of rows: elements of a product.</summary>
    public int Rows => _starts.Length - 1;

    /// <summary>Number of columns: elements that are multiplied.</summary>
    public int Columns { get; }

    /// <summary>Number of elements that are kept.</summary>
    public int Count => _columns.Length;

    /// <summary>The matrix with rows and columns swapped.</summary>
    public SparseMatrix Transposed => _transposed.Value;

    /// <summary>For each row its first element, and the end of the last row.</summary>
    internal int[] Starts => _starts;

    /// <summary>The column of each element.</summary>
    internal int[] Indices => _columns;

    /// <summary>The elements.</summary>
    internal float[] Weights => _weights;

    /// <summary>Names the content, for tables on devices.</summary>
    internal string Key { get; }

    /// <summary>Makes a matrix.</summary>
    /// <param name="columns">Number of columns.</param>
    /// <param name="rows">
    /// The elements of each row: column and value. Those of one column are added.
    /// </param>
    /// <exception cref="ArgumentException">An element's column is none of the matrix.</exception>
    public static SparseMatrix Of(
        int columns, IEnumerable<IEnumerable<(int Column, float Weight)>> rows)
    {
        var starts = new List<int> { 0 };
        var indices = new List<int>();
        var weights = new List<float>();
        foreach (var row in rows)
        {
            foreach (var (column, weight) in row)
            {
                if (column < 0 || column >= columns)
                {
                    throw new ArgumentException(
                        $"column {column} is none of {columns}", nameof(rows));
                }

                indices.Add(column);
                weights.Add(weight);
            }

            starts.Add(indices.Count);
        }

        return new SparseMatrix(columns, [.. starts], [.. indices], [.. weights]);
    }

    /// <summary>The matrix that picks one element for each of its rows.</summary>
    /// <param name="columns">Number of columns.</param>
    /// <param name="picked">For each row which element.</param>
    public static SparseMatrix Picking(int columns, IEnumerable<int> picked) =>
        Of(columns, picked.Select(column => new[] { (column, 1f) }));

    /// <inheritdoc/>
    public bool Equals(SparseMatrix? other) => other is not null && Key == other.Key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SparseMatrix);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The sizes and number of elements.</summary>
    public override string ToString() => $"{Rows}x{Columns} with {Count} elements";

    // Elements of a column stay in the order of their rows, so that sums have an order too.
    private SparseMatrix Transpose()
    {
        var rows = new List<(int, float)>[Columns];
        for (int c = 0; c < Columns; c++)
        {
            rows[c] = [];
        }

        for (int r = 0; r < Rows; r++)
        {
            for (int k = _starts[r]; k < _starts[r + 1]; k++)
            {
                rows[_columns[k]].Add((r, _weights[k]));
            }
        }

        return Of(Rows, rows);
    }
}
