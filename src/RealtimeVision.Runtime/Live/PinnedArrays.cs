using RealtimeVision.Kernels.Devices;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The arrays that a model's frames come from and results go to, pinned for its device as they are
/// met.
/// </summary>
internal sealed class PinnedArrays(Device device) : IDisposable
{
    // What is smaller goes through the driver's own buffers as fast.
    private const int LeastBytes = 4 << 10;

    private readonly Dictionary<object, IDisposable?> _known =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>Pins an array, once; whether the device moves its bytes by itself.</summary>
    public bool Add(byte[] array)
    {
        if (!_known.TryGetValue(array, out IDisposable? pin))
        {
            pin = array.Length < LeastBytes ? null : device.Pin(array);
            _known.Add(array, pin);
        }

        return pin is not null;
    }

    public void Dispose()
    {
        foreach (IDisposable? pin in _known.Values)
        {
            pin?.Dispose();
        }

        _known.Clear();
    }
}
