using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>What engines tell a listener of System.Diagnostics.Metrics.</summary>
[NonParallelizable]
public sealed class EngineMetricsTests
{
    [Test]
    public void TellTheBooksOfEachEngine()
    {
        string name = $"camera {Guid.NewGuid()}";
        var factory = new FakeFactory { Fails = frame => frame.Index == 3 };
        var told = new ConcurrentDictionary<string, (double Last, int Count, string? Device)>();
        using MeterListener listener = Listen(
            name, (instrument, value, device) => told.AddOrUpdate(
                instrument.Name, (value, 1, device),
                (_, before) => (value, before.Count + 1, device)));
        using (var engine = Engine(factory, name))
        {
            for (int i = 0; i < 6; i++)
            {
                engine.Submit(VisionEngineTests.FrameOf(i));
                engine.Submit(VisionEngineTests.FrameOf(i));
                engine.Tick(TimeSpan.Zero);
            }

            listener.RecordObservableInstruments();
            Assert.Multiple(() =>
            {
                Assert.That(told["realtimevision.frames.submitted"].Last, Is.EqualTo(12));
                Assert.That(told["realtimevision.frames.processed"].Last, Is.EqualTo(5));
                Assert.That(told["realtimevision.frames.failed"].Last, Is.EqualTo(1));
                Assert.That(told["realtimevision.frames.dropped"].Last, Is.EqualTo(6));
                Assert.That(told["realtimevision.frames.pending"].Last, Is.Zero);
                Assert.That(told["realtimevision.memory.usage"].Last, Is.Zero);
                Assert.That(told["realtimevision.frame.rate"].Last, Is.GreaterThanOrEqualTo(0));
                Assert.That(told["realtimevision.events.lost"].Last, Is.Zero);
                Assert.That(told["realtimevision.frame.latency"].Count, Is.EqualTo(5));
                Assert.That(told["realtimevision.frame.processing"].Count, Is.EqualTo(5));
                Assert.That(told["realtimevision.tick.duration"].Count, Is.EqualTo(6));
                Assert.That(told["realtimevision.frame.latency"].Last, Is.Positive);
                Assert.That(told.Values.Select(t => t.Device), Is.All.EqualTo("fake"));
            });
        }

        told.Clear();
        listener.RecordObservableInstruments();
        Assert.That(told, Is.Empty, "an engine that was released is not told of");
    }

    [Test]
    public void EnginesWithoutANameHaveNumbers()
    {
        var names = new ConcurrentBag<string?>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == VisionEngine.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (instrument.Name == "realtimevision.frames.submitted")
            {
                names.Add(Tag(tags, "realtimevision.engine"));
            }
        });
        listener.Start();
        using var first = Engine(new FakeFactory(), null);
        using var second = Engine(new FakeFactory(), null);
        listener.RecordObservableInstruments();
        Assert.That(names, Is.Unique);
        Assert.That(names.Count(n => int.TryParse(n, out _)), Is.GreaterThanOrEqualTo(2));
    }

    [Test]
    public void AllocateNothingForAFrame()
    {
        string name = $"camera {Guid.NewGuid()}";
        double sum = 0;
        using MeterListener listener = Listen(name, (_, value, _) => sum += value);
        using var engine = Engine(new FakeFactory(), name);
        Frame frame = VisionEngineTests.FrameOf(0);
        long before = 0;
        for (int i = 0; i < 2000; i++)
        {
            before = i == 1000 ? GC.GetAllocatedBytesForCurrentThread() : before;
            engine.Submit(frame);
            engine.Tick(TimeSpan.Zero);
            engine.TryGetLatest(out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sum, Is.Positive);
    }

    private static VisionEngine Engine(FakeFactory factory, string? name) => new(
        VisionEngineTests.Options(VisionWorker.None) with { Name = name }, factory, null, default);

    private static MeterListener Listen(string engine, Action<Instrument, double, string?> tell)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == VisionEngine.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Tell(i, value, tags));
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Tell(i, value, tags));
        listener.Start();
        return listener;

        void Tell(
            Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Tag(tags, "realtimevision.engine") == engine)
            {
                tell(instrument, value, Tag(tags, "realtimevision.device"));
            }
        }
    }

    private static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag.Key == name)
            {
                return (string?)tag.Value;
            }
        }

        return null;
    }
}
