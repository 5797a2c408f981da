using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Live;

/// <summary>
/// How long the turns of a loop take, and what the garbage collector does meanwhile; the first turns
/// do not count.
/// </summary>
internal sealed partial class FrameMeter(long warmUp)
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
        if (_turn >= warmUp)
        {
            _tickCpu.Add(CpuTime() - _cpu);
        }
    }

    /// <summary>A turn is done.</summary>
    public void End() => Add(_turns, _begin);

    /// <summary>Prints the distributions and what was collected.</summary>
    public void Print()
    {
        long allocated = GC.GetTotalAllocatedBytes() - _allocated;
        Print("frame", _turns.Summarize());
        Print("tick", _ticks.Summarize());
        if (OperatingSystem.IsLinux())
        {
            Print("tick cpu", _tickCpu.Summarize());
        }

        var collected = _collections.Select((before, i) => $"{GC.CollectionCount(i) - before} of gen {i}");
        Console.WriteLine(
            $"collections: {string.Join(", ", collected)}; {allocated} bytes allocated in {_turns.Count} frames");
    }

    private static void Print(string name, LatencySummary s) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name} ms: p50 {s.P50.TotalMilliseconds:F2}, p95 {s.P95.TotalMilliseconds:F2}, "
        + $"p99 {s.P99.TotalMilliseconds:F2}, max {s.Max.TotalMilliseconds:F2}"));

    /// <summary>
    /// What this thread has computed: unlike the clock, it stands still while other programs have
    /// the core. Only Linux tells it finely enough.
    /// </summary>
    private static TimeSpan CpuTime() =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuTime, out Timespec time) == 0
            ? TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / TimeSpan.NanosecondsPerTick))
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
