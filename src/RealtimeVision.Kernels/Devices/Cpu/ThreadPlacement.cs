using System.Runtime.InteropServices;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// Keeps a thread that is about to be woken off processors that are busy. On Linux; elsewhere, and
/// where the system refuses, it does nothing.
/// </summary>
/// <remarks>
/// Linux looks for an idle processor among those that share a cache with the one that a thread last
/// ran on. Where they share none (some virtual machines, several chips), it may wake a helper on the
/// processor of the thread that wakes it and let another one idle: both take turns for many
/// milliseconds, until the load is balanced. A thread stays free to run on all processors but those,
/// and until it collides again: with two processors that is one, beside that of the thread that it
/// works with.
/// </remarks>
internal sealed unsafe partial class ThreadPlacement
{
    private readonly int _thread;
    private ProcessorSet _allowed;
    private ProcessorSet _current;
    private int _processor;

    private ThreadPlacement(int thread, in ProcessorSet allowed)
    {
        _thread = thread;
        _allowed = allowed;
        _current = allowed;
        _processor = CurrentProcessor();
    }

    /// <summary>The placement of the calling thread; null where the system has none.</summary>
    public static ThreadPlacement? OfThisThread()
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsAndroid())
        {
            return null;
        }

        try
        {
            int thread = GetThread();
            return TryRead(thread, out ProcessorSet allowed) && CurrentProcessor() >= 0
                ? new ThreadPlacement(thread, allowed)
                : null;
        }
        catch (TypeLoadException)
        {
            // No such library, or one of before 2019 that does not know its threads' numbers.
            return null;
        }
    }

    /// <summary>
    /// The processor that the calling thread runs on, less than 0 where that is not known; only
    /// where <see cref="OfThisThread"/> gave something.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    public static partial int CurrentProcessor();

    /// <summary>Notes where the thread is; called by itself when it goes to sleep.</summary>
    public void Rest() => Volatile.Write(ref _processor, CurrentProcessor());

    /// <summary>
    /// Lets the sleeping thread wake up elsewhere where it would share a processor with others, and
    /// adds its processor to theirs.
    /// </summary>
    public void Avoid(ref ProcessorSet taken)
    {
        int processor = Volatile.Read(ref _processor);
        if (!taken.Contains(processor))
        {
            if ((uint)processor < ProcessorSet.Capacity)
            {
                taken.Add(processor);
            }

            return;
        }

        // Somebody else may have bound the thread: then that holds.
        ProcessorSet current = Allowed();
        if (!current.SetEquals(_current))
        {
            _allowed = current;
        }

        ProcessorSet free = _allowed.Without(taken);
        if (!free.IsEmpty && Bind(free))
        {
            _current = free;
        }
    }

    /// <summary>Where the system lets the thread run now.</summary>
    public ProcessorSet Allowed() => TryRead(_thread, out ProcessorSet allowed) ? allowed : default;

    /// <summary>Lets the thread run on some processors only; false where that is refused.</summary>
    public bool Bind(ProcessorSet processors) =>
        Write(_thread, (nuint)sizeof(ProcessorSet), &processors) == 0;

    private static bool TryRead(int thread, out ProcessorSet allowed)
    {
        ProcessorSet read = default;
        bool isRead = Read(thread, (nuint)sizeof(ProcessorSet), &read) >= 0;
        allowed = read;
        return isRead;
    }

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetThread();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    private static partial int Read(int thread, nuint bytes, ProcessorSet* set);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    private static partial int Write(int thread, nuint bytes, ProcessorSet* set);
}
