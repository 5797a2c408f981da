using System.Diagnostics;

namespace RealtimeVision.Bench;

/// <summary>Times of one thing, in milliseconds.</summary>
internal sealed class Measurement
{
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(200);

    private readonly List<double> _times = [];

    public double Median => Sorted()[_times.Count / 2];

    public double Best => Sorted()[0];

    public int Count => _times.Count;

    /// <summary>
    /// Measures things in turn until each has had its share of the time: what slows the machine for
    /// a moment slows them all. The first part of a turn is not measured: threads of the one before
    /// still spin, waiting for work that does not come.
    /// </summary>
    public static Measurement[] Interleave(TimeSpan each, params Action[] things)
    {
        var results = Array.ConvertAll(things, _ => new Measurement());
        foreach (var thing in things)
        {
            thing();
            thing();
        }

        var total = Stopwatch.StartNew();
        while (total.Elapsed < each * things.Length || results.Any(r => r.Count < 5))
        {
            for (int i = 0; i < things.Length; i++)
            {
                for (var settling = Stopwatch.StartNew(); settling.Elapsed < Settle;)
                {
                    things[i]();
                }

                for (var turn = Stopwatch.StartNew(); turn.Elapsed < Turn;)
                {
                    long start = Stopwatch.GetTimestamp();
                    things[i]();
                    results[i]._times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return results;
    }

    private List<double> Sorted()
    {
        _times.Sort();
        return _times;
    }
}
