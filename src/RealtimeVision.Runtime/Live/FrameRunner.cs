using System.Diagnostics;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Takes frames from an exchange through a processor, whole or in slices, and replaces the
/// processor where a frame is too large for it or its device is lost.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed partial class FrameRunner(
    FrameExchange exchange,
    FrameProcessorFactory factory,
    EngineMetrics metrics,
    CancellationToken stop) : IDisposable
{
    // What comes after the last piece takes some microseconds: the books, the metrics.
    private const double Aim = 0.99;

    private readonly SceneChange _scene = new();
    private readonly SliceBudget _budget = new(
        factory.Clock,
        () => factory.Turn?.MustPause == true || stop.IsCancellationRequested);

    private readonly CostHistory _beginCost = new();
    private FrameProcessor? _processor;
    private Task<FrameProcessor>? _replacement;
    private bool _isInFlight;
    private bool _hasBegun;
    private long _spent;
    private bool _isReset;

    /// <summary>Makes the first processor and runs it once.</summary>
    public void Prepare(
        int frameBytes, IProgress<WarmUpProgress>? progress, CancellationToken cancellation)
    {
        DeviceTurn? turn = factory.Turn is { IsExclusive: true } shared ? shared : null;
        turn?.Enter(CancellationToken.None, isLong: true);
        try
        {
            _processor = factory.Create(frameBytes, progress, cancellation);
            progress?.Report(new WarmUpProgress("first run", 0.95));
            _processor.WarmUp(cancellation);
            progress?.Report(new WarmUpProgress("ready", 1));
        }
        finally
        {
            turn?.Exit();
        }
    }

    /// <summary>
    /// Processes the frame that waits, once the device is free: the newest at that time.
    /// </summary>
    public void RunFrame()
    {
        DeviceTurn? turn = factory.Turn;
        bool isLost;
        try
        {
            turn?.Enter(stop);
            bool isBegun = exchange.TryBegin();
            isLost = isBegun && !RunInTurn(turn);
            if (!isBegun)
            {
                Revisit(isWhole: true);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // No frame was begun: the exchange books the one that waits as dropped.
            return;
        }
        finally
        {
            turn?.Exit();
        }

        if (isLost)
        {
            ReplaceDevice();
        }
    }

    /// <summary>
    /// Processes what fits the budget, at least something; false where there was nothing to do.
    /// </summary>
    /// <remarks>
    /// A slice that leaves its frame unfinished has found nothing more that fits, or had to pause
    /// for another engine on the device.
    /// </remarks>
    public bool RunSlices(TimeSpan budget)
    {
        if (!TakeReplacement())
        {
            return false;
        }

        bool isFrame = _isInFlight || exchange.Accounting.Waiting > 0;
        if (!isFrame && !_isRevisiting && !exchange.IsNudged)
        {
            return false;
        }

        // What is waited for the device counts.
        _budget.Begin(budget * Aim);
        DeviceTurn? turn = factory.Turn;
        if (turn?.TryEnter(budget, stop) == false)
        {
            return false;
        }

        try
        {
            bool hasRun = false;
            if (!isFrame)
            {
                return Revisit(isWhole: false);
            }

            while (_replacement is null && HasFrame())
            {
                hasRun = true;
                RunSlice();
                if (_isInFlight)
                {
                    break;
                }
            }

            return hasRun;
        }
        finally
        {
            turn?.Exit();
        }
    }

    /// <summary>Drops a frame in flight and releases the processor.</summary>
    public void Dispose()
    {
        if (_isInFlight)
        {
            _isInFlight = false;
            exchange.Drop();
        }

        try
        {
            _replacement?.GetAwaiter().GetResult().Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The engine ends: what a processor that is not needed any more died of says nothing.
        }

        Release(_processor);
        _processor = null;
    }

    // Frames of one stream may vary a little; each growth costs a new plan.
    private static int RoundUp(int bytes) => (int)Math.Min(bytes * 5L / 4, Array.MaxLength);

    private static void Release(FrameProcessor? processor)
    {
        try
        {
            processor?.Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A device that is lost may not be able to release its memory.
        }
    }

    /// <summary>Processes the frame in flight; false where the device was lost.</summary>
    private bool RunInTurn(DeviceTurn? turn)
    {
        Frame frame = exchange.Written.Frame;
        try
        {
            _spent = 0;
            long begin = Stopwatch.GetTimestamp();
            if (_processor!.FrameBytes < frame.Pixels.Length)
            {
                Replace(MakeReplacement(RoundUp(frame.Pixels.Length)));
            }

            Begin(frame);
            if (turn is { IsOutranked: true })
            {
                _budget.Begin(TimeSpan.MaxValue);
                while (!_processor.RunSlice(_budget))
                {
                    _spent += Stopwatch.GetTimestamp() - begin;
                    stop.ThrowIfCancellationRequested();
                    turn.Yield(stop);
                    begin = Stopwatch.GetTimestamp();
                    _budget.Begin(TimeSpan.MaxValue);
                }
            }
            else
            {
                _processor.Run(stop);
            }

            _spent += Stopwatch.GetTimestamp() - begin;
            Complete();
            return true;
        }
        catch (Exception e)
        {
            return !Fail(frame, e);
        }
    }

    private void Complete()
    {
        TimeSpan processing = Stopwatch.GetElapsedTime(0, _spent);
        TimeSpan latency = exchange.Complete(processing);
        metrics.Record(factory.DeviceId, latency, processing);
    }

    /// <summary>
    /// Whether a frame is in flight, or one that waits is taken where its beginning fits.
    /// </summary>
    private bool HasFrame()
    {
        if (!_isInFlight && _budget.TryBegin(_beginCost))
        {
            _isInFlight = exchange.TryBegin();
        }

        return _isInFlight;
    }

    private void RunSlice()
    {
        Frame frame = exchange.Written.Frame;
        long begin = Stopwatch.GetTimestamp();
        try
        {
            if (!_hasBegun && _processor!.FrameBytes < frame.Pixels.Length)
            {
                int bytes = RoundUp(frame.Pixels.Length);
                _replacement = Task.Run(() => MakeInTurn(bytes), CancellationToken.None);
                return;
            }

            if (!_hasBegun)
            {
                _spent = 0;
                Begin(frame);
                _hasBegun = true;
                _budget.Done();
            }

            bool isDone = _processor!.RunSlice(_budget);
            _spent += Stopwatch.GetTimestamp() - begin;
            if (isDone)
            {
                EndFlight();
                Complete();
            }
        }
        catch (Exception e)
        {
            EndFlight();
            if (Fail(frame, e))
            {
                int bytes = _processor!.FrameBytes;
                factory.FallBackToCpu();
                _replacement = Task.Run(() => MakeInTurn(bytes), CancellationToken.None);
            }
        }
    }

    private void EndFlight()
    {
        _isInFlight = false;
        _hasBegun = false;
    }

    private void Begin(Frame frame)
    {
        _isRevisiting = false;
        if (_isReset || exchange.BeginsScene)
        {
            _isReset = false;
            _scene.Reset();
        }

        _processor!.Begin(exchange.Written, _scene.IsNew(frame), stop);
    }

    /// <summary>Books the failure; true where the device is lost.</summary>
    private bool Fail(Frame frame, Exception e)
    {
        _isReset = true;
        if (e is OperationCanceledException && stop.IsCancellationRequested)
        {
            exchange.Drop();
            return false;
        }

        bool isLost = _processor is { } processor && processor.IsDeviceLost();
        exchange.Fail(new VisionEvent(
            VisionEventKind.FrameFailed,
            $"frame {frame.Index} could not be processed: {e.Message}",
            frame.Index,
            e));
        if (isLost)
        {
            exchange.Post(new VisionEvent(
                VisionEventKind.DeviceLost,
                $"device '{factory.DeviceId}' does not work any more ({e.Message}): "
                + "the CPU takes its place",
                frame.Index,
                e));
        }

        return isLost;
    }
}
