using System.Buffers.Binary;
using System.Security.Cryptography;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices;

/// <summary>
/// Constants on a device that several stores share: what has the same content and the same form is
/// there once, until the last store that has it is disposed of. Any thread may use it.
/// </summary>
/// <remarks>
/// The budget of the store that has had a constant longest pays for it. Where that store goes, the
/// next one pays, whatever its limit: the memory is in use already.
/// </remarks>
/// <param name="device">The device.</param>
public sealed class ConstantPool(Device device)
{
    private readonly Dictionary<Key, Shared> _shared = [];
    private readonly Lock _lock = new();

    /// <summary>Constants on the device.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _shared.Count;
            }
        }
    }

    /// <summary>Bytes on the device.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _shared.Values.Sum(shared => shared.Memory.Bytes);
            }
        }
    }

    /// <summary>Gives a store the constant; makes it where no other store has it.</summary>
    internal Shared Rent(
        Content content,
        string form,
        TensorType type,
        Action<DeviceTensor> fill,
        MemoryBudget budget)
    {
        var key = new Key(content, form, type);
        lock (_lock)
        {
            if (!_shared.TryGetValue(key, out var shared))
            {
                var (tensor, memory) = ConstantStore.Make(device, type, fill, budget);
                _shared.Add(key, shared = new Shared(key, tensor, memory));
            }

            shared.Payers.Add(budget);
            return shared;
        }
    }

    /// <summary>Takes back a constant that a store was given.</summary>
    internal void Return(Shared shared, MemoryBudget budget)
    {
        lock (_lock)
        {
            bool hasPaid = ReferenceEquals(shared.Payers[0], budget);
            shared.Payers.Remove(budget);
            if (shared.Payers.Count == 0)
            {
                _shared.Remove(shared.Key);
                budget.Free(shared.Memory);
            }
            else if (hasPaid)
            {
                budget.PassOn(shared.Memory, shared.Payers[0]);
            }
        }
    }

    /// <summary>What a constant is made of: its type, and a hash that no other content has.</summary>
    internal readonly record struct Content(TensorType Type, UInt128 First, UInt128 Second)
    {
        public static Content Of(TensorType type, ReadOnlySpan<byte> data)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(data, hash);
            return new Content(
                type,
                BinaryPrimitives.ReadUInt128LittleEndian(hash),
                BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
        }
    }

    /// <summary>Content in a form that kernels want.</summary>
    internal readonly record struct Key(Content Content, string Form, TensorType Type);

    /// <summary>A constant that stores have.</summary>
    internal sealed class Shared(Key key, DeviceTensor tensor, DeviceMemory memory)
    {
        public Key Key { get; } = key;

        public DeviceTensor Tensor { get; } = tensor;

        public DeviceMemory Memory { get; } = memory;

        /// <summary>Budgets of the stores, one for each time it was given; the first pays.</summary>
        public List<MemoryBudget> Payers { get; } = [];
    }
}
