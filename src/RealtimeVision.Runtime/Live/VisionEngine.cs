using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Real-time vision for a game loop, a robot or a viewer: frames go in, masks and labels come out,
/// and nothing blocks.
/// </summary>
/// <remarks>
/// <para>
/// One frame is in flight and one waits. Where frames come faster than they can be processed, the
/// newest wins (<see cref="Pace.Realtime"/>), or the submitter waits (<see
/// cref="Pace.EveryFrame"/>). A result carries the frame that it belongs to. After warm-up nothing
/// is allocated per frame, until the size of frames grows.
/// </para>
/// <para>
/// All members may be called by any thread. Results are for one consumer. No code of the program
/// runs on a thread of the engine: what happens is queued for <see cref="TryGetEvent"/>. A run that
/// fails is counted and said, and the engine goes on; a device that dies is replaced by the CPU.
/// </para>
/// </remarks>
public sealed partial class VisionEngine : IDisposable
{
    /// <summary>Name of the meter that tells of all engines of the process.</summary>
    public const string MeterName = EngineMetrics.MeterName;

    private readonly FrameExchange _exchange;
    private readonly FrameProcessorFactory _factory;
    private readonly FrameRunner _runner;
    private readonly EngineMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly object _ticking = new();
    private readonly Thread? _worker;
    private int _isDisposed;

    internal VisionEngine(
        VisionOptions options,
        FrameProcessorFactory factory,
        IProgress<WarmUpProgress>? progress,
        CancellationToken cancellation)
    {
        Options = options;
        _factory = factory;
        _exchange = new FrameExchange(options.Pace);
        _metrics = new EngineMetrics(this, options.Name);
        _runner = new FrameRunner(_exchange, factory, _metrics, _stop.Token);
        try
        {
            int bytes = options.ExpectedBytes;
            _runner.Prepare(bytes, progress, cancellation);
            _exchange.Reserve(bytes);
            foreach (string notice in factory.Notices)
            {
                _exchange.Post(new VisionEvent(VisionEventKind.Notice, notice));
            }
        }
        catch
        {
            _runner.Dispose();
            factory.Dispose();
            _stop.Dispose();
            throw;
        }

        Networks.Wanted = _exchange.Nudge;
        _metrics.Start();
        if (options.Worker == VisionWorker.Background)
        {
            _worker = new Thread(Work)
            {
                IsBackground = true, Name = "RealtimeVision engine", Priority = options.WorkerPriority,
            };
            _worker.Start();
        }
    }

    /// <summary>What the engine was made with.</summary>
    public VisionOptions Options { get; }

    /// <summary>Name of the device that runs the models now: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public string DeviceId => _factory.DeviceId;

    /// <summary>What a person calls that device.</summary>
    public string DeviceDescription => _factory.DeviceDescription;

    /// <summary>Names of the models, joined by <c>+</c>.</summary>
    public string ModelName => _factory.ModelName;

    /// <summary>What the segmenter is: its labels and colours; null without one.</summary>
    public ModelManifest? Segmenter => (_factory as ModelProcessorFactory)?.Segmenter;

    /// <summary>A look inside the networks while they run.</summary>
    public NetworkView Networks => (_factory as ModelProcessorFactory)?.View ?? new NetworkView([]);

    /// <summary>What the classifiers are, in the order of the options.</summary>
    public IReadOnlyList<ModelManifest> Classifiers =>
        (_factory as ModelProcessorFactory)?.Classifiers ?? [];

    /// <summary>What became of the frames so far; goes on being told after disposal.</summary>
    public Accounting Accounting => _exchange.Accounting;

    /// <summary>True where nothing waits or is in flight, and the last result was taken.</summary>
    public bool IsDrained => _exchange.IsDrained;

    /// <summary>Latency, from submission to result, of the newest 512 results.</summary>
    public LatencySummary RecentLatency => _exchange.Latency(isRecent: true);

    /// <summary>Latency, from submission to result, of all results.</summary>
    public LatencySummary OverallLatency => _exchange.Latency(isRecent: false);

    /// <summary>Bytes of the models on the device now: weights, state and plans.</summary>
    public long MemoryBytes => _factory.Memory?.Used ?? 0;

    /// <summary>Results a second over the last two seconds.</summary>
    public double FrameRate => _exchange.FrameRate();

    /// <summary>Events that gave way to newer ones before they were taken.</summary>
    public long LostEvents => _exchange.LostEvents();

    /// <summary>
    /// Loads the models, opens the device, compiles everything and runs it once, on a thread of the
    /// pool.
    /// </summary>
    /// <param name="options">What the engine is made of.</param>
    /// <param name="progress">Is told how far it is, on a thread of the pool.</param>
    /// <param name="cancellation">Looked at between nodes of the models.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there is no
    /// model.</exception>
    /// <exception cref="Import.ModelFormatException">A model's file is not what it
    /// should be.</exception>
    /// <exception cref="Kernels.Devices.DeviceException">The device that was asked for cannot be
    /// used.</exception>
    /// <exception cref="Kernels.Devices.MemoryLimitException">The models need more memory than the
    /// options allow.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; all is released.</exception>
    public static Task<VisionEngine> CreateAsync(
        VisionOptions options,
        IProgress<WarmUpProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return Task.Run(
            () => new VisionEngine(
                options,
                new ModelProcessorFactory(options, progress, cancellation),
                progress,
                cancellation),
            cancellation);
    }

    /// <summary>
    /// Gives the engine a copy of a frame. In real time it never blocks; at every frame it waits
    /// until no other frame waits.
    /// </summary>
    /// <exception cref="ArgumentException">The frame has no pixels.</exception>
    /// <exception cref="ObjectDisposedException">The engine is, or is being, disposed
    /// of.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void Submit(Frame frame, CancellationToken cancellation = default) =>
        SubmitCopy(frame, mayWait: true, cancellation);

    /// <summary>
    /// As <see cref="Submit"/>, but never waits: false where <see cref="Pace.EveryFrame"/> would
    /// have to.
    /// </summary>
    /// <exception cref="ArgumentException">The frame has no pixels.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed of.</exception>
    public bool TrySubmit(Frame frame) => SubmitCopy(frame, mayWait: false, default);

    /// <summary>
    /// A frame of the engine's pool, to be filled and given back to <see cref="SubmitRented"/> or
    /// <see cref="Return"/>. Saves the copy of <see cref="Submit"/>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The engine is disposed of.</exception>
    public Frame Rent() => _exchange.Rent();

    /// <summary>Gives a rented frame back unused.</summary>
    /// <exception cref="ArgumentException">The frame was not rented.</exception>
    public void Return(Frame frame) => _exchange.Return(frame);

    /// <summary>
    /// Gives the engine a frame that was rented from it. Where it throws, the frame stays rented.
    /// </summary>
    /// <inheritdoc cref="Submit"/>
    public void SubmitRented(Frame frame, CancellationToken cancellation = default)
    {
        RequirePixels(frame);
        _exchange.Submit(frame, mayWait: true, cancellation);
    }

    /// <summary>
    /// Runs what fits the budget on the calling thread, and at least one piece of a step where there
    /// is a frame. Returns at once where there is none, where another thread ticks, or while the
    /// engine makes itself ready for larger frames.
    /// </summary>
    /// <param name="budget">Time that it may take, with what it waits for others on a shared device.
    /// What cannot be divided is begun where it fits by what it took lately.</param>
    /// <exception cref="InvalidOperationException">The engine has a worker of its
    /// own.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed of.</exception>
    public void Tick(TimeSpan budget)
    {
        if (_worker is not null)
        {
            throw new InvalidOperationException(
                "the engine has a background worker: make it with VisionWorker.None to tick it");
        }

        if (!Monitor.TryEnter(_ticking))
        {
            return;
        }

        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
            long begin = Stopwatch.GetTimestamp();
            if (_runner.RunSlices(budget))
            {
                _metrics.RecordTick(DeviceId, Stopwatch.GetElapsedTime(begin));
            }
        }
        finally
        {
            Monitor.Exit(_ticking);
        }
    }

    /// <summary>Takes the newest result that was not taken yet; never blocks.</summary>
    /// <param name="result">The result. It is the caller's, and does not change, until this method
    /// gives the next one.</param>
    /// <returns>False where there is no newer one; the one taken before stays valid.</returns>
    public bool TryGetLatest([NotNullWhen(true)] out VisionResult? result) =>
        _exchange.TryTakeResult(out result);

    /// <summary>Takes the oldest event that was not taken yet; never blocks.</summary>
    public bool TryGetEvent([NotNullWhen(true)] out VisionEvent? happened) =>
        _exchange.TryTakeEvent(out happened);

    /// <summary>
    /// Waits until there is a result or an event to take; for programs without a loop of their own.
    /// </summary>
    /// <returns>False where the time has passed or the engine was disposed of.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public bool WaitForNews(TimeSpan timeout, CancellationToken cancellation = default) =>
        _exchange.WaitForNews(timeout, cancellation);

    /// <summary>
    /// Lets the frames that are submitted from now on be a new scene: smoothing forgets the past. One
    /// that was submitted before goes on with the scene that it is of. A change of size, a time that
    /// goes back and a cut begin a scene by themselves.
    /// </summary>
    public void ResetScene() => _exchange.BeginScene();

    /// <summary>
    /// Stops at once: a frame that waits or is in flight counts as dropped. Results that were taken
    /// stay readable. Returns when all threads have ended and everything is released.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _exchange.Close();
        _stop.Cancel();
        _factory.Turn?.Wake();
        _worker?.Join();
        _metrics.Stop();
        lock (_ticking)
        {
            _runner.Dispose();
            _factory.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Waits until no frame waits or is in flight; whether that is so.</summary>
    internal bool WaitUntilIdle(TimeSpan timeout, CancellationToken cancellation) =>
        _exchange.WaitUntilIdle(timeout, cancellation);

    /// <summary>Tells the consumer something.</summary>
    internal void Post(VisionEvent happened) => _exchange.Post(happened);

    /// <summary>Books a frame that could not be read.</summary>
    internal void CountBroken(VisionEvent happened) => _exchange.CountBroken(happened);

    private static void RequirePixels(Frame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame.Pixels.IsEmpty)
        {
            throw new ArgumentException("the frame has no pixels", nameof(frame));
        }
    }

    private bool SubmitCopy(Frame frame, bool mayWait, CancellationToken cancellation)
    {
        RequirePixels(frame);
        Frame copy = _exchange.Rent();
        bool isTaken = false;
        try
        {
            copy.CopyFrom(frame);
            isTaken = _exchange.Submit(copy, mayWait, cancellation);
        }
        finally
        {
            if (!isTaken)
            {
                _exchange.Return(copy);
            }
        }

        return isTaken;
    }

    private void Work()
    {
        while (_exchange.WaitForFrame())
        {
            _runner.RunFrame();
        }
    }
}
