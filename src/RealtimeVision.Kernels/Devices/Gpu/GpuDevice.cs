using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// A GPU, or anything else that ILGPU drives: CUDA, OpenCL, or its CPU accelerator for debugging.
/// </summary>
public sealed class GpuDevice : Device
{
    private readonly Context _context;
    private readonly AcceleratorStream _stream;
    private readonly PinnedMemory _pinned;

    internal GpuDevice(string id, Context context, ILGPU.Runtime.Device device)
    {
        Id = id;
        _context = context;
        Accelerator = device.CreateAccelerator(context);
        _stream = Accelerator.CreateStream();
        _pinned = new PinnedMemory(Accelerator, _stream);
        Kernels = new KernelCache(Accelerator);
    }

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override string Description => Accelerator.Name;

    /// <summary>ILGPU's view of the device.</summary>
    public Accelerator Accelerator { get; }

    /// <summary>Kernels compiled so far.</summary>
    public KernelCache Kernels { get; }

    /// <summary>True on ILGPU's CPU accelerator, which is for tests: it does 0.1 GFLOP/s.</summary>
    public bool IsDebug => Accelerator.AcceleratorType == AcceleratorType.CPU;

    /// <summary>
    /// Whether OpenGL can be given what the device computes, where it draws it too: by CUDA. ILGPU's
    /// CPU accelerator stands in for it in tests.
    /// </summary>
    public bool CanShareWithOpenGl => Accelerator.AcceleratorType == AcceleratorType.Cuda || IsDebug;

    /// <inheritdoc/>
    public override bool CanRun(Operator op) => op is IGpuOperator;

    /// <inheritdoc/>
    public override DeviceMemory Allocate(long bytes)
    {
        Accelerator.Bind();
        // Whole 16 bytes, so that vector loads at the end stay inside.
        var buffer = Accelerator.Allocate1D<byte>((Math.Max(bytes, 1) + 15) / 16 * 16);
        buffer.MemSetToZero(_stream);
        _stream.Synchronize();
        return new GpuMemory(buffer);
    }

    /// <inheritdoc/>
    public override DeviceTensor CreateTensor(TensorType type) => new GpuTensor(type);

    /// <inheritdoc/>
    public override PreparedNode Prepare(
        Node node,
        Func<Value, DeviceTensor> tensorOf,
        ConstantStore constants,
        Precision precision = Precision.Fast)
    {
        if (node.Operator is not IGpuOperator op)
        {
            throw new NotSupportedException($"{node}: no GPU kernel");
        }

        var bindings = new GpuBindings(this, node, tensorOf, constants, precision);
        op.Prepare(bindings);
        return bindings.Prepared();
    }

    /// <inheritdoc/>
    public override Step PrepareCopy(DeviceTensor source, DeviceTensor destination)
    {
        var from = (GpuTensor)source;
        var to = (GpuTensor)destination;
        return new GpuStep { Label = "Copy", Launch = stream => from.Bytes.CopyTo(stream, to.Bytes) };
    }

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Step> steps)
    {
        Accelerator.Bind();
        foreach (var step in steps)
        {
            ((GpuStep)step).Launch(_stream);
        }

        if (_stream is CLStream queue)
        {
            // ILGPU never does, and a driver may hold commands back until then.
            CLAPI.CurrentAPI.FlushCommandQueue(queue.CommandQueue);
        }
    }

    /// <inheritdoc/>
    public override void Synchronize() => _stream.Synchronize();

    /// <inheritdoc/>
    public override unsafe void Upload(
        DeviceTensor tensor, ReadOnlySpan<byte> source, long offset = 0)
    {
        if (source.IsEmpty)
        {
            return;
        }

        Accelerator.Bind();
        var target = (GpuTensor)tensor;
        if (_stream is CLStream)
        {
            // By the driver's own call: ILGPU's copies from foreign memory make objects.
            CheckRange(target, offset, source.Length);
            fixed (byte* address = source)
            {
                CLException.ThrowIfFailed(CLAPI.CurrentAPI.WriteBuffer(
                    _stream, target.Memory!.NativePtr, true, (nint)(target.Offset + offset), source.Length,
                    (nint)address));
            }
        }
        else if (_stream is CudaStream)
        {
            CheckRange(target, offset, source.Length);
            fixed (byte* address = source)
            {
                Copy(
                    target.Memory!.NativePtr + (nint)(target.Offset + offset), (nint)address,
                    source.Length);
            }
        }
        else
        {
            target.Bytes.SubView(offset, source.Length).CopyFromCPU(_stream, source);
            _stream.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override unsafe void Download(
        DeviceTensor tensor, Span<byte> destination, long offset = 0)
    {
        Accelerator.Bind();
        var source = (GpuTensor)tensor;
        if (destination.IsEmpty)
        {
            _stream.Synchronize();
        }
        else if (_stream is CLStream)
        {
            CheckRange(source, offset, destination.Length);
            fixed (byte* address = destination)
            {
                CLException.ThrowIfFailed(CLAPI.CurrentAPI.ReadBuffer(
                    _stream, source.Memory!.NativePtr, true, (nint)(source.Offset + offset), destination.Length,
                    (nint)address));
            }
        }
        else if (_stream is CudaStream)
        {
            CheckRange(source, offset, destination.Length);
            fixed (byte* address = destination)
            {
                Copy(
                    (nint)address, source.Memory!.NativePtr + (nint)(source.Offset + offset),
                    destination.Length);
            }
        }
        else
        {
            source.Bytes.SubView(offset, destination.Length).CopyToCPU(_stream, destination);
            _stream.Synchronize();
        }
    }

    /// <inheritdoc/>
    public override IDisposable? Pin(byte[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        return _pinned.Pin(array);
    }

    /// <summary>
    /// Queues a copy of a tensor's first bytes to where they outlast the run; read it after what is
    /// queued is done.
    /// </summary>
    /// <param name="tensor">The tensor, on this device.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="target">Where to.</param>
    public void Keep(DeviceTensor tensor, long bytes, GpuBuffer target)
    {
        ArgumentNullException.ThrowIfNull(target);
        Accelerator.Bind();
        target.Store(_stream, ((GpuTensor)tensor).Bytes.SubView(0, bytes));
    }

    /// <summary>Copies between host and device, after what is queued, and waits for it.</summary>
    private void Copy(nint target, nint source, int bytes)
    {
        CudaException.ThrowIfFailed(
            CudaAPI.CurrentAPI.MemcpyAsync(target, source, bytes, _stream));
        _stream.Synchronize();
    }

    private static void CheckRange(GpuTensor tensor, long offset, int bytes)
    {
        if (offset < 0 || offset + bytes > tensor.Type.Bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), bytes, $"{tensor.Type} has {tensor.Type.Bytes} bytes, asked for from {offset} on");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pinned.Dispose();
            _stream.Dispose();
            Accelerator.Dispose();
            _context.Dispose();
        }
    }
}
