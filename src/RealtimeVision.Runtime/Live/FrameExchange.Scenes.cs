namespace RealtimeVision.Runtime.Live;

/// <summary>Which frames belong together: those submitted between two beginnings.</summary>
internal sealed partial class FrameExchange
{
    private long _scene;
    private long _waitingScene;
    private long _currentScene;

    /// <summary>
    /// Whether the frame in flight is the first to be begun of those submitted since <see
    /// cref="BeginScene"/>.
    /// </summary>
    /// <remarks>Nobody writes it before another frame is begun.</remarks>
    public bool BeginsScene { get; private set; }

    /// <summary>
    /// Lets frames that are submitted from now on be a new scene: one that waits or is in flight is
    /// of the one before, and one that gives way to a newer one leaves the beginning to it.
    /// </summary>
    public void BeginScene()
    {
        lock (_gate)
        {
            _scene++;
        }
    }

    private void EnterScene()
    {
        BeginsScene = _waitingScene != _currentScene;
        _currentScene = _waitingScene;
    }
}
