namespace RealtimeVision.Runtime.Live;

/// <summary>Puts a processor for larger frames, or another device, in the place of one.</summary>
internal sealed partial class FrameRunner
{
    private void ReplaceDevice()
    {
        int bytes = _processor!.FrameBytes;
        try
        {
            factory.FallBackToCpu();
            Replace(MakeReplacement(bytes));
        }
        catch (Exception e)
        {
            SayUnable(e);
        }
    }

    private FrameProcessor MakeReplacement(int frameBytes)
    {
        FrameProcessor made = factory.Create(frameBytes, null, stop);
        try
        {
            made.WarmUp(stop);
            return made;
        }
        catch
        {
            Release(made);
            throw;
        }
    }

    /// <summary>Makes a replacement outside of the turn of a frame.</summary>
    private FrameProcessor MakeInTurn(int frameBytes)
    {
        DeviceTurn? turn = factory.Turn is { IsExclusive: true } shared ? shared : null;
        turn?.Enter(stop, isLong: true);
        try
        {
            return MakeReplacement(frameBytes);
        }
        finally
        {
            turn?.Exit();
        }
    }

    private void Replace(FrameProcessor processor)
    {
        Release(_processor);
        _processor = processor;
        _isReset = true;
    }

    /// <summary>Takes a replacement that is ready; false while one is being made.</summary>
    private bool TakeReplacement()
    {
        if (_replacement is not { } replacement)
        {
            return true;
        }

        if (!replacement.IsCompleted)
        {
            return false;
        }

        _replacement = null;
        if (replacement.IsCompletedSuccessfully)
        {
            Replace(replacement.Result);
            return true;
        }

        Exception cause = replacement.Exception?.InnerException ?? new OperationCanceledException();
        if (_isInFlight)
        {
            Frame frame = exchange.Written.Frame;
            EndFlight();
            Fail(frame, cause);
        }
        else
        {
            SayUnable(cause);
        }

        return true;
    }

    private void SayUnable(Exception e) => exchange.Post(new VisionEvent(
        VisionEventKind.Notice, $"the models cannot be made ready again: {e.Message}", -1, e));
}
