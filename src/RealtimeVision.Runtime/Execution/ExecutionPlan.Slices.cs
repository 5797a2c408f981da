using RealtimeVision.Kernels.Devices.Cpu;

namespace RealtimeVision.Runtime.Execution;

public sealed partial class ExecutionPlan
{
    private readonly SliceBudget _slice = new(TimeProvider.System);

    // What a piece of each step took lately, and all commits together.
    private readonly CostHistory[] _pieceCosts;
    private readonly CostHistory _commitCost = new();

    // Where the run in slices stands: the next step, and the next of its pieces.
    private int _next;
    private int _nextPiece;
    private long _spentOnStep;

    /// <summary>
    /// Runs a part of a run: as many steps, and on the CPU as many pieces of a step, as fit into
    /// the budget by what they took lately; at least one. The next call goes on from there.
    /// </summary>
    /// <param name="budget">Time that the call may take.</param>
    /// <returns>True when the run is finished: outputs may be read, and the next call begins a new
    /// run.</returns>
    /// <remarks>
    /// Inputs cannot be set while a run is unfinished. Before a step was measured, a piece of it on
    /// the CPU, and all of it on a GPU, is begun while any time is left.
    /// </remarks>
    /// <exception cref="InputException">An input was never set.</exception>
    /// <exception cref="InvalidOperationException">Another thread runs the plan.</exception>
    public bool RunSlice(TimeSpan budget)
    {
        _slice.Begin(budget);
        return RunSlice(_slice);
    }

    /// <summary>Runs what fits into a budget that something else may have a part of.</summary>
    /// <inheritdoc cref="RunSlice(TimeSpan)"/>
    internal bool RunSlice(SliceBudget budget)
    {
        Enter();
        try
        {
            if (!IsMidRun)
            {
                RequireInputs();
            }

            while (_next < _firstCommit)
            {
                if (!Advance(budget))
                {
                    return false;
                }
            }

            if (_firstCommit < _steps.Length)
            {
                // All in one go: nobody is to see some variables written and others not.
                if (!budget.TryBegin(_commitCost))
                {
                    return false;
                }

                RunSteps(_firstCommit, _steps.Length, _device is CpuDevice, default);
                budget.Done();
            }

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
    /// Drops a run that <see cref="RunSlice(TimeSpan)"/> began; variables stay as they were.
    /// </summary>
    private void DropSlices()
    {
        _next = 0;
        _nextPiece = 0;
        _spentOnStep = 0;
    }

    /// <summary>
    /// Does what fits of the next step; false where that is not all that is left of it.
    /// </summary>
    private bool Advance(SliceBudget budget)
    {
        CostHistory cost = _pieceCosts[_next];
        long begin = budget.Now;
        if (_device is CpuDevice device)
        {
            var step = (CpuStep)_steps[_next];
            if (cost.IsEmpty && _costs[_next] > 0)
            {
                cost.Add(_costs[_next] * Math.Min(device.Threads, step.Pieces) / step.Pieces);
            }

            budget.Expect(cost);
            _nextPiece = device.Team.Run(step, _nextPiece, step.Pieces, budget);
            _spentOnStep += budget.Now - begin;
            if (_nextPiece < step.Pieces)
            {
                return false;
            }
        }
        else
        {
            if (!budget.TryBegin(cost))
            {
                return false;
            }

            _device.Run(_steps.AsSpan(_next, 1));
            _device.Synchronize();
            budget.Done();
            _spentOnStep = budget.Now - begin;
        }

        Measured(_next, _spentOnStep);
        _next++;
        _nextPiece = 0;
        _spentOnStep = 0;
        return true;
    }
}
