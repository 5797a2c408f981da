using System.Diagnostics;
using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Runtime.Execution;

public sealed partial class ExecutionPlan
{
    // Where the run in slices stands: the next step, and the next of its pieces.
    private int _next;
    private int _nextPiece;
    private long _spentOnStep;

    /// <summary>
    /// Runs a part of a run: as many steps, and on the CPU as many pieces of a step, as fit into
    /// the budget by what they cost lately; at least one piece. The next call goes on from there.
    /// </summary>
    /// <param name="budget">Time that the call may take.</param>
    /// <returns>True when the run is finished: outputs may be read, and the next call begins a new
    /// run.</returns>
    /// <remarks>
    /// Inputs cannot be set while a run is unfinished. Before a step was measured, it is run a few
    /// pieces at a time on the CPU and as a whole on a GPU, so that first slices may be over the
    /// budget there.
    /// </remarks>
    /// <exception cref="InputException">An input was never set.</exception>
    /// <exception cref="InvalidOperationException">Another thread runs the plan.</exception>
    public bool RunSlice(TimeSpan budget)
    {
        long now = Stopwatch.GetTimestamp();
        long deadline = now + (long)(budget.TotalSeconds * Stopwatch.Frequency);
        Enter();
        try
        {
            if (!IsMidRun)
            {
                RequireInputs();
            }

            bool isFirst = true;
            while (_next < _firstCommit && Advance(ref now, deadline, isFirst))
            {
                isFirst = false;
            }

            if (_next < _firstCommit)
            {
                return false;
            }

            RunSteps(_firstCommit, _steps.Length, default);
            DropSlices();
            return true;
        }
        catch
        {
            DropSlices();
            throw;
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Drops a run that <see cref="RunSlice"/> began; variables stay as they were.
    /// </summary>
    private void DropSlices()
    {
        _next = 0;
        _nextPiece = 0;
        _spentOnStep = 0;
    }

    /// <summary>
    /// Does what of the next step fits before the deadline; false where nothing does.
    /// </summary>
    private bool Advance(ref long now, long deadline, bool isFirst)
    {
        int next = _next;
        int pieces = _steps[next] is CpuStep cpu ? cpu.Pieces : 1;
        int count = PiecesThatFit(next, pieces, deadline - now, isFirst);
        if (count == 0)
        {
            return false;
        }

        if (_device is CpuDevice device)
        {
            device.Team.Run((CpuStep)_steps[next], _nextPiece, _nextPiece + count);
        }
        else
        {
            _device.Run(_steps.AsSpan(next, 1));
            _device.Synchronize();
        }

        long end = Stopwatch.GetTimestamp();
        _spentOnStep += end - now;
        now = end;
        _nextPiece += count;
        if (_nextPiece == pieces)
        {
            Measured(next, _spentOnStep);
            _next++;
            _nextPiece = 0;
            _spentOnStep = 0;
        }

        return true;
    }

    private int PiecesThatFit(int step, int pieces, long ticks, bool isFirst)
    {
        int left = pieces - _nextPiece;
        int threads = _device is CpuDevice device ? device.Threads : 1;
        // What this run's own pieces took says more than the average, and is all there is the first
        // time.
        double each = _nextPiece > 0
            ? (double)_spentOnStep / _nextPiece
            : (double)_costs[step] / pieces;
        if (each == 0)
        {
            return isFirst || ticks > 0 ? Math.Min(left, threads) : 0;
        }

        if (each * left <= ticks)
        {
            return left;
        }

        // Whole rounds of the team: a part of a round takes as long as a round.
        int fit = (int)Math.Min(left, Math.Max(ticks, 0) / each);
        fit -= fit % threads;
        return fit > 0 || !isFirst ? Math.Min(fit, left) : Math.Min(left, threads);
    }
}
