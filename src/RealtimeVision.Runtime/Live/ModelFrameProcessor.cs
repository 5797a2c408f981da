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

    private readonly ModelStage[] _stages = [.. stages];
    private InspectorStage? _inspector;
    private VisionResult? _result;
    private bool _isNewScene;
    private int _stage;
    private Phase _phase;
    private int _failures;

    public override int FrameBytes => frameBytes;

    /// <summary>Whether there is an inspector.</summary>
    public bool HasInspector => _inspector is not null;

    /// <summary>What a stage has to do next.</summary>
    private enum Phase
    {
        Begin,
        Run,
        Finish,
        Take,
    }

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

    public override void Begin(
        VisionResult result, bool isNewScene, CancellationToken cancellation)
    {
        _inspector = inspection.Update(this, cancellation);
        _result = result;
        _isNewScene = isNewScene;
        _stage = 0;
        _phase = Phase.Begin;
    }

    public override bool TryRevisit(VisionResult result, CancellationToken cancellation)
    {
        _inspector = inspection.Update(this, cancellation);
        if (_inspector?.CanRevisit(result.Frame) != true)
        {
            return false;
        }

        (_result, _isNewScene, _stage, _phase) = (result, false, _stages.Length, Phase.Begin);
        return true;
    }

    public override void Run(CancellationToken cancellation)
    {
        for (; _stage < StageCount; _stage++)
        {
            ModelStage stage = StageAt(_stage);
            if (stage.Begin(_result!, _isNewScene))
            {
                stage.Run(cancellation);
                stage.Finish(_result!);
                stage.TakeAll();
            }
        }

        _failures = 0;
    }

    public override bool RunSlice(SliceBudget budget)
    {
        while (_stage < StageCount)
        {
            if (!Advance(StageAt(_stage), budget))
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

    /// <summary>Does what a stage has to do next; false where that does not fit.</summary>
    private bool Advance(ModelStage stage, SliceBudget budget)
    {
        switch (_phase)
        {
            case Phase.Begin:
                if (!budget.TryBegin(stage.BeginCost))
                {
                    return false;
                }

                bool hasBegun = stage.Begin(_result!, _isNewScene);
                budget.Done();
                _phase = hasBegun ? Phase.Run : Phase.Begin;
                _stage += hasBegun ? 0 : 1;
                return true;
            case Phase.Run:
                if (!stage.RunSlice(budget))
                {
                    return false;
                }

                _phase = Phase.Finish;
                return true;
            case Phase.Finish:
                if (!budget.TryBegin(stage.FinishCost))
                {
                    return false;
                }

                stage.Finish(_result!);
                budget.Done();
                _phase = Phase.Take;
                return true;
            default:
                if (!stage.TakeSlice(budget))
                {
                    return false;
                }

                _phase = Phase.Begin;
                _stage++;
                return true;
        }
    }
}
