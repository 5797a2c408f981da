using System.Runtime.InteropServices;

namespace RealtimeVision.Runtime.Data;

/// <summary>Lets a thread run where the kernels leave time.</summary>
internal static partial class LowPriority
{
    private const int Process = 0;
    private const int Self = 0;
    private const int Niceness = 10;

    /// <summary>
    /// Lowers the priority of the calling thread. A best effort: work is the same at any priority.
    /// </summary>
    public static void Enter()
    {
        Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;

        // The framework's priorities do nothing on Linux, where niceness belongs to a thread.
        if (OperatingSystem.IsLinux())
        {
            _ = SetPriority(Process, Self, Niceness);
        }
    }

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int priority);
}
