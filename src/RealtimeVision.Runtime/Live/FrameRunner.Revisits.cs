namespace RealtimeVision.Runtime.Live;

/// <summary>Looks at the newest frame again, while no other comes.</summary>
internal sealed partial class FrameRunner
{
    private bool _isRevisiting;

    /// <summary>
    /// While no frame comes: runs what somebody wants to see only now of the newest one, or what of
    /// it fits the budget. False where that is nothing.
    /// </summary>
    private bool Revisit(bool isWhole)
    {
        try
        {
            if (!_isRevisiting)
            {
                exchange.TakeNudge();
            }

            bool isWanted = _isRevisiting
                || (exchange.Newest is { } newest && _processor!.TryRevisit(newest, stop));
            if (isWanted && isWhole)
            {
                _processor!.Run(stop);
            }

            _isRevisiting = isWanted && !isWhole && !_processor!.RunSlice(_budget);
            return isWanted;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The frame has its result; whether the device is lost, the next one finds out.
            _isRevisiting = false;
            exchange.Post(new VisionEvent(
                VisionEventKind.Notice, $"the inside cannot be shown: {e.Message}", -1, e));
            return false;
        }
    }
}
