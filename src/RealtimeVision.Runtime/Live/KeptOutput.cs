using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// An output of a plan whose copies stay on the device, one for each of the results that are written
/// in turn.
/// </summary>
internal sealed class KeptOutput : IDisposable
{
    private readonly ExecutionPlan _plan;
    private readonly GpuDevice _device;
    private readonly MemoryBudget _budget;
    private readonly int _output;
    private readonly List<(object Result, DeviceImage Image)> _images = [];

    private KeptOutput(ExecutionPlan plan, int output, GpuDevice device, MemoryBudget budget) =>
        (_plan, _output, _device, _budget) = (plan, output, device, budget);

    /// <summary>Of an output that there is, where it is of use to anybody; null otherwise.</summary>
    public static KeptOutput? Of(ExecutionPlan plan, int output, ModelStores stores) =>
        output >= 0 && stores.Device is GpuDevice { CanShareWithOpenGl: true } device
            ? new KeptOutput(plan, output, device, stores.Memory) : null;

    /// <summary>Copies the last run's output; it is there when the device is next waited for.</summary>
    /// <param name="result">Whose picture it is.</param>
    /// <param name="rowLength">Pixels of the output's rows.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="part">The part of it that is the picture.</param>
    /// <param name="channels">Bytes a pixel.</param>
    public DeviceImage Keep(
        object result, int rowLength, int rows, PixelBox part, int channels = 1)
    {
        DeviceImage image = ImageOf(result);
        _plan.KeepOutput(_output, (long)rowLength * rows * channels, image.Buffer);
        image.Describe(rowLength, part, channels);
        return image;
    }

    public void Dispose()
    {
        foreach (var (_, image) in _images)
        {
            image.Buffer.Dispose();
        }

        _images.Clear();
    }

    private DeviceImage ImageOf(object result)
    {
        foreach (var (known, image) in _images)
        {
            if (ReferenceEquals(known, result))
            {
                return image;
            }
        }

        var made = new DeviceImage(
            new GpuBuffer(_device, _plan.Outputs[_output].Type.Bytes, _budget));
        _images.Add((result, made));
        return made;
    }
}
