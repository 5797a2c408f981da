using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What a model has on a device, whatever plans are made of it: packed weights and state. Weights
/// may be shared with other engines; state never is.
/// </summary>
internal sealed class ModelStores : IDisposable
{
    private static readonly ConditionalWeakTable<Device, ConstantPool> Pools = [];
    private readonly bool _ownsConstants;

    /// <summary>Stores of a model, with nothing in them.</summary>
    /// <param name="device">The device.</param>
    /// <param name="memory">What memory is taken of.</param>
    /// <param name="isShared">Whether engines that have the same weights on the device share
    /// them.</param>
    public ModelStores(Device device, MemoryBudget memory, bool isShared = false)
        : this(
            device, memory, new ConstantStore(device, memory, isShared ? PoolOf(device) : null),
            ownsConstants: true)
    {
    }

    private ModelStores(
        Device device, MemoryBudget memory, ConstantStore constants, bool ownsConstants)
    {
        (Device, Memory, Constants, _ownsConstants) = (device, memory, constants, ownsConstants);
        Variables = new VariableStore(device, memory);
    }

    public Device Device { get; }

    public MemoryBudget Memory { get; }

    public ConstantStore Constants { get; }

    public VariableStore Variables { get; }

    /// <summary>The constants that engines on a device share.</summary>
    public static ConstantPool PoolOf(Device device) =>
        Pools.GetValue(device, device => new ConstantPool(device));

    /// <summary>The same weights with state apart: not to outlive this one.</summary>
    public ModelStores WithStateOfItsOwn() =>
        new(Device, Memory, Constants, ownsConstants: false);

    public void Dispose()
    {
        if (_ownsConstants)
        {
            Constants.Dispose();
        }

        Variables.Dispose();
    }
}
