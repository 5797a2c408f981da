using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// The time that a slice may take. What cannot be divided is begun where it fits by what it took
/// lately; the first of a slice is begun in any case, so that every slice gets on.
/// </summary>
/// <param name="clock">What time is read from.</param>
/// <param name="mustPause">Ends a slice where it says so, whatever is left; asked by any
/// thread.</param>
/// <remarks>
/// Of one thread at a time; as the gate of a step it is asked by the threads of its team.
/// </remarks>
internal sealed class SliceBudget(TimeProvider clock, Func<bool>? mustPause = null) : PieceGate
{
    private CostHistory _cost = new();
    private long _deadline;
    private long _began;
    private bool _hasBegun;

    /// <summary>Ticks of the clock now.</summary>
    public long Now => clock.GetTimestamp();

    /// <summary>A slice begins.</summary>
    /// <param name="budget">Time that it may take from now on.</param>
    public void Begin(TimeSpan budget)
    {
        // Half of all time there is: a deadline that is never reached, and does not overflow.
        double ticks = Math.Clamp(
            budget.TotalSeconds * clock.TimestampFrequency, 0, long.MaxValue / 2);
        _deadline = Now + (long)ticks;
        _hasBegun = false;
    }

    /// <summary>Time since a moment of the clock.</summary>
    public TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    /// <summary>
    /// Begins something that cannot be divided, whose end <see cref="Done(int)"/> is to be told;
    /// false where it does not fit any more.
    /// </summary>
    /// <param name="cost">What it took before.</param>
    public bool TryBegin(CostHistory cost)
    {
        Expect(cost);
        return MayBegin(0);
    }

    /// <summary>What was begun is done.</summary>
    public void Done() => Done(0);

    /// <summary>What the pieces that follow took before.</summary>
    public void Expect(CostHistory cost) => _cost = cost;

    /// <inheritdoc/>
    public override bool MayBegin(int worker)
    {
        long now = Now;
        bool fits = now + _cost.High < _deadline && mustPause?.Invoke() != true;
        if (worker != 0)
        {
            return fits;
        }

        if (!fits && _hasBegun)
        {
            return false;
        }

        _hasBegun = true;
        _began = now;
        return true;
    }

    /// <inheritdoc/>
    public override void Done(int worker)
    {
        if (worker == 0)
        {
            _cost.Add(Now - _began);
        }
    }
}
