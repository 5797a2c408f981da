using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices;

/// <summary>
/// A model's constants on one device: as they are, and packed as kernels want them. Plans of the
/// same model for other sizes share them.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="budget">What memory is taken of; null for one of its own without a limit.</param>
/// <param name="pool">Shares constants with other stores on the same device; null where each is to
/// have its own.</param>
public sealed class ConstantStore(
    Device device, MemoryBudget? budget = null, ConstantPool? pool = null) : IDisposable
{
    private readonly MemoryBudget _budget = budget ?? new MemoryBudget();
    private readonly Dictionary<(Variable?, string), DeviceTensor> _tensors = [];
    private readonly Dictionary<(TensorType, int), List<Variable>> _byContent = [];
    private readonly HashSet<Variable> _unique = [];
    private readonly Dictionary<Variable, ConstantPool.Content> _contents = [];
    private readonly List<DeviceMemory> _memory = [];
    private readonly List<ConstantPool.Shared> _shared = [];
    private readonly Lock _lock = new();

    /// <summary>Bytes on the device, with those that other stores share.</summary>
    public long Bytes { get; private set; }

    /// <summary>The variable's value as it is.</summary>
    public DeviceTensor Raw(Variable variable) => GetOrAdd(
        variable, "", variable.Type, tensor => device.Upload(tensor, variable.Data));

    /// <summary>
    /// The tensor made of <paramref name="variable"/> under <paramref name="key"/>; made on the
    /// first call.
    /// </summary>
    /// <param name="variable">The constant.</param>
    /// <param name="key">Names the form, with everything that the form depends on.</param>
    /// <param name="type">Type of the packed tensor.</param>
    /// <param name="fill">Writes the packed tensor, whose memory is zero before.</param>
    public DeviceTensor GetOrAdd(
        Variable variable, string key, TensorType type, Action<DeviceTensor> fill) =>
        GetOrAddTensor(variable, key, type, fill, []);

    /// <summary>
    /// A table that an operator has computed from its parameters and sizes; made on the first call.
    /// </summary>
    /// <param name="key">Names the table, with everything that it depends on.</param>
    /// <param name="type">Type of the table.</param>
    /// <param name="data">Its value, little-endian.</param>
    public DeviceTensor Table(string key, TensorType type, byte[] data) =>
        GetOrAddTensor(null, key, type, tensor => device.Upload(tensor, data), data);

    /// <summary>
    /// The constant that stands for all constants of this type and content: plans compiled one
    /// after the other, which fold the same weights anew, then share what was packed for the first.
    /// </summary>
    public Variable Unique(Variable variable)
    {
        // Constants differ early as a rule; the comparison below decides.
        const int Sampled = 4096;
        lock (_lock)
        {
            if (_unique.Contains(variable))
            {
                return variable;
            }

            var hash = default(HashCode);
            hash.AddBytes(variable.Data[..Math.Min(Sampled, variable.Data.Length)]);
            var key = (variable.Type, hash.ToHashCode());
            if (!_byContent.TryGetValue(key, out var candidates))
            {
                _byContent.Add(key, candidates = []);
            }

            foreach (var candidate in candidates)
            {
                if (candidate.Data.SequenceEqual(variable.Data))
                {
                    return candidate;
                }
            }

            candidates.Add(variable);
            _unique.Add(variable);
            return variable;
        }
    }

    /// <summary>Releases the memory. No plan that uses it may run any more.</summary>
    public void Dispose()
    {
        foreach (var memory in _memory)
        {
            _budget.Free(memory);
        }

        foreach (var shared in _shared)
        {
            pool!.Return(shared, _budget);
        }

        _memory.Clear();
        _shared.Clear();
        _tensors.Clear();
    }

    /// <summary>Makes a constant on a device.</summary>
    internal static (DeviceTensor Tensor, DeviceMemory Memory) Make(
        Device device, TensorType type, Action<DeviceTensor> fill, MemoryBudget budget)
    {
        var memory = budget.Allocate(device, Math.Max(type.Bytes, 1), "a weight");
        try
        {
            var tensor = device.CreateTensor(type);
            tensor.Bind(memory, 0);
            fill(tensor);
            return (tensor, memory);
        }
        catch
        {
            budget.Free(memory);
            throw;
        }
    }

    private DeviceTensor GetOrAddTensor(
        Variable? variable,
        string key,
        TensorType type,
        Action<DeviceTensor> fill,
        ReadOnlySpan<byte> table)
    {
        lock (_lock)
        {
            if (_tensors.TryGetValue((variable, key), out var tensor))
            {
                return tensor;
            }

            if (pool is null)
            {
                (tensor, var memory) = Make(device, type, fill, _budget);
                _memory.Add(memory);
                Bytes += memory.Bytes;
            }
            else
            {
                var content = variable is null
                    ? ConstantPool.Content.Of(type, table)
                    : ContentOf(variable);
                var shared = pool.Rent(content, key, type, fill, _budget);
                _shared.Add(shared);
                Bytes += shared.Memory.Bytes;
                tensor = shared.Tensor;
            }

            _tensors.Add((variable, key), tensor);
            return tensor;
        }
    }

    private ConstantPool.Content ContentOf(Variable variable)
    {
        if (!_contents.TryGetValue(variable, out var content))
        {
            content = ConstantPool.Content.Of(variable.Type, variable.Data);
            _contents.Add(variable, content);
        }

        return content;
    }
}
