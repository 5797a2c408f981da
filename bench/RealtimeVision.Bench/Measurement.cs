using System.Diagnostics;

namespace RealtimeVision.Bench;

/// <summary>Times of one thing, in milliseconds.</summary>
internal sealed class Measurement
{
    private readonly List<double> _times = [];

    public double Median => Sorted()[_times.Count / 2];

    public double Best => Sorted()[0];

    public int Count => _times.Count;

    /// <summary>
    /// Measures things in turn, a few runs of each at a time, until each has had its share of the time: what slows the
    /// machine for a moment slows them all.
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
                var turn = Stopwatch.StartNew();
                do
                {
                    long start = Stopwatch.GetTimestamp();
                    things[i]();
                    results[i]._times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
                while (turn.ElapsedMilliseconds < 50);
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
