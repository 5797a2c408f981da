using System.Diagnostics.CodeAnalysis;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The newest events, for a consumer that may never ask: the oldest gives way. Guarded by its user.
/// </summary>
internal sealed class EventQueue
{
    private const int Capacity = 64;
    private readonly Queue<VisionEvent> _events = new(Capacity);

    public int Count => _events.Count;

    /// <summary>Events that gave way before they were taken.</summary>
    public long Lost { get; private set; }

    public void Add(VisionEvent happened)
    {
        if (_events.Count == Capacity)
        {
            _events.Dequeue();
            Lost++;
        }

        _events.Enqueue(happened);
    }

    public bool TryTake([NotNullWhen(true)] out VisionEvent? happened) =>
        _events.TryDequeue(out happened);
}
