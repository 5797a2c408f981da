using System.Diagnostics;

namespace RealtimeVision.Runtime.Live;

/// <summary>The time that a pipeline goes by; tests have one of their own.</summary>
internal class PipelineClock
{
    private readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Goes only forward.</summary>
    public virtual TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    /// <summary>Waits that long.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public virtual void Wait(TimeSpan time, CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(time);
        cancellation.ThrowIfCancellationRequested();
    }
}
