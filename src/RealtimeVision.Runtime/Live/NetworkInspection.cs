using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The inspector of a processor: made where somebody begins to look, released where he looks away.
/// One thread at a time.
/// </summary>
/// <param name="view">Knows what is looked at.</param>
/// <param name="make">Makes an inspector, and tells how far it is wherever a frame may come
/// between.</param>
/// <param name="isAwaited">Whether a frame waits until it is made, in the frame's turn on the device,
/// and is not processed beside it.</param>
/// <param name="turn">The turns of what is made in the background, released with this; null where it
/// needs none: see <see cref="DeviceTurn.IsExclusive"/>. They are no turns of frames, which go on
/// having theirs.</param>
internal sealed class NetworkInspection(
    NetworkView view,
    Func<NetworkLook, IProgress<double>?, CancellationToken, InspectorStage> make,
    bool isAwaited,
    DeviceTurn? turn)
    : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task<InspectorStage>? _making;
    private NetworkLook? _tried;
    private InspectorStage? _stage;

    /// <summary>The inspector of what is looked at now; null where there is none yet.</summary>
    /// <param name="processor">Whose frame is about to be processed.</param>
    /// <param name="cancellation">Ends the making where the frame waits for it.</param>
    /// <exception cref="OperationCanceledException">The making was cancelled.</exception>
    public InspectorStage? Update(ModelFrameProcessor processor, CancellationToken cancellation)
    {
        view.Attach(processor);
        NetworkLook? look = view.Look;
        if (_stage is null && _making is null && ReferenceEquals(_tried, look))
        {
            return null;
        }

        Settle(look, cancellation);
        return _stage;
    }

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _making?.GetAwaiter().GetResult().Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What nobody will see need not be told.
        }

        _stage?.Dispose();
        turn?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Takes what is made, releases what is not wanted, makes what is.</summary>
    private void Settle(NetworkLook? look, CancellationToken cancellation)
    {
        if (_making is { IsCompleted: true } made)
        {
            _making = null;
            Take(made);
        }

        if (_stage is not null && !ReferenceEquals(_stage.Look, look))
        {
            _stage.Dispose();
            _stage = null;
        }

        // What nobody wants any more is made to its end first: one at a time.
        if (_making is null && !ReferenceEquals(_tried, look))
        {
            _tried = look;
            if (look is not null && isAwaited)
            {
                MakeNow(look, cancellation);
            }
            else if (look is not null)
            {
                _making = Start(look);
            }
        }
    }

    private void MakeNow(NetworkLook look, CancellationToken cancellation)
    {
        try
        {
            _stage = Make(look, null, cancellation);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            view.Fail(look, e);
        }
    }

    // Apart from Update, which would else make room for what is captured at every frame.
    private Task<InspectorStage> Start(NetworkLook look)
    {
        Task<InspectorStage> making = Task.Run(() => MakeInTurn(look), _stop.Token);
        making.ContinueWith(
            static (_, view) => ((NetworkView)view!).Wanted?.Invoke(), view, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return making;
    }

    private InspectorStage MakeInTurn(NetworkLook look)
    {
        CancellationToken stop = _stop.Token;
        using CancellationTokenRegistration wake = stop.UnsafeRegister(
            static turn => ((DeviceTurn?)turn)?.Wake(), turn);
        turn?.Enter(stop, isLong: true);
        try
        {
            return Make(look, turn is null ? null : new Pauses(turn, stop), stop);
        }
        finally
        {
            turn?.Exit();
        }
    }

    private InspectorStage Make(
        NetworkLook look, IProgress<double>? progress, CancellationToken cancellation)
    {
        InspectorStage made = make(look, progress, cancellation);
        try
        {
            made.WarmUp(cancellation);
            return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    private void Take(Task<InspectorStage> made)
    {
        if (made.IsCompletedSuccessfully)
        {
            _stage = made.Result;
        }
        else
        {
            view.Fail(_tried!, made.Exception?.InnerException ?? new ExplainException("stopped"));
        }
    }

    /// <summary>Lets the frames that wait for the device go first.</summary>
    private sealed class Pauses(DeviceTurn turn, CancellationToken stop) : IProgress<double>
    {
        public void Report(double value)
        {
            turn.Exit();
            turn.Enter(stop, isLong: true);
        }
    }
}
