using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Measures what an engine costs a loop that gives it its time by <see cref="VisionEngine.Tick"/>:
/// how long turns and ticks take, and what the garbage collector does meanwhile. For one thread,
/// the loop's; measuring allocates nothing.
/// </summary>
/// <param name="warmUp">How many turns at the beginning do not count.</param>
public sealed partial class LoopMeter(long warmUp = 0)
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID
    private readonly LatencyStatistics _turns = new();
    private readonly LatencyStatistics _ticks = new();
    private readonly LatencyStatistics _tickCpu = new();
    private readonly int[] _collections = new int[GC.MaxGeneration + 1];
    private long _allocated;
    private long _turn = -1;
    private long _begin;
    private long _tick;
    private TimeSpan _cpu;

    /// <summary>A turn begins.</summary>
    public void Begin()
    {
        if (++_turn == warmUp)
        {
            _allocated = GC.GetTotalAllocatedBytes();
            for (int i = 0; i < _collections.Length; i++)
            {
                _collections[i] = GC.CollectionCount(i);
            }
        }

        _begin = Stopwatch.GetTimestamp();
    }

    /// <summary>The engine gets its time.</summary>
    public void BeginTick()
    {
        _cpu = CpuTime();
        _tick = Stopwatch.GetTimestamp();
    }

    /// <summary>The engine has had its time.</summary>
    public void EndTick()
    {
        Add(_ticks, _tick);
        if (_turn >= warmUp && OperatingSystem.IsLinux())
        {
            _tickCpu.Add(CpuTime() - _cpu);
        }
    }

    /// <summary>A turn is done.</summary>
    public void End() => Add(_turns, _begin);

    /// <summary>What was measured so far.</summary>
    public LoopSummary Summarize()
    {
        bool counts = _turn >= warmUp;
        long allocated = counts ? GC.GetTotalAllocatedBytes() - _allocated : 0;
        return new LoopSummary
        {
            Turn = _turns.Summarize(),
            Tick = _ticks.Summarize(),
            TickCpu = OperatingSystem.IsLinux() ? _tickCpu.Summarize() : null,
            Collections = [.. _collections.Select(
                (before, i) => counts ? GC.CollectionCount(i) - before : 0)],
            AllocatedBytes = allocated,
        };
    }

    private static TimeSpan CpuTime() =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out Timespec time) == 0
            ? TimeSpan.FromTicks(
                (time.Seconds * TimeSpan.TicksPerSecond)
                + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
            : TimeSpan.Zero;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out Timespec time);

    private void Add(LatencyStatistics statistics, long since)
    {
        if (_turn >= warmUp)
        {
            statistics.Add(Stopwatch.GetElapsedTime(since));
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
