namespace RealtimeVision.Runtime.Execution;

/// <summary>What a piece of work took lately, in ticks of a clock.</summary>
/// <remarks>
/// Who has a deadline asks for the most and not for the average, by which half of all pieces would
/// be late. The longest of the newest is left out, and none counts for more than twice what was
/// expected: a thread that the system has stopped for a moment says nothing of the work.
/// </remarks>
internal sealed class CostHistory
{
    private const int Window = 32;
    private readonly long[] _newest = new long[Window];
    private int _count;

    /// <summary>Whether nothing is known.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>
    /// What it takes at most, outliers aside: the second largest of the newest 32; 0 where nothing
    /// is known.
    /// </summary>
    public long High { get; private set; }

    /// <summary>Adds what it took now.</summary>
    public void Add(long ticks)
    {
        ticks = Math.Max(ticks, 1);
        _newest[_count % Window] = _count == 0 ? ticks : Math.Min(ticks, 2 * High);
        // Kept from overflowing after years, and the place in the ring with it.
        _count = _count + 1 == 2 * Window ? Window : _count + 1;
        ReadOnlySpan<long> known = _newest.AsSpan(0, Math.Min(_count, Window));
        long largest = 0;
        long second = 0;
        foreach (long one in known)
        {
            second = Math.Max(second, Math.Min(largest, one));
            largest = Math.Max(largest, one);
        }

        High = known.Length > 1 ? second : largest;
    }
}
