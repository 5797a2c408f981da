using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Execution;

/// <summary>
/// A model's changing variables on one device: recurrent state, running statistics, weights in
/// training. Plans of the same model for other sizes share them.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="budget">What memory is taken of; null for one of its own without a limit.</param>
public sealed class VariableStore(Device device, MemoryBudget? budget = null) : IDisposable
{
    private readonly MemoryBudget _budget = budget ?? new MemoryBudget();
    private readonly Dictionary<Variable, (DeviceTensor Tensor, DeviceMemory Memory)> _slots = [];
    private readonly Lock _lock = new();

    /// <summary>Bytes on the device.</summary>
    public long Bytes { get; private set; }

    /// <summary>
    /// Copies what a variable holds; its first value where no run has written it.
    /// </summary>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void Read(Variable variable, Span<byte> destination)
    {
        RequireLength(variable, destination.Length);
        device.Download(TensorOf(variable), destination);
    }

    /// <summary>Sets what a variable holds. Not while a plan runs.</summary>
    /// <exception cref="ArgumentException">The variable is constant, or the source has another
    /// length.</exception>
    public void Write(Variable variable, ReadOnlySpan<byte> source)
    {
        RequireLength(variable, source.Length);
        device.Upload(TensorOf(variable), source);
    }

    /// <summary>Sets all variables to their first values. Not while a plan runs.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            foreach (var (variable, slot) in _slots)
            {
                device.Upload(slot.Tensor, variable.Data);
            }
        }
    }

    /// <summary>Releases the memory. No plan that uses it may run any more.</summary>
    public void Dispose()
    {
        foreach (var (_, memory) in _slots.Values)
        {
            _budget.Free(memory);
        }

        _slots.Clear();
    }

    /// <summary>The variable's tensor; it keeps its address.</summary>
    internal DeviceTensor TensorOf(Variable variable) => Slot(variable).Tensor;

    /// <summary>Gives a tensor that is a view of the variable the variable's memory.</summary>
    internal void BindView(Variable variable, DeviceTensor view) =>
        view.Bind(Slot(variable).Memory, 0);

    private (DeviceTensor Tensor, DeviceMemory Memory) Slot(Variable variable)
    {
        if (variable.IsConstant)
        {
            throw new ArgumentException(
                $"variable '{variable.Name}' is constant", nameof(variable));
        }

        lock (_lock)
        {
            if (!_slots.TryGetValue(variable, out var slot))
            {
                var memory = _budget.Allocate(
                    device, Math.Max(variable.Type.Bytes, 1), $"variable '{variable.Name}'");
                slot = (device.CreateTensor(variable.Type), memory);
                slot.Tensor.Bind(memory, 0);
                device.Upload(slot.Tensor, variable.Data);
                _slots.Add(variable, slot);
                Bytes += memory.Bytes;
            }

            return slot;
        }
    }

    private static void RequireLength(Variable variable, int length)
    {
        if (length != variable.Type.Bytes)
        {
            throw new ArgumentException(
                $"variable '{variable.Name}' ({variable.Type}) has {variable.Type.Bytes} bytes, "
                + $"{length} were given");
        }
    }
}
