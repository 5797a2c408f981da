using System.Diagnostics.CodeAnalysis;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// Something that is made ready on another thread, to take over when it is: what is asked for last
/// counts, and what is not taken is released.
/// </summary>
internal sealed class Preparation<T> : IDisposable
    where T : class, IDisposable
{
    private CancellationTokenSource? _stop;
    private Task<T>? _task;
    private Task _dropped = Task.CompletedTask;

    /// <summary>Whether something is under way, or ready and not taken.</summary>
    public bool IsPending => _task is not null;

    /// <summary>Whether something is ready, to be taken.</summary>
    public bool IsReady => _task is { IsCompletedSuccessfully: true };

    /// <summary>Makes something ready, in place of what was under way.</summary>
    public void Begin(Func<CancellationToken, Task<T>> make)
    {
        Drop();
        _stop = new CancellationTokenSource();
        CancellationToken cancellation = _stop.Token;
        _task = Task.Run(() => make(cancellation), CancellationToken.None);
    }

    /// <summary>Takes what is ready; a failure is said.</summary>
    public bool TryTake(Action<string> say, [NotNullWhen(true)] out T? ready)
    {
        ready = null;
        if (_task is not { IsCompleted: true } done)
        {
            return false;
        }

        _task = null;
        _stop!.Dispose();
        if (done.IsCompletedSuccessfully)
        {
            ready = done.Result;
            return true;
        }

        if (done.Exception?.InnerException is { } e)
        {
            say(e.Message);
        }

        return false;
    }

    /// <summary>Gives up what is under way, and waits until it is released.</summary>
    public void Dispose()
    {
        Drop();
        _dropped.Wait();
    }

    private void Drop()
    {
        if (_task is not { } task)
        {
            return;
        }

        _task = null;
        CancellationTokenSource stop = _stop!;
        stop.Cancel();
        _dropped = Task.WhenAll(_dropped, task.ContinueWith(
            done =>
            {
                stop.Dispose();
                if (done.IsCompletedSuccessfully)
                {
                    done.Result.Dispose();
                }
                else
                {
                    // Looked at, so that nobody else has to.
                    _ = done.Exception;
                }
            },
            TaskScheduler.Default));
    }
}
