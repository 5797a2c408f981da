using System.Diagnostics;
using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// One engine's turns on a device. Where several engines use a device, their frames are processed
/// one after the other: each has all threads or the whole GPU, so that its latency is what it is
/// alone, and who waits knows for how long.
/// </summary>
/// <remarks>
/// A turn is a frame, or a tick of an engine that is ticked. It pauses for those of a higher
/// priority, and for a tick of the same one, whose thread has a loop to go on with: after the piece
/// that is being done. Two that tick at the same moment are cut short in turns.
/// </remarks>
internal sealed class DeviceTurn : IDisposable
{
    private static readonly ConditionalWeakTable<Device, Queue> Queues = [];

    // No wait of a monitor may be longer than some days.
    private static readonly TimeSpan MostPatience = TimeSpan.FromHours(1);

    private readonly Queue _queue;
    private readonly VisionPriority _priority;
    private readonly bool _isTicked;
    private long _number;
    private bool _isMine;
    private bool _wasCut;

    /// <summary>Takes part in the use of a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="priority">Whose turn it is.</param>
    /// <param name="isTicked">Whether turns are ticks.</param>
    public DeviceTurn(Device device, VisionPriority priority, bool isTicked = false)
    {
        _queue = Queues.GetOrCreateValue(device);
        _priority = priority;
        _isTicked = isTicked;
        IsExclusive = device is not CpuDevice;
        lock (_queue)
        {
            _queue.Members[(int)priority] += 1;
            _queue.Ticked[(int)priority] += isTicked ? 1 : 0;
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

    /// <summary>Whether engines use the device that a frame of this one may have to pause for.</summary>
    public bool IsOutranked
    {
        get
        {
            lock (_queue)
            {
                return _queue.Members.AsSpan((int)_priority + 1).ContainsAnyExcept(0)
                    || _queue.Ticked[(int)_priority] > 0;
            }
        }
    }

    /// <summary>
    /// Whether somebody waits that this turn has to pause for. Takes no lock: it is asked before
    /// each piece of work, by any thread.
    /// </summary>
    public bool MustPause => _queue.MustPause;

    /// <summary>
    /// Waits for the turn. <see cref="Wake"/> has to be called when the token is cancelled.
    /// </summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="isLong">Whether the turn is no frame, but models are made ready in it: nobody
    /// who has little time needs to wait for its end.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public void Enter(CancellationToken cancellation, bool isLong = false)
    {
        lock (_queue)
        {
            _number = _queue.NextNumber++;
            Wait(cancellation);
            _queue.IsLong = isLong;
        }
    }

    /// <summary>Waits for the turn, but not for long.</summary>
    /// <param name="patience">How long at most.</param>
    /// <param name="cancellation">Ends the wait too, where <see cref="Wake"/> is called.</param>
    /// <returns>False where it did not come.</returns>
    public bool TryEnter(TimeSpan patience, CancellationToken cancellation)
    {
        lock (_queue)
        {
            long begin = Stopwatch.GetTimestamp();
            patience = patience < MostPatience ? patience : MostPatience;
            var self = new Waiter(_priority, _isTicked, _queue.NextNumber++);
            _queue.Add(self);
            bool isTurn;
            while (!(isTurn = _queue.IsTurnOf(self)) && !cancellation.IsCancellationRequested)
            {
                TimeSpan left = patience - Stopwatch.GetElapsedTime(begin);
                if (_queue.IsLong || left <= TimeSpan.Zero || !Monitor.Wait(_queue, left))
                {
                    isTurn = _queue.IsTurnOf(self);
                    break;
                }
            }

            _queue.Remove(self);
            if (isTurn)
            {
                Take();
            }
            else
            {
                Monitor.PulseAll(_queue);
            }

            return isTurn;
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
            _wasCut = _isTicked && _queue.MustPause;
            _queue.Free();
            Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Pauses for those that have to be waited for, where any wait.</summary>
    /// <exception cref="OperationCanceledException">The wait for the rest of the turn was
    /// cancelled; there is none to end.</exception>
    public void Yield(CancellationToken cancellation)
    {
        if (!MustPause)
        {
            return;
        }

        Exit();
        lock (_queue)
        {
            // With the number that it had: those that came after it go on waiting.
            Wait(cancellation);
        }
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
            _queue.Members[(int)_priority] -= 1;
            _queue.Ticked[(int)_priority] -= _isTicked ? 1 : 0;
        }
    }

    private void Wait(CancellationToken cancellation)
    {
        var self = new Waiter(_priority, _isTicked, _number);
        _queue.Add(self);
        while (!_queue.IsTurnOf(self))
        {
            if (cancellation.IsCancellationRequested)
            {
                _queue.Remove(self);
                Monitor.PulseAll(_queue);
                cancellation.ThrowIfCancellationRequested();
            }

            Monitor.Wait(_queue);
        }

        _queue.Remove(self);
        Take();
    }

    private void Take()
    {
        _isMine = true;
        _queue.Take(_priority, pausesForTicks: !_wasCut);
    }

    private readonly record struct Waiter(VisionPriority Priority, bool IsTicked, long Number)
    {
        public bool IsBefore(Waiter other) =>
            Priority != other.Priority ? Priority > other.Priority
            : IsTicked != other.IsTicked ? IsTicked
            : Number < other.Number;
    }

    private sealed class Queue
    {
        private readonly List<Waiter> _waiters = new(8);
        private VisionPriority _holder;
        private bool _pausesForTicks;
        private bool _isTaken;
        private volatile bool _mustPause;

        public int[] Members { get; } = new int[(int)VisionPriority.High + 1];

        public int[] Ticked { get; } = new int[(int)VisionPriority.High + 1];

        public IReadOnlyList<Waiter> Waiters => _waiters;

        public long NextNumber { get; set; }

        /// <summary>Whether models are made ready in the turn.</summary>
        public bool IsLong { get; set; }

        /// <summary>Whether somebody waits that the turn has to pause for.</summary>
        public bool MustPause => _mustPause;

        public void Add(Waiter waiter)
        {
            _waiters.Add(waiter);
            Update();
        }

        public void Remove(Waiter waiter)
        {
            _waiters.Remove(waiter);
            Update();
        }

        public void Take(VisionPriority priority, bool pausesForTicks)
        {
            (_holder, _pausesForTicks, _isTaken) = (priority, pausesForTicks, true);
            Update();
        }

        public void Free()
        {
            (_isTaken, IsLong) = (false, false);
            Update();
        }

        public bool IsTurnOf(Waiter waiter)
        {
            foreach (Waiter other in _waiters)
            {
                if (other.IsBefore(waiter))
                {
                    return false;
                }
            }

            return !_isTaken;
        }

        private void Update()
        {
            bool mustPause = false;
            foreach (Waiter waiter in _waiters)
            {
                mustPause |= waiter.Priority > _holder
                    || (waiter.Priority == _holder && waiter.IsTicked && _pausesForTicks);
            }

            _mustPause = _isTaken && mustPause;
        }
    }
}
