using System.Diagnostics;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// Opens a source that has ended anew, on another thread: that may start a program, or wait for a
/// network. After a failure it is due only when a pause has passed, which doubles each time.
/// </summary>
/// <param name="firstPause">The pause after the first failure.</param>
internal sealed class Reopening(TimeSpan firstPause) : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private CancellationTokenSource? _stop;
    private Task? _task;
    private TimeSpan _pause;
    private long _failed;

    /// <summary>Whether the source is that of another thread.</summary>
    public bool IsUnderWay => _task is not null;

    /// <summary>Whether it may be tried without somebody asking for it.</summary>
    public bool IsDue => !IsUnderWay && Stopwatch.GetElapsedTime(_failed) >= _pause;

    /// <summary>Begins to open the source.</summary>
    /// <param name="ended">What has read it so far; closes it.</param>
    /// <param name="source">The source, left alone by others until this is over.</param>
    public void Begin(LivePipeline ended, IFrameSource source)
    {
        _stop = new CancellationTokenSource();
        CancellationToken cancellation = _stop.Token;
        _task = Task.Run(
            () =>
            {
                ended.Dispose();
                source.Open(cancellation);
            },
            CancellationToken.None);
    }

    /// <summary>Whether the source is open now, which is told once.</summary>
    /// <param name="failure">Why it could not be opened; null where it was, was given up, or is under
    /// way.</param>
    public bool TryTake(out Exception? failure)
    {
        failure = null;
        if (_task is not { IsCompleted: true } done)
        {
            return false;
        }

        _task = null;
        _stop!.Dispose();
        if (done.IsCompletedSuccessfully)
        {
            _pause = TimeSpan.Zero;
            return true;
        }

        if (done.Exception?.InnerException is { } e and not OperationCanceledException)
        {
            failure = e;
            _failed = Stopwatch.GetTimestamp();
            _pause = _pause == TimeSpan.Zero ? firstPause
                : TimeSpan.FromTicks(Math.Min(2 * _pause.Ticks, LongestPause.Ticks));
        }

        return false;
    }

    /// <summary>Gives it up; it is under way until <see cref="TryTake"/> has seen its end.</summary>
    public void Cancel()
    {
        if (IsUnderWay)
        {
            _stop!.Cancel();
        }
    }

    /// <summary>Gives it up, and waits until the source is left alone.</summary>
    public void Dispose()
    {
        Cancel();
        while (IsUnderWay)
        {
            ((IAsyncResult)_task!).AsyncWaitHandle.WaitOne();
            TryTake(out _);
        }
    }
}
