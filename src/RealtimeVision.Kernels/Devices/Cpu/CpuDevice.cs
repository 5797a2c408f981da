using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>The CPU: SIMD kernels on a persistent team of threads.</summary>
public sealed class CpuDevice : Device
{
    /// <summary>Starts the thread team.</summary>
    /// <param name="threads">Threads that work, the caller's among them; null for one a
    /// core.</param>
    /// <param name="width">Vector width; null for the widest that the hardware has.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not in 1 to
    /// 256.</exception>
    /// <exception cref="NotSupportedException">The hardware has not that vector width.</exception>
    public CpuDevice(int? threads = null, VectorWidth? width = null)
    {
        int count = threads ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count, nameof(threads));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 256, nameof(threads));
        Width = width ?? WidestSupported;
        if (Width > WidestSupported)
        {
            throw new NotSupportedException($"this CPU's widest vectors are {WidestSupported}, not {Width}");
        }

        Team = new ThreadTeam(count);
    }

    /// <summary>The widest vectors of this machine.</summary>
    public static VectorWidth WidestSupported =>
        Vector512.IsHardwareAccelerated ? VectorWidth.Vector512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Vector256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Vector128
        : VectorWidth.Scalar;

    /// <inheritdoc/>
    public override string Id => "cpu";

    /// <inheritdoc/>
    public override string Description =>
        $"{RuntimeInformation.ProcessArchitecture}, {Width}, {Threads} thread{(Threads == 1 ? "" : "s")}";

    /// <summary>Vector width that kernels use.</summary>
    public VectorWidth Width { get; }

    /// <summary>Threads that work, the caller's among them.</summary>
    public int Threads => Team.Threads;

    /// <summary>The threads.</summary>
    public ThreadTeam Team { get; }

    /// <inheritdoc/>
    public override bool CanRun(Operator op) => op is ICpuOperator;

    /// <inheritdoc/>
    public override DeviceMemory Allocate(long bytes) => new CpuMemory(bytes);

    /// <inheritdoc/>
    public override DeviceTensor CreateTensor(TensorType type) => new CpuTensor(type);

    /// <inheritdoc/>
    public override PreparedNode Prepare(
        Node node,
        Func<Value, DeviceTensor> tensorOf,
        ConstantStore constants,
        Precision precision = Precision.Fast)
    {
        if (node.Operator is not ICpuOperator op)
        {
            throw new NotSupportedException($"{node}: no CPU kernel");
        }

        var bindings = new CpuBindings(this, node, tensorOf, constants, precision);
        op.Prepare(bindings);
        return bindings.Prepared();
    }

    /// <inheritdoc/>
    public override Step PrepareCopy(DeviceTensor source, DeviceTensor destination) => new CopyStep
    {
        Label = "Copy",
        Source = (CpuTensor)source,
        Destination = (CpuTensor)destination,
    };

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<Step> steps)
    {
        foreach (var step in steps)
        {
            Team.Run((CpuStep)step);
        }
    }

    /// <inheritdoc/>
    public override void Synchronize()
    {
    }

    /// <inheritdoc/>
    public override void Upload(
        DeviceTensor tensor, ReadOnlySpan<byte> source, long offset = 0) =>
        source.CopyTo(((CpuTensor)tensor).Span[checked((int)offset)..]);

    /// <inheritdoc/>
    public override void Download(
        DeviceTensor tensor, Span<byte> destination, long offset = 0) =>
        ((CpuTensor)tensor).Span.Slice(checked((int)offset), destination.Length)
            .CopyTo(destination);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Team.Dispose();
        }
    }

    private sealed class CopyStep : CpuStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor Destination { get; init; }

        public override void Run(int piece, CpuWorker worker) => Source.Span.CopyTo(Destination.Span);
    }
}
