using System.Runtime.InteropServices;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// Threads that wait for pieces of work: between steps they spin for a moment, since the next step
/// is microseconds away, and then sleep. Handing out a step allocates nothing and wakes nobody who
/// is awake.
/// </summary>
/// <remarks>
/// A step's pieces are claimed by advancing one 64-bit ticket that holds the step's number and the
/// next piece. Whoever advances it owns a piece of just that step, and the step cannot end before
/// the piece is done: a thread that comes late finds the number changed and touches nothing. So
/// nobody waits for a thread that the system has not scheduled.
/// </remarks>
public sealed unsafe class ThreadTeam : IDisposable
{
    // Some tenths of a millisecond: longer than the pause between two steps, short enough not to
    // heat an idle machine.
    private const int SpinsBeforeSleep = 2000;

    private readonly CpuWorker[] _workers;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Lock _runLock = new();

    private CpuStep? _step;
    private PieceGate? _gate;
    private int _pieces;
    private Exception? _failure;
    private int _sleepers;
    private volatile bool _stopping;
    private long _scratchFloats;

    // Each on a cache line of its own: they are written by different threads at the same time.
    private PaddedLong _ticket;
    private PaddedLong _done;

    internal ThreadTeam(int threads)
    {
        _workers = new CpuWorker[threads];
        for (int i = 0; i < threads; i++)
        {
            _workers[i] = new CpuWorker(i);
        }

        ReserveScratch(16 * 1024);
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            var worker = _workers[i + 1];
            _threads[i] = new Thread(() => Work(worker))
            {
                IsBackground = true,
                Name = $"RealtimeVision {i + 1}",
            };
            _threads[i].Start();
        }
    }

    /// <summary>Threads that work, the caller's among them.</summary>
    public int Threads => _workers.Length;

    /// <summary>Does all pieces of a step, and returns when the last is done.</summary>
    public void Run(CpuStep step) => Run(step, 0, step.Pieces);

    /// <summary>
    /// Does the pieces from <paramref name="from"/> up to, not with, <paramref name="to"/>: all of
    /// them, or without pause as many as a gate lets begin.
    /// </summary>
    /// <returns>The first piece that was not done: the ones before it are.</returns>
    /// <exception cref="Exception">What a piece threw; whether other pieces were done is not
    /// told.</exception>
    public int Run(CpuStep step, int from, int to, PieceGate? gate = null)
    {
        lock (_runLock)
        {
            if (_threads.Length == 0 || to - from <= 1)
            {
                return RunAlone(step, from, to, gate);
            }

            // Closed first: a thread that still holds the last step's ticket must not claim with it
            // what follows.
            long number = (Volatile.Read(ref _ticket.Value) >> 32) + 1;
            Interlocked.Exchange(ref _ticket.Value, (number << 32) | int.MaxValue);
            _step = step;
            _gate = gate;
            _pieces = to;
            _done.Value = 0;
            number++;
            Interlocked.Exchange(ref _ticket.Value, (number << 32) | (uint)from);
            int sleepers = Volatile.Read(ref _sleepers);
            if (sleepers > 0)
            {
                Spread();
                _wake.Release(Math.Min(sleepers, to - from - 1));
            }

            while (Claim(_workers[0]))
            {
            }

            // Closed again: the gate may have let this thread begin no more, and another one still.
            long next = Interlocked.Exchange(ref _ticket.Value, (number << 32) | int.MaxValue);
            int end = (int)next;
            var spinner = default(SpinWait);
            while (Volatile.Read(ref _done.Value) < end - from)
            {
                spinner.SpinOnce(sleep1Threshold: -1);
            }

            if (_failure is { } failure)
            {
                _failure = null;
                throw failure;
            }

            return end;
        }
    }

    /// <summary>Stops and joins the threads.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _wake.Release(_workers.Length);
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _wake.Dispose();
        foreach (var worker in _workers)
        {
            NativeMemory.AlignedFree(worker.Scratch);
            worker.Scratch = null;
        }
    }

    internal void ReserveScratch(long floats)
    {
        lock (_runLock)
        {
            if (floats <= _scratchFloats)
            {
                return;
            }

            _scratchFloats = floats;
            foreach (var worker in _workers)
            {
                if (worker.Scratch is not null)
                {
                    NativeMemory.AlignedFree(worker.Scratch);
                }

                worker.Scratch = (float*)NativeMemory.AlignedAlloc((nuint)floats * sizeof(float) + 64, 64);
            }
        }
    }

    /// <summary>
    /// Lets no thread that sleeps wake up where the caller is, or where another one sleeps.
    /// </summary>
    private void Spread()
    {
        if (_workers[1].Placement is null)
        {
            return;
        }

        ProcessorSet taken = default;
        taken.Add(ThreadPlacement.CurrentProcessor());
        for (int i = 1; i < _workers.Length; i++)
        {
            if (_workers[i].IsAsleep)
            {
                _workers[i].Placement?.Avoid(ref taken);
            }
        }
    }

    private int RunAlone(CpuStep step, int from, int to, PieceGate? gate)
    {
        int piece = from;
        for (; piece < to && gate?.MayBegin(0) != false; piece++)
        {
            step.Run(piece, _workers[0]);
            gate?.Done(0);
        }

        return piece;
    }

    private bool Claim(CpuWorker worker)
    {
        while (true)
        {
            long ticket = Volatile.Read(ref _ticket.Value);
            var step = _step;
            var gate = _gate;
            int pieces = _pieces;
            int piece = (int)ticket;
            if (piece >= pieces || step is null || gate?.MayBegin(worker.Index) == false)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _ticket.Value, ticket + 1, ticket) != ticket)
            {
                continue;
            }

            try
            {
                step.Run(piece, worker);
            }
            catch (Exception e)
            {
                _failure = e;
            }

            gate?.Done(worker.Index);
            Interlocked.Increment(ref _done.Value);
            return true;
        }
    }

    private void Work(CpuWorker worker)
    {
        worker.Placement = ThreadPlacement.OfThisThread();
        while (!_stopping)
        {
            int spins = 0;
            while (!_stopping)
            {
                if (Claim(worker))
                {
                    spins = 0;
                }
                else if (++spins < SpinsBeforeSleep)
                {
                    Thread.SpinWait(8);
                }
                else
                {
                    break;
                }
            }

            worker.Placement?.Rest();
            worker.IsAsleep = true;
            Interlocked.Increment(ref _sleepers);
            // A step handed out before the count went up has woken nobody: look once more.
            if (!Claim(worker) && !_stopping)
            {
                _wake.Wait();
            }

            Interlocked.Decrement(ref _sleepers);
            worker.IsAsleep = false;
        }
    }

    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct PaddedLong
    {
        [FieldOffset(64)]
        public long Value;
    }
}
