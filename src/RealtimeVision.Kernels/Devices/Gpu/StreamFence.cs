using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>A queue of a device that other threads may wait for, also after its end.</summary>
internal sealed class StreamFence(AcceleratorStream stream) : IDisposable
{
    private readonly Lock _lock = new();
    private bool _isDisposed;

    public AcceleratorStream Stream { get; } = stream;

    /// <summary>Waits until what is queued is done.</summary>
    public void Wait()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                Stream.Synchronize();
            }
        }
    }

    /// <summary>Waits for what is queued, and releases the queue.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            try
            {
                Stream.Synchronize();
            }
            finally
            {
                Stream.Dispose();
            }
        }
    }
}
