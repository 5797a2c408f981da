namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// Is asked before each piece of a step whether it may begin: ends a run where its time is over.
/// </summary>
public abstract class PieceGate
{
    /// <summary>
    /// Whether another piece may begin now. Called by each thread of the team before it takes one,
    /// at the same time as others; a thread that may begin can still find that none is left.
    /// </summary>
    /// <param name="worker">The thread: 0 is the one that runs the plan.</param>
    public abstract bool MayBegin(int worker);

    /// <summary>The piece that a thread was allowed to begin is done.</summary>
    /// <param name="worker">The thread.</param>
    public abstract void Done(int worker);
}
