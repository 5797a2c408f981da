using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>What an engine costs the loop that it lives in.</summary>
[NonParallelizable]
public sealed class LoopMeterTests
{
    [Test]
    public void TurnsOfTheWarmUpDoNotCount()
    {
        var meter = new LoopMeter(warmUp: 3);
        for (int i = 0; i < 3; i++)
        {
            Turn(meter, () => GC.Collect());
        }

        Assert.That(meter.Summarize().Turn.Count, Is.Zero);
        Assert.That(meter.Summarize().Collections, Is.All.Zero);
        Assert.That(meter.Summarize().AllocatedBytes, Is.Zero);

        for (int i = 0; i < 2; i++)
        {
            Turn(meter, () => GC.Collect());
        }

        LoopSummary summary = meter.Summarize();
        Assert.That(summary.Turn.Count, Is.EqualTo(2));
        Assert.That(summary.Collections, Has.Count.EqualTo(3).And.All.GreaterThanOrEqualTo(2));
    }

    [Test]
    public void ATickIsPartOfItsTurn()
    {
        var meter = new LoopMeter();
        byte[]? kept = null;
        Turn(meter, () =>
        {
            kept = new byte[1 << 20];
            for (long begin = Environment.TickCount64; Environment.TickCount64 - begin < 30;)
            {
                kept[begin % kept.Length]++;
            }
        });

        LoopSummary summary = meter.Summarize();
        Assert.That(summary.Tick.Max, Is.GreaterThan(TimeSpan.FromMilliseconds(5)));
        Assert.That(summary.Turn.Max, Is.GreaterThanOrEqualTo(summary.Tick.Max));
        Assert.That(summary.AllocatedBytes, Is.GreaterThanOrEqualTo(kept!.Length));
        Assert.That(summary.TickCpu is not null, Is.EqualTo(OperatingSystem.IsLinux()));
        if (summary.TickCpu is { } cpu)
        {
            Assert.That(cpu.Max, Is.GreaterThan(TimeSpan.Zero));
        }
    }

    [Test]
    public void MeasuringAllocatesNothing()
    {
        var meter = new LoopMeter();
        Action nothing = () => { };
        Turn(meter, nothing);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Turn(meter, nothing);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void ASummaryIsALineForEachDistribution()
    {
        static LatencySummary Of(double p50) => new(
            60, TimeSpan.FromMilliseconds(p50), TimeSpan.FromMilliseconds(2),
            TimeSpan.FromMilliseconds(3), TimeSpan.FromMilliseconds(4));
        var summary = new LoopSummary
        {
            Turn = Of(1.5),
            Tick = Of(1),
            Collections = [2, 1, 0],
            AllocatedBytes = 1234,
        };
        Assert.That(summary.ToString().Split(Environment.NewLine), Is.EqualTo(new[]
        {
            "frame ms: p50 1.50, p95 2.00, p99 3.00, max 4.00",
            "tick ms: p50 1.00, p95 2.00, p99 3.00, max 4.00",
            "collections: 2 of gen 0, 1 of gen 1, 0 of gen 2; 1234 bytes allocated in 60 frames",
        }));
        summary = summary with { TickCpu = Of(0.25) };
        Assert.That(
            summary.ToString().Split(Environment.NewLine)[2],
            Does.StartWith("tick cpu ms: p50 0.25,"));
    }

    private static void Turn(LoopMeter meter, Action tick)
    {
        meter.Begin();
        meter.BeginTick();
        tick();
        meter.EndTick();
        meter.End();
    }
}
