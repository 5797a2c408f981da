namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// Work that is cut into pieces which may run in any order, on any thread, at the same time. The
/// cut depends on shapes alone, never on the number of threads, so that results do not either.
/// </summary>
public abstract class CpuStep : Step
{
    /// <summary>Number of pieces, at least 1.</summary>
    public int Pieces { get; init; } = 1;

    /// <summary>Does one piece.</summary>
    /// <param name="piece">Which, from 0.</param>
    /// <param name="worker">The thread's own scratch memory.</param>
    public abstract void Run(int piece, CpuWorker worker);
}

/// <summary>What a thread of the team has for itself.</summary>
public sealed unsafe class CpuWorker
{
    internal CpuWorker(int index) => Index = index;

    /// <summary>Number of the thread: 0 is the one that runs the plan.</summary>
    public int Index { get; }

    /// <summary>
    /// Scratch memory of the thread, as large as the largest request of any step prepared on the
    /// device (<see cref="CpuBindings.ReserveWorkerScratch"/>); undefined when a piece begins.
    /// </summary>
    public float* Scratch { get; internal set; }

    /// <summary>Where the system lets the thread run; null for the caller's, which is not ours.
    /// </summary>
    internal ThreadPlacement? Placement { get; set; }

    /// <summary>Whether the thread sleeps, or is about to.</summary>
    internal volatile bool IsAsleep;
}

/// <summary>An operator that runs on the CPU.</summary>
public interface ICpuOperator
{
    /// <summary>Chooses an algorithm, packs constants, adds steps.</summary>
    void Prepare(CpuBindings bindings);
}
