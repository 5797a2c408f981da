using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>The CPU in the guise of a device that can be lost.</summary>
internal sealed class DyingDevice : Device
{
    private readonly CpuDevice _cpu = new(1);

    /// <summary>From now on nothing works.</summary>
    public bool IsDead { get; set; }

    public override string Id => "dying";

    public override string Description => "a device that dies";

    public override bool CanRun(Operator op) => _cpu.CanRun(op);

    public override DeviceMemory Allocate(long bytes) => Alive()._cpu.Allocate(bytes);

    public override DeviceTensor CreateTensor(TensorType type) => Alive()._cpu.CreateTensor(type);

    public override PreparedNode Prepare(
        Node node,
        Func<Value, DeviceTensor> tensorOf,
        ConstantStore constants,
        Precision precision = Precision.Fast) =>
        Alive()._cpu.Prepare(node, tensorOf, constants, precision);

    public override Step PrepareCopy(DeviceTensor source, DeviceTensor destination) =>
        Alive()._cpu.PrepareCopy(source, destination);

    public override void Run(ReadOnlySpan<Step> steps) => Alive()._cpu.Run(steps);

    public override void Synchronize() => Alive()._cpu.Synchronize();

    public override void Upload(
        DeviceTensor tensor, ReadOnlySpan<byte> source, long offset = 0) =>
        Alive()._cpu.Upload(tensor, source, offset);

    public override void Download(
        DeviceTensor tensor, Span<byte> destination, long offset = 0) =>
        Alive()._cpu.Download(tensor, destination, offset);

    protected override void Dispose(bool disposing) => _cpu.Dispose();

    private DyingDevice Alive() => !IsDead ? this
        : throw new InvalidOperationException("the device fell off the bus");
}
