using System.Diagnostics;

namespace RealtimeVision.Runtime.Live;

/// <summary>Events a second, over the newest ones of the last two seconds.</summary>
internal sealed class RateMeter
{
    private static readonly long Window = 2 * Stopwatch.Frequency;
    private readonly long[] _times = new long[256];
    private int _next;
    private int _count;

    public void Add(long now)
    {
        _times[_next] = now;
        _next = (_next + 1) % _times.Length;
        _count = Math.Min(_count + 1, _times.Length);
    }

    /// <summary>The rate up to now; 0 before the second event, falling when none comes.</summary>
    public double Rate(long now)
    {
        int used = 0;
        long oldest = now;
        long newest = now;
        for (int i = 1; i <= _count; i++)
        {
            long time = _times[(_next - i + _times.Length) % _times.Length];
            if (now - time > Window)
            {
                break;
            }

            newest = used == 0 ? time : newest;
            oldest = time;
            used++;
        }

        if (used < 2)
        {
            return 0;
        }

        // A pause longer than the usual distance counts: the rate falls while nothing comes.
        double usual = (double)(newest - oldest) / (used - 1);
        double distance = Math.Max(usual, (double)(now - oldest) / used);
        return distance > 0 ? Stopwatch.Frequency / distance : 0;
    }
}
