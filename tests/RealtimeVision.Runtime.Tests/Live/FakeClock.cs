using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Time that goes on only where somebody waits, and while the test lets it.</summary>
internal sealed class FakeClock : PipelineClock
{
    private TimeSpan _now;

    public List<TimeSpan> Waits { get; } = [];

    public override TimeSpan Now => _now;

    public override void Wait(TimeSpan time, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Waits.Add(time);
        _now += time;
    }

    public void Pass(TimeSpan time) => _now += time;
}
