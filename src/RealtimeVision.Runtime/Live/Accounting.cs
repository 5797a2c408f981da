namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What became of the frames of an engine at one moment. Every frame that was submitted is in
/// exactly one of the other counts.
/// </summary>
/// <param name="Submitted">Frames that were given to the engine, broken ones of its source
/// too.</param>
/// <param name="Processed">Frames that have a result.</param>
/// <param name="Dropped">Frames that a newer one replaced while they waited, or that were
/// unfinished when the engine was disposed of.</param>
/// <param name="Failed">Frames that could not be read or processed; each was said in an
/// event.</param>
/// <param name="Waiting">1 where a frame waits, else 0.</param>
/// <param name="InFlight">1 where a frame is being processed, else 0.</param>
public readonly record struct Accounting(
    long Submitted, long Processed, long Dropped, long Failed, int Waiting, int InFlight)
{
    /// <summary>Whether the counts add up. They always do.</summary>
    public bool IsBalanced => Submitted == Processed + Dropped + Failed + Waiting + InFlight;

    /// <summary>True where every submitted frame is processed, dropped or failed.</summary>
    public bool IsIdle => Waiting == 0 && InFlight == 0;
}
