using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>
/// The devices that tests run on: the CPU at every width that the machine has, every CUDA and
/// OpenCL device present, and ILGPU's CPU accelerator for tiny shapes. Opened once, kept until the
/// test program ends.
/// </summary>
public static class TestDevices
{
    private static readonly Dictionary<string, Device> Open = [];

    /// <summary>Names of the CPU at all its widths.</summary>
    public static IEnumerable<string> CpuWidths =>
        Enum.GetValues<VectorWidth>().Where(w => w <= CpuDevice.WidestSupported).Select(w => $"cpu-{w}");

    /// <summary>Names of the GPU devices present.</summary>
    public static IEnumerable<string> Gpus { get; } = [.. DeviceList.Find()
        .Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null).Select(d => d.Id)];

    /// <summary>All but ILGPU's CPU accelerator.</summary>
    public static IEnumerable<string> All => CpuWidths.Concat(Gpus);

    /// <summary>All, ILGPU's CPU accelerator too: for tiny shapes.</summary>
    public static IEnumerable<string> AllAndDebug => All.Append("ilgpu-cpu");

    public static Device Get(string name)
    {
        lock (Open)
        {
            if (!Open.TryGetValue(name, out var device))
            {
                device = name.StartsWith("cpu-", StringComparison.Ordinal)
                    ? new CpuDevice(2, Enum.Parse<VectorWidth>(name[4..]))
                    : DeviceList.Open(name);
                Open.Add(name, device);
            }

            return device;
        }
    }
}
