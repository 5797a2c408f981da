namespace RealtimeVision.Viewer;

/// <summary>The newest values of some numbers that are plotted over time.</summary>
/// <remarks>Memory is allocated once. Not for several threads.</remarks>
public sealed class PlotHistory
{
    private readonly float[] _values;
    private int _next;

    /// <summary>Makes a history without values.</summary>
    /// <param name="title">What a plot of it is called.</param>
    /// <param name="series">What each number is.</param>
    /// <param name="capacity">How many values of each are kept.</param>
    public PlotHistory(string title, IReadOnlyList<string> series, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfZero(series.Count, nameof(series));
        Title = title;
        Series = series;
        Capacity = capacity;
        _values = new float[capacity * series.Count];
    }

    /// <summary>What a plot of it is called.</summary>
    public string Title { get; }

    /// <summary>What each number is.</summary>
    public IReadOnlyList<string> Series { get; }

    /// <summary>How many values of each are kept.</summary>
    public int Capacity { get; }

    /// <summary>How many values of each there are.</summary>
    public int Count { get; private set; }

    /// <summary>A value of a series.</summary>
    /// <param name="series">Index of the series.</param>
    /// <param name="index">0 for the oldest, <see cref="Count"/> - 1 for the newest.</param>
    public float this[int series, int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            int at = (_next - Count + index + Capacity) % Capacity;
            return _values[(at * Series.Count) + series];
        }
    }

    /// <summary>Adds a value of each series; the oldest give way.</summary>
    /// <exception cref="ArgumentException">There is not a value for each series.</exception>
    public void Add(ReadOnlySpan<float> values)
    {
        if (values.Length != Series.Count)
        {
            throw new ArgumentException(
                $"{Title} has {Series.Count} series, not {values.Length}", nameof(values));
        }

        values.CopyTo(_values.AsSpan(_next * Series.Count));
        _next = (_next + 1) % Capacity;
        Count = Math.Min(Count + 1, Capacity);
    }

    /// <summary>Forgets all values.</summary>
    public void Clear() => (_next, Count) = (0, 0);
}
