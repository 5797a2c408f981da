using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices;

/// <summary>
/// A model's constants on one device: as they are, and packed as kernels want them. Plans of the same model for
/// other sizes share them.
/// </summary>
public sealed class ConstantStore(Device device) : IDisposable
{
    private readonly Dictionary<(Variable?, string), DeviceTensor> _tensors = [];
    private readonly List<DeviceMemory> _memory = [];
    private readonly Lock _lock = new();

    /// <summary>Bytes on the device.</summary>
    public long Bytes { get; private set; }

    /// <summary>The variable's value as it is.</summary>
    public DeviceTensor Raw(Variable variable) => GetOrAdd(
        variable, "", variable.Type, tensor => device.Upload(tensor, variable.Data));

    /// <summary>
    /// The tensor made of <paramref name="variable"/> under <paramref name="key"/>; made on the first call.
    /// </summary>
    /// <param name="variable">The constant.</param>
    /// <param name="key">Names the form, with everything that the form depends on.</param>
    /// <param name="type">Type of the packed tensor.</param>
    /// <param name="fill">Writes the packed tensor, whose memory is zero before.</param>
    public DeviceTensor GetOrAdd(
        Variable variable, string key, TensorType type, Action<DeviceTensor> fill) =>
        GetOrAddTensor(variable, key, type, fill);

    /// <summary>A table that an operator has computed from its parameters and sizes; made on the first call.</summary>
    /// <param name="key">Names the table, with everything that it depends on.</param>
    /// <param name="type">Type of the table.</param>
    /// <param name="data">Its value, little-endian.</param>
    public DeviceTensor Table(string key, TensorType type, byte[] data) =>
        GetOrAddTensor(null, key, type, tensor => device.Upload(tensor, data));

    /// <summary>Releases the memory. No plan that uses it may run any more.</summary>
    public void Dispose()
    {
        foreach (var memory in _memory)
        {
            memory.Dispose();
        }

        _memory.Clear();
        _tensors.Clear();
    }

    private DeviceTensor GetOrAddTensor(
        Variable? variable, string key, TensorType type, Action<DeviceTensor> fill)
    {
        lock (_lock)
        {
            if (!_tensors.TryGetValue((variable, key), out var tensor))
            {
                var memory = device.Allocate(Math.Max(type.Bytes, 1));
                _memory.Add(memory);
                Bytes += memory.Bytes;
                tensor = device.CreateTensor(type);
                tensor.Bind(memory, 0);
                fill(tensor);
                _tensors.Add((variable, key), tensor);
            }

            return tensor;
        }
    }
}
