using System.Globalization;

namespace RealtimeVision.Kernels.Devices;

/// <summary>
/// Counts what is allocated on devices, and refuses what would be more than a limit, before it is
/// allocated. Any thread may use it.
/// </summary>
public sealed class MemoryBudget
{
    private long _used;

    /// <summary>Makes a budget.</summary>
    /// <param name="limit">Most bytes at a time; the default is no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public MemoryBudget(long limit = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        Limit = limit;
    }

    /// <summary>Most bytes at a time.</summary>
    public long Limit { get; }

    /// <summary>Bytes that are allocated now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Allocates memory on a device, set to zero.</summary>
    /// <param name="device">Where.</param>
    /// <param name="bytes">How much.</param>
    /// <param name="what">What it is for, at the beginning of a message: <c>a plan</c>.</param>
    /// <exception cref="MemoryLimitException">It would be more than the limit.</exception>
    /// <exception cref="OutOfMemoryException">The device has not that much left.</exception>
    public DeviceMemory Allocate(Device device, long bytes, string what)
    {
        ArgumentNullException.ThrowIfNull(device);
        long used = Interlocked.Add(ref _used, bytes) - bytes;
        if (used > Limit - bytes)
        {
            Interlocked.Add(ref _used, -bytes);
            throw new MemoryLimitException(
                $"{what} needs {Megabytes(bytes)} MB on device '{device.Id}', and "
                + $"{Megabytes(used)} of the {Megabytes(Limit)} MB that are allowed are in use");
        }

        try
        {
            DeviceMemory memory = device.Allocate(bytes);
            Interlocked.Add(ref _used, memory.Bytes - bytes);
            return memory;
        }
        catch
        {
            Interlocked.Add(ref _used, -bytes);
            throw;
        }
    }

    /// <summary>Releases memory that <see cref="Allocate"/> gave.</summary>
    public void Free(DeviceMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        Interlocked.Add(ref _used, -memory.Bytes);
        memory.Dispose();
    }

    /// <summary>Lets another budget count memory that this one has allocated.</summary>
    internal void PassOn(DeviceMemory memory, MemoryBudget heir)
    {
        Interlocked.Add(ref heir._used, memory.Bytes);
        Interlocked.Add(ref _used, -memory.Bytes);
    }

    private static string Megabytes(long bytes) =>
        (bytes / (double)(1 << 20)).ToString("F1", CultureInfo.InvariantCulture);
}

/// <summary>
/// What was asked for would be more than a <see cref="MemoryBudget"/> allows; the message has what
/// it was for, how much it needs and how much is in use.
/// </summary>
/// <param name="message">The message.</param>
public sealed class MemoryLimitException(string message) : Exception(message);
