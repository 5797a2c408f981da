using System.Diagnostics;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Models one after the other on a device, and behind them the inspector, where somebody looks.
/// </summary>
internal sealed class ModelFrameProcessor(
    IReadOnlyList<ModelStage> stages, int frameBytes, Device device, NetworkInspection inspection)
    : FrameProcessor
{
    // A device may fail runs without saying that it is lost.
    private const int MostFailuresInARow = 3;

    // To begin a model costs an upload and a step, whatever is left of the budget.
    private const double MostBeforeAModel = 0.75;

    private readonly ModelStage[] _stages = [.. stages];
    private InspectorStage? _inspector;
    private VisionResult? _result;
    private bool _isNewScene;
    private int _stage;
    private bool _hasBegun;
    private int _failures;

    public override int FrameBytes => frameBytes;

    /// <summary>Whether there is an inspector.</summary>
    public bool HasInspector => _inspector is not null;

    private int StageCount => _stages.Length + (_inspector is null ? 0 : 1);

    /// <summary>The plan of a model, by its place among the stages.</summary>
    public ExecutionPlan PlanOf(int stage) => _stages[stage].Plan;

    public override void WarmUp(CancellationToken cancellation)
    {
        foreach (ModelStage stage in _stages)
        {
            stage.WarmUp(cancellation);
        }
    }

    public override void Begin(VisionResult result, bool isNewScene)
    {
        _inspector = inspection.Update(this);
        _result = result;
        _isNewScene = isNewScene;
        _stage = 0;
        _hasBegun = false;
    }

    public override void Run(CancellationToken cancellation)
    {
        while (BeginStage())
        {
            StageAt(_stage).Run(cancellation);
            FinishStage();
        }

        _failures = 0;
    }

    public override bool RunSlice(TimeSpan budget)
    {
        long begin = Stopwatch.GetTimestamp();
        while (BeginStage())
        {
            TimeSpan left = budget - Stopwatch.GetElapsedTime(begin);
            if (!StageAt(_stage).RunSlice(left > TimeSpan.Zero ? left : TimeSpan.Zero))
            {
                return false;
            }

            FinishStage();
            if (Stopwatch.GetElapsedTime(begin) >= budget * MostBeforeAModel && _stage < StageCount)
            {
                return false;
            }
        }

        _failures = 0;
        return true;
    }

    public override bool IsDeviceLost()
    {
        if (device is CpuDevice)
        {
            return false;
        }

        try
        {
            device.Synchronize();
            return ++_failures >= MostFailuresInARow;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return true;
        }
    }

    public override void Dispose()
    {
        inspection.Dispose();
        foreach (ModelStage stage in _stages)
        {
            stage.Dispose();
        }
    }

    private ModelStage StageAt(int index) =>
        index < _stages.Length ? _stages[index] : _inspector!;

    /// <summary>Begins the next stage that has something to do; false after the last.</summary>
    private bool BeginStage()
    {
        while (!_hasBegun && _stage < StageCount)
        {
            _hasBegun = StageAt(_stage).Begin(_result!, _isNewScene);
            _stage += _hasBegun ? 0 : 1;
        }

        return _stage < StageCount;
    }

    private void FinishStage()
    {
        StageAt(_stage).Finish(_result!);
        _stage++;
        _hasBegun = false;
    }
}
