using System.Runtime.InteropServices;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Arrays of the host that a device moves by itself: page-locked, and known to its driver. Several
/// owners may have the same array pinned.
/// </summary>
internal sealed class PinnedMemory(Accelerator accelerator, AcceleratorStream stream) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, Registration> _known =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>Pins an array until what is returned is released; null where that cannot be.</summary>
    public IDisposable? Pin(byte[] array)
    {
        lock (_lock)
        {
            if (!_known.TryGetValue(array, out Registration? known))
            {
                if (Register(Marshal.UnsafeAddrOfPinnedArrayElement(array, 0), array.Length)
                    is not { } release)
                {
                    return null;
                }

                known = new Registration(release);
                _known.Add(array, known);
            }

            known.Owners++;
            return new Owner(this, array);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (Registration registration in _known.Values)
            {
                registration.Release();
            }

            _known.Clear();
        }
    }

    private Action? Register(nint address, int bytes) => accelerator switch
    {
        CudaAccelerator => RegisterWithCuda(address, bytes),
        CLAccelerator => PinnedByOpenCl.TryRegister(
            accelerator.NativePtr, (CLStream)stream, address, bytes),
        _ => null,
    };

    private Action? RegisterWithCuda(nint address, int bytes)
    {
        accelerator.Bind();
        CudaAPI driver = CudaAPI.CurrentAPI;
        if (driver.MemHostRegister(address, bytes, default)
            != CudaError.CUDA_SUCCESS)
        {
            return null;
        }

        return () =>
        {
            accelerator.Bind();
            driver.MemHostUnregister(address);
        };
    }

    private void Forget(byte[] array)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(array, out Registration? known) && --known.Owners == 0)
            {
                _known.Remove(array);
                known.Release();
            }
        }
    }

    private sealed class Registration(Action release)
    {
        public int Owners { get; set; }

        public void Release() => release();
    }

    private sealed class Owner(PinnedMemory memory, byte[] array) : IDisposable
    {
        private byte[]? _array = array;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } pinned)
            {
                memory.Forget(pinned);
            }
        }
    }
}
