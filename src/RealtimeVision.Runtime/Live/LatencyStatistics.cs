using System.Numerics;

namespace RealtimeVision.Runtime.Live;

/// <summary>Percentiles of a set of latencies.</summary>
/// <param name="Count">Latencies that it is made of; all else is zero where there are none.</param>
/// <param name="P50">Half of them are not longer.</param>
/// <param name="P95">95 of 100 are not longer.</param>
/// <param name="P99">99 of 100 are not longer.</param>
/// <param name="Max">The longest.</param>
public readonly record struct LatencySummary(
    long Count, TimeSpan P50, TimeSpan P95, TimeSpan P99, TimeSpan Max);

/// <summary>
/// Percentiles of latencies, of all or of the newest ones, in memory that is allocated once.
/// </summary>
/// <remarks>
/// A histogram over microseconds whose bins are 1/128 of their value wide at most (as in
/// HdrHistogram), so that a percentile is right within 0.8 %. With a window, a ring remembers the
/// bins of the newest latencies, and what leaves it is taken out of its bin. Not for several
/// threads.
/// </remarks>
public sealed class LatencyStatistics
{
    // Bins of one octave; below this number of microseconds a bin is one microsecond.
    private const int OctaveBits = 7;
    private const int BinsInOctave = 1 << OctaveBits;

    // Longer latencies than 2^36 us (19 hours) count as that.
    private const int Octaves = 36 - OctaveBits;

    private readonly int[] _counts = new int[BinsInOctave * (Octaves + 1)];
    private readonly short[]? _ring;
    private int _next;

    /// <summary>Makes statistics without latencies.</summary>
    /// <param name="window">Number of newest latencies that count; 0 counts all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is negative.</exception>
    public LatencyStatistics(int window = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        _ring = window == 0 ? null : new short[window];
    }

    /// <summary>Latencies that count now.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a latency; a negative one counts as zero.</summary>
    public void Add(TimeSpan latency)
    {
        int bin = BinOf((long)Math.Max(latency.TotalMicroseconds, 0));
        if (_ring is not null)
        {
            if (Count == _ring.Length)
            {
                _counts[_ring[_next]]--;
                Count--;
            }

            _ring[_next] = (short)bin;
            _next = (_next + 1) % _ring.Length;
        }

        _counts[bin]++;
        Count++;
    }

    /// <summary>Forgets all latencies.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        _next = 0;
    }

    /// <summary>
    /// The latency that a fraction of all does not exceed, by nearest rank; zero where there are
    /// none.
    /// </summary>
    /// <param name="fraction">0.5 for the median, 0.95 for the 95th percentile.</param>
    /// <exception cref="ArgumentOutOfRangeException">The fraction is not in 0 to 1.</exception>
    public TimeSpan Percentile(double fraction)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fraction, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        if (Count == 0)
        {
            return TimeSpan.Zero;
        }

        long rank = Math.Max((long)Math.Ceiling(fraction * Count), 1);
        int bin = 0;
        for (long seen = _counts[0]; seen < rank; seen += _counts[bin])
        {
            bin++;
        }

        return TimeSpan.FromMicroseconds(MiddleOf(bin));
    }

    /// <summary>The usual percentiles.</summary>
    public LatencySummary Summarize() =>
        new(Count, Percentile(0.5), Percentile(0.95), Percentile(0.99), Percentile(1));

    private static int BinOf(long microseconds)
    {
        if (microseconds < BinsInOctave)
        {
            return (int)microseconds;
        }

        int octave = BitOperations.Log2((ulong)microseconds) - OctaveBits;
        return octave >= Octaves
            ? (BinsInOctave * (Octaves + 1)) - 1
            : (BinsInOctave * (octave + 1)) + (int)(microseconds >> octave) - BinsInOctave;
    }

    private static double MiddleOf(int bin)
    {
        if (bin < BinsInOctave)
        {
            return bin;
        }

        int octave = (bin / BinsInOctave) - 1;
        long first = (long)(BinsInOctave + (bin % BinsInOctave)) << octave;
        return first + (((1L << octave) - 1) / 2.0);
    }
}
