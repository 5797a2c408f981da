namespace RealtimeVision.Runtime.Tests.Execution;

/// <summary>
/// Time that passes when the test says so, and by a step at each look: a tick is 100 ns.
/// </summary>
internal sealed class FakeTime(long perLook = 0) : TimeProvider
{
    public long Ticks { get; set; } = 1000;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Ticks += perLook;
}
