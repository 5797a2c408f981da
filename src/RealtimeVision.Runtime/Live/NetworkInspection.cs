using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The inspector of a processor: made in the background where somebody begins to look, released
/// where he looks away. One thread at a time.
/// </summary>
/// <param name="view">Knows what is looked at.</param>
/// <param name="make">Makes an inspector.</param>
/// <param name="isAwaited">Whether a frame waits until it is made.</param>
internal sealed class NetworkInspection(
    NetworkView view, Func<NetworkLook, CancellationToken, InspectorStage> make, bool isAwaited)
    : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task<InspectorStage>? _making;
    private NetworkLook? _tried;
    private InspectorStage? _stage;

    /// <summary>The inspector of what is looked at now; null where there is none yet.</summary>
    public InspectorStage? Update(ModelFrameProcessor processor)
    {
        view.Attach(processor);
        NetworkLook? look = view.Look;
        if (_stage is null && _making is null && ReferenceEquals(_tried, look))
        {
            return null;
        }

        Settle(look);
        if (isAwaited && _making is not null)
        {
            Task.WaitAny(_making);
            Settle(look);
        }

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
        _stop.Dispose();
    }

    /// <summary>Takes what is made, releases what is not wanted, makes what is.</summary>
    private void Settle(NetworkLook? look)
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
            _making = look is null ? null : Start(look);
        }
    }

    // Apart from Update, which would else make room for what is captured at every frame.
    private Task<InspectorStage> Start(NetworkLook look)
    {
        Task<InspectorStage> making = Task.Run(() => Make(look), _stop.Token);
        making.ContinueWith(
            static (_, view) => ((NetworkView)view!).Wanted?.Invoke(), view, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return making;
    }

    private InspectorStage Make(NetworkLook look)
    {
        InspectorStage made = make(look, _stop.Token);
        try
        {
            made.WarmUp(_stop.Token);
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
}
