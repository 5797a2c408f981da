using System.Diagnostics;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// A graph made ready for a device: kernels chosen and compiled, weights packed, every tensor at
/// its place in one arena. Runs as often as wanted and allocates no managed memory after its first
/// run.
/// </summary>
/// <remarks>
/// One thread at a time may set inputs, run and read outputs; a second one gets an
/// <see cref="InvalidOperationException"/>. Several plans of a device may be run by several threads
/// on the CPU.
/// </remarks>
public sealed partial class ExecutionPlan : IDisposable
{
    // Weight of the newest measurement in a step's cost.
    private const int CostShare = 8;

    private readonly Device _device;
    private readonly PlanMemory _memory;
    private readonly ConstantStore _constants;
    private readonly Step[] _steps;
    private readonly long[] _costs;
    private readonly int _firstCommit;
    private readonly DeviceTensor[] _inputs;
    private readonly DeviceTensor[] _outputs;
    private readonly bool[] _isSet;
    private readonly CompileOptions _options;
    private int _busy;
    private bool _isDisposed;
    private volatile bool _isMeasuredNext;

    private ExecutionPlan(
        Graph graph,
        Device device,
        CompileOptions options,
        PlanMemory memory,
        ConstantStore constants,
        List<PlanStep> steps,
        int firstCommit)
    {
        Graph = graph;
        _device = device;
        _options = options;
        _memory = memory;
        _constants = constants;
        _steps = [.. steps.Select(s => s.Step)];
        _costs = new long[_steps.Length];
        _pieceCosts = [.. _steps.Select(_ => new CostHistory())];
        _firstCommit = firstCommit;
        StepNodes = [.. steps.Select(s => s.Node)];
        _inputs = [.. graph.Inputs.Select(memory.TensorOf)];
        _outputs = [.. graph.Outputs.Select(memory.TensorOf)];
        _isSet = new bool[_inputs.Length];
        Inputs = [.. graph.Inputs.Select(i => new PlanPort(i.Name, i.Type))];
        Outputs = [.. graph.Outputs.Select((o, i) => new PlanPort(graph.OutputNames[i], o.Type))];
    }

    /// <summary>The graph as it runs, after all passes.</summary>
    public Graph Graph { get; }

    /// <summary>What has to be set before a run, in order.</summary>
    public IReadOnlyList<PlanPort> Inputs { get; }

    /// <summary>What a run gives, in order.</summary>
    public IReadOnlyList<PlanPort> Outputs { get; }

    /// <summary>Number of steps of a run.</summary>
    public int StepCount => _steps.Length;

    /// <summary>Bytes of the arena: inputs, outputs and everything between.</summary>
    public long ArenaBytes => _memory.ArenaBytes;

    /// <summary>Bytes that no arena could do without: the most that lives at one time.</summary>
    public long ArenaLowerBound => _memory.LowerBound;

    /// <summary>Bytes of the constants' store, which other plans may share.</summary>
    public long ConstantBytes => _constants.Bytes;

    /// <summary>Number of results that are written over an input.</summary>
    public int InPlaceCount => _memory.InPlaceCount;

    /// <summary>True while <see cref="RunSlice(TimeSpan)"/> has begun a run and not finished it.</summary>
    public bool IsMidRun => _next > 0 || _nextPiece > 0;

    private IReadOnlyList<Node?> StepNodes { get; }

    /// <summary>Index of an input by its name; -1 where there is none.</summary>
    public int IndexOfInput(string name) => IndexOf(Inputs, name);

    /// <summary>Index of an output by its name; -1 where there is none.</summary>
    public int IndexOfOutput(string name) => IndexOf(Outputs, name);

    /// <summary>Copies an input in. It stays set for the runs that follow.</summary>
    /// <param name="index">Which input.</param>
    /// <param name="data">The elements, row-major, little-endian.</param>
    /// <exception cref="InputException">
    /// The data has another length than the input, or is not finite where the plan checks that.
    /// </exception>
    /// <exception cref="InvalidOperationException">The plan is running.</exception>
    public void SetInput(int index, ReadOnlySpan<byte> data)
    {
        var port = Inputs[index];
        if (data.Length != port.Type.Bytes)
        {
            throw new InputException(
                $"input '{port.Name}' ({port.Type}) has {port.Type.Bytes} bytes, "
                + $"{data.Length} were given");
        }

        if (_options.CheckInputs)
        {
            port.RequireFinite(data);
        }

        Upload(index, data);
    }

    /// <summary>
    /// Copies a part of an input in, and leaves the rest as it is: for bytes of which another input
    /// says how many count.
    /// </summary>
    /// <param name="index">Which input.</param>
    /// <param name="data">The elements of the part, row-major, little-endian.</param>
    /// <param name="offset">Bytes of the input before the part.</param>
    /// <exception cref="InputException">The part ends after the input.</exception>
    /// <exception cref="InvalidOperationException">The plan is running.</exception>
    public void SetInputPart(int index, ReadOnlySpan<byte> data, long offset = 0)
    {
        var port = Inputs[index];
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset + data.Length > port.Type.Bytes)
        {
            throw new InputException(
                $"input '{port.Name}' ({port.Type}) has {port.Type.Bytes} bytes, "
                + $"{offset + data.Length} were given");
        }

        Upload(index, data, offset);
    }

    /// <summary>
    /// Runs all steps and waits until they are done. Drops a run that <see cref="RunSlice(TimeSpan)"/> began.
    /// </summary>
    /// <param name="cancellation">
    /// Looked at between steps on the CPU, and before the first on a GPU. A run that is cancelled,
    /// or fails, leaves all variables as they were.
    /// </param>
    /// <exception cref="InputException">An input was never set.</exception>
    /// <exception cref="InvalidOperationException">Another thread runs the plan.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            DropSlices();
            RequireInputs();
            bool measures = _device is CpuDevice || _isMeasuredNext;
            _isMeasuredNext = false;
            RunSteps(0, _firstCommit, measures, cancellation);
            RunSteps(_firstCommit, _steps.Length, measures, default);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Runs once on whatever the inputs hold, without writing variables, so that nothing is
    /// compiled or paged in during the first real run.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread runs the plan.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void WarmUp(CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            RequireNotMidRun();
            RunSteps(0, _firstCommit, _device is CpuDevice, cancellation);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>
    /// Lets the next <see cref="Run"/> tell what its steps cost on a GPU, too: it waits for each of
    /// them, and so takes longer. On the CPU every run tells. Any thread may ask.
    /// </summary>
    internal void MeasureNextRun() => _isMeasuredNext = true;

    /// <summary>
    /// What each step is, and what it cost on average lately; on a GPU, what it cost in runs that
    /// were measured.
    /// </summary>
    public IReadOnlyList<StepInfo> DescribeSteps() =>
        [.. _steps.Select((step, i) => new StepInfo(
            StepNodes[i]?.Name ?? "",
            StepNodes[i]?.Operator.Name ?? "",
            step.Label,
            ToTime(_costs[i])))];

    /// <summary>
    /// Releases the plan's memory. Constants and variables stay with their stores.
    /// </summary>
    public void Dispose()
    {
        if (!TryDispose())
        {
            throw new InvalidOperationException(
                "the plan is disposed of while another thread runs it");
        }
    }

    /// <summary>Releases the plan's memory; false where another thread runs it.</summary>
    internal bool TryDispose()
    {
        if (_isDisposed)
        {
            return true;
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            return false;
        }

        _isDisposed = true;
        _memory.Dispose();
        Leave();
        return true;
    }

    private static int IndexOf(IReadOnlyList<PlanPort> ports, string name)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            if (ports[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private static TimeSpan ToTime(long ticks) => Stopwatch.GetElapsedTime(0, ticks);

    private void Upload(int index, ReadOnlySpan<byte> data, long offset = 0)
    {
        Enter();
        try
        {
            RequireNotMidRun();
            _device.Upload(_inputs[index], data, offset);
            _isSet[index] = true;
        }
        finally
        {
            Leave();
        }
    }

    private void RunSteps(int from, int to, bool measures, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!measures)
        {
            // Queued in one go; waiting for each step would leave the device idle between them.
            _device.Run(_steps.AsSpan(from, to - from));
            _device.Synchronize();
            return;
        }

        long begin = Stopwatch.GetTimestamp();
        for (int i = from; i < to; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _device.Run(_steps.AsSpan(i, 1));
            if (_device is not CpuDevice)
            {
                _device.Synchronize();
            }

            long end = Stopwatch.GetTimestamp();
            Measured(i, end - begin);
            begin = end;
        }
    }

    private void Measured(int step, long ticks) => _costs[step] = _costs[step] == 0
        ? ticks
        : _costs[step] + ((ticks - _costs[step]) / CostShare);

    private void RequireInputs()
    {
        for (int i = 0; i < _isSet.Length; i++)
        {
            if (!_isSet[i])
            {
                throw new InputException(
                    $"input '{Inputs[i].Name}' ({Inputs[i].Type}) has not been set");
            }
        }
    }

    private void RequireNotMidRun()
    {
        if (IsMidRun)
        {
            throw new InvalidOperationException(
                "the plan is in the middle of a run: finish it with RunSlice first");
        }
    }

    private void Enter()
    {
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException(
                "the plan is in use by another thread: one run at a time");
        }

        if (_isDisposed)
        {
            _busy = 0;
            throw new ObjectDisposedException(nameof(ExecutionPlan));
        }
    }

    private void Leave() => Volatile.Write(ref _busy, 0);
}
