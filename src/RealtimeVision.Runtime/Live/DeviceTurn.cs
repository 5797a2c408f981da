using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// One engine's turns on a device. Where several engines use a device, their frames are processed
/// one after the other: each has all threads or the whole GPU, so that its latency is what it is
/// alone, and who waits knows for how long.
/// </summary>
internal sealed class DeviceTurn : IDisposable
{
    private static readonly ConditionalWeakTable<Device, Queue> Queues = [];
    private readonly Queue _queue;
    private readonly VisionPriority _priority;
    private bool _isMine;

    public DeviceTurn(Device device, VisionPriority priority)
    {
        _queue = Queues.GetOrCreateValue(device);
        _priority = priority;
        IsExclusive = device is not CpuDevice;
        lock (_queue)
        {
            _queue.Members[(int)priority]++;
        }
    }

    /// <summary>
    /// Whether models are made ready in turns too: a GPU has one queue, a CPU's kernels are chosen
    /// and packed on the side.
    /// </summary>
    public bool IsExclusive { get; }

    /// <summary>Engines that wait for the device now.</summary>
    public int Waiting
    {
        get
        {
            lock (_queue)
            {
                return _queue.Waiters.Count;
            }
        }
    }

    /// <summary>Whether an engine with a higher priority uses the device.</summary>
    public bool IsOutranked
    {
        get
        {
            lock (_queue)
            {
                return _queue.Members.AsSpan((int)_priority + 1).ContainsAnyExcept(0);
            }
        }
    }

    /// <summary>
    /// Waits for the turn. <see cref="Wake"/> has to be called when the token is cancelled.
    /// </summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void Enter(CancellationToken cancellation)
    {
        lock (_queue)
        {
            var self = new Waiter(_priority, _queue.NextNumber++);
            _queue.Waiters.Add(self);
            while (_queue.IsTaken || !_queue.IsFirst(self))
            {
                if (cancellation.IsCancellationRequested)
                {
                    _queue.Waiters.Remove(self);
                    Monitor.PulseAll(_queue);
                    cancellation.ThrowIfCancellationRequested();
                }

                Monitor.Wait(_queue);
            }

            _queue.Waiters.Remove(self);
            _queue.IsTaken = true;
            _isMine = true;
        }
    }

    /// <summary>Ends the turn, where there is one.</summary>
    public void Exit()
    {
        if (!_isMine)
        {
            return;
        }

        _isMine = false;
        lock (_queue)
        {
            _queue.IsTaken = false;
            Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Lets those with a higher priority go first, where any wait.</summary>
    /// <exception cref="OperationCanceledException">The wait for the next turn was cancelled; there
    /// is none to end.</exception>
    public void Yield(CancellationToken cancellation)
    {
        lock (_queue)
        {
            if (!_queue.IsAwaitedAbove(_priority))
            {
                return;
            }
        }

        Exit();
        Enter(cancellation);
    }

    /// <summary>Lets all who wait look whether they still want to.</summary>
    public void Wake()
    {
        lock (_queue)
        {
            Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Leaves the device to the others.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _queue.Members[(int)_priority]--;
        }
    }

    private readonly record struct Waiter(VisionPriority Priority, long Number);

    private sealed class Queue
    {
        public int[] Members { get; } = new int[(int)VisionPriority.High + 1];

        public List<Waiter> Waiters { get; } = new(8);

        public long NextNumber { get; set; }

        public bool IsTaken { get; set; }

        public bool IsFirst(Waiter waiter)
        {
            foreach (Waiter other in Waiters)
            {
                if (other.Priority > waiter.Priority
                    || (other.Priority == waiter.Priority && other.Number < waiter.Number))
                {
                    return false;
                }
            }

            return true;
        }

        public bool IsAwaitedAbove(VisionPriority priority)
        {
            foreach (Waiter waiter in Waiters)
            {
                if (waiter.Priority > priority)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
