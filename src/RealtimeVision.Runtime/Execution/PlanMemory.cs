using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// The tensors of a plan: made before their nodes are prepared, given memory after.
/// </summary>
internal sealed class PlanMemory(
    Graph graph,
    Device device,
    ConstantStore constants,
    VariableStore variables,
    MemoryBudget budget) : IDisposable
{
    private readonly Liveness _liveness = Liveness.Of(graph);
    private readonly Dictionary<Value, DeviceTensor> _tensors = [];
    private readonly List<(DeviceTensor Tensor, int Node)> _scratch = [];
    private DeviceMemory? _arena;

    /// <summary>Bytes of the arena.</summary>
    public long ArenaBytes { get; private set; }

    /// <summary>Bytes that no arena could do without.</summary>
    public long LowerBound { get; private set; }

    /// <summary>Number of results that are written over an input.</summary>
    public int InPlaceCount => _liveness.InPlaceCount;

    /// <summary>The tensor of any value of the graph.</summary>
    public DeviceTensor TensorOf(Value value)
    {
        if (!_tensors.TryGetValue(value, out var tensor))
        {
            tensor = MakeTensor(value);
            _tensors.Add(value, tensor);
        }

        return tensor;
    }

    /// <summary>Whether the value is a variable that changes, or a view of one.</summary>
    public bool IsVariable(Value value) =>
        _liveness.StorageOf(value).Variable is { IsConstant: false };

    /// <summary>Reserves memory for a tensor that a node alone needs.</summary>
    public void AddScratch(DeviceTensor tensor, int node) => _scratch.Add((tensor, node));

    /// <summary>Allocates the arena and gives every tensor its place.</summary>
    public void Bind()
    {
        var lives = _liveness.Buffers.Concat(
            _scratch.Select(s => new BufferLife(s.Tensor.Type.Bytes, s.Node, s.Node))).ToList();
        var plan = MemoryPlanner.Plan(lives);
        ArenaBytes = plan.Bytes;
        LowerBound = MemoryPlanner.LowerBound(lives);
        _arena = budget.Allocate(device, Math.Max(plan.Bytes, Device.Alignment), "a plan");
        foreach (var (value, tensor) in _tensors)
        {
            switch (_liveness.StorageOf(value))
            {
                case { Buffer: >= 0 and var buffer }:
                    tensor.Bind(_arena, plan.Offsets[buffer]);
                    break;
                case { Variable: { IsConstant: false } variable } when value.Variable is null:
                    variables.BindView(variable, tensor);
                    break;
            }
        }

        for (int i = 0; i < _scratch.Count; i++)
        {
            _scratch[i].Tensor.Bind(_arena, plan.Offsets[_liveness.Buffers.Count + i]);
        }
    }

    public void Dispose()
    {
        if (_arena is not null)
        {
            budget.Free(_arena);
            _arena = null;
        }
    }

    private DeviceTensor MakeTensor(Value value)
    {
        if (value.Variable is { } own)
        {
            return own.IsConstant ? constants.Raw(own) : variables.TensorOf(own);
        }

        return _liveness.StorageOf(value).Variable is { IsConstant: true } viewed
            // A view that nothing has folded: the same bytes under another shape.
            ? constants.GetOrAdd(
                viewed, $"view {value.Type}", value.Type, t => device.Upload(t, viewed.Data))
            : device.CreateTensor(value.Type);
    }
}
