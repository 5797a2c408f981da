using System.Diagnostics.Metrics;
using System.Globalization;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What engines tell System.Diagnostics.Metrics, and with it OpenTelemetry. Counts and sizes are read
/// when a listener asks, on its thread. Times are recorded as they come, by the thread that runs the
/// models, outside of all locks: a listener's callback for them has to be short. Nothing is allocated
/// for a frame, and nothing is done while nobody listens.
/// </summary>
internal sealed class EngineMetrics
{
    public const string MeterName = "RealtimeVision";
    private const string EngineTag = "realtimevision.engine";
    private const string DeviceTag = "realtimevision.device";

    private static readonly List<EngineMetrics> Engines = [];
    private static readonly Meter Meter = new(
        MeterName, typeof(EngineMetrics).Assembly.GetName().Version?.ToString(3));

    private static readonly Histogram<double> Latency = Times(
        "realtimevision.frame.latency", "Time from a frame's submission to its result");

    private static readonly Histogram<double> Processing = Times(
        "realtimevision.frame.processing", "Time that models take for a frame");

    private static readonly Histogram<double> Ticks = Times(
        "realtimevision.tick.duration", "Time that a VisionEngine.Tick with something to do takes");

    private static int s_made;
    private readonly VisionEngine _engine;
    private readonly KeyValuePair<string, object?> _name;

    static EngineMetrics()
    {
        Count("submitted", "Frames given to engines", a => a.Submitted);
        Count("processed", "Frames that have a result", a => a.Processed);
        Count("dropped", "Frames that a newer one replaced", a => a.Dropped);
        Count("failed", "Frames that could not be read or processed", a => a.Failed);
        Meter.CreateObservableUpDownCounter(
            "realtimevision.frames.pending",
            () => Observe(e => (long)e.Accounting.Waiting + e.Accounting.InFlight),
            "{frame}", "Frames that wait or are being processed");
        Meter.CreateObservableGauge(
            "realtimevision.frame.rate", () => Observe(e => e.FrameRate), "{frame}/s",
            "Results a second over the last two seconds");
        Meter.CreateObservableUpDownCounter(
            "realtimevision.memory.usage", () => Observe(e => e.MemoryBytes), "By",
            "Bytes on the device: weights, state and plans");
        Meter.CreateObservableCounter(
            "realtimevision.events.lost", () => Observe(e => e.LostEvents), "{event}",
            "Events that gave way to newer ones before they were taken");
    }

    public EngineMetrics(VisionEngine engine, string? name)
    {
        _engine = engine;
        int number = Interlocked.Increment(ref s_made);
        _name = new(EngineTag, name ?? number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Tells of the engine from now on.</summary>
    public void Start()
    {
        lock (Engines)
        {
            Engines.Add(this);
        }
    }

    /// <summary>Tells of the engine no more.</summary>
    public void Stop()
    {
        lock (Engines)
        {
            Engines.Remove(this);
        }
    }

    /// <summary>A frame has its result.</summary>
    public void Record(string device, TimeSpan latency, TimeSpan processing)
    {
        var deviceTag = new KeyValuePair<string, object?>(DeviceTag, device);
        Latency.Record(latency.TotalSeconds, _name, deviceTag);
        Processing.Record(processing.TotalSeconds, _name, deviceTag);
    }

    /// <summary>A tick has run something.</summary>
    public void RecordTick(string device, TimeSpan duration) => Ticks.Record(
        duration.TotalSeconds, _name, new KeyValuePair<string, object?>(DeviceTag, device));

    private static Histogram<double> Times(string name, string description) =>
        Meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.033, 0.066, 0.133, 0.266, 0.5, 1],
        });

    private static void Count(string what, string description, Func<Accounting, long> count) =>
        Meter.CreateObservableCounter(
            $"realtimevision.frames.{what}", () => Observe(e => count(e.Accounting)), "{frame}",
            description);

    private static List<Measurement<T>> Observe<T>(Func<VisionEngine, T> read)
        where T : struct
    {
        EngineMetrics[] engines;
        lock (Engines)
        {
            engines = [.. Engines];
        }

        var measured = new List<Measurement<T>>(engines.Length);
        foreach (EngineMetrics engine in engines)
        {
            measured.Add(new Measurement<T>(
                read(engine._engine), engine._name,
                new KeyValuePair<string, object?>(DeviceTag, engine._engine.DeviceId)));
        }

        return measured;
    }
}
