using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Runtime.Execution;

public sealed partial class ExecutionPlan
{
    /// <summary>Copies an output of the last run.</summary>
    /// <exception cref="ArgumentException">The destination has another length than the
    /// output.</exception>
    /// <exception cref="InvalidOperationException">The plan is running.</exception>
    public void ReadOutput(int index, Span<byte> destination)
    {
        var port = Outputs[index];
        if (destination.Length != port.Type.Bytes)
        {
            throw new ArgumentException(
                $"output '{port.Name}' ({port.Type}) has {port.Type.Bytes} bytes, "
                + $"{destination.Length} were given");
        }

        Download(index, destination);
    }

    /// <summary>
    /// Copies a part of an output of the last run: of bytes of which an input said how many count.
    /// </summary>
    /// <param name="index">Which output.</param>
    /// <param name="destination">Gets as many bytes as it has.</param>
    /// <param name="offset">Bytes of the output before the part.</param>
    /// <exception cref="ArgumentException">The part ends after the output.</exception>
    /// <exception cref="InvalidOperationException">The plan is running.</exception>
    public void ReadOutputPart(int index, Span<byte> destination, long offset = 0)
    {
        var port = Outputs[index];
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset + destination.Length > port.Type.Bytes)
        {
            throw new ArgumentException(
                $"output '{port.Name}' ({port.Type}) has {port.Type.Bytes} bytes, "
                + $"{offset + destination.Length} were asked for");
        }

        Download(index, destination, offset);
    }

    /// <summary>An output of the last run, copied into a tensor of its own.</summary>
    public Tensor ReadOutput(int index)
    {
        var tensor = new Tensor(Outputs[index].Type);
        ReadOutput(index, tensor.Bytes);
        return tensor;
    }

    /// <summary>
    /// An output of the last run where it is, on the CPU: borrowed, valid until the next run.
    /// </summary>
    /// <exception cref="NotSupportedException">The plan's device is not the CPU.</exception>
    public ReadOnlySpan<byte> PeekOutput(int index) =>
        !_isDisposed && _outputs[index] is CpuTensor tensor
            ? tensor.Span
            : throw new NotSupportedException(
                $"outputs of device '{_device.Id}' cannot be seen from the host");

    /// <summary>
    /// Queues a copy of an output of the last run to where it outlasts the next one, on its device:
    /// done when that is next waited for, as reading an output does.
    /// </summary>
    /// <param name="index">Which output.</param>
    /// <param name="bytes">How many of its first bytes.</param>
    /// <param name="target">Where to, on the plan's device.</param>
    internal void KeepOutput(int index, long bytes, GpuBuffer target)
    {
        Enter();
        try
        {
            target.Device.Keep(_outputs[index], bytes, target);
        }
        finally
        {
            Leave();
        }
    }

    private void Download(int index, Span<byte> destination, long offset = 0)
    {
        Enter();
        try
        {
            _device.Download(_outputs[index], destination, offset);
        }
        finally
        {
            Leave();
        }
    }
}
