using ILGPU;
using ILGPU.Runtime.OpenCL;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Devices;

/// <summary>A device that was found, or a driver without one.</summary>
/// <param name="Id">How it is asked for: <c>cpu</c>, <c>cuda:0</c>, <c>opencl:0</c>,
/// <c>ilgpu-cpu</c>.</param>
/// <param name="Kind">cpu, cuda, opencl or ilgpu-cpu.</param>
/// <param name="Name">What its maker calls it.</param>
/// <param name="MemoryBytes">Its memory.</param>
/// <param name="Detail">Version, cores, and what else matters.</param>
/// <param name="Problem">Why it cannot be used; null where it can.</param>
public sealed record DeviceInfo(
    string Id, string Kind, string Name, long MemoryBytes, string Detail, string? Problem);

/// <summary>Finds devices and opens them.</summary>
public static class DeviceList
{
    /// <summary>
    /// All devices of this machine, those that cannot be used too, and drivers that have none, with
    /// the reason.
    /// </summary>
    public static IReadOnlyList<DeviceInfo> Find()
    {
        var found = new List<DeviceInfo>();
        using (var cpu = new CpuDevice())
        {
            found.Add(new DeviceInfo(
                "cpu",
                "cpu",
                cpu.Description,
                GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
                $"{Environment.ProcessorCount} cores",
                null));
        }

        AddDevices(found, GpuDriver.Cuda);
        AddDevices(found, GpuDriver.OpenCl);
        found.Add(new DeviceInfo(
            "ilgpu-cpu", "ilgpu-cpu", "ILGPU's CPU accelerator", 0, "runs GPU kernels for debugging, slowly", null));
        return found;
    }

    /// <summary>
    /// Opens a device. <c>auto</c> takes the first CUDA device, else the first OpenCL device that
    /// is a GPU, else the CPU.
    /// </summary>
    /// <param name="id">
    /// <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>opencl</c>, <c>opencl:0</c> or
    /// <c>ilgpu-cpu</c>.
    /// </param>
    /// <param name="threads">Threads of the CPU; null for one a core.</param>
    /// <param name="said">Is told what <c>auto</c> passed over, and why.</param>
    /// <exception cref="DeviceException">There is no such device, or it cannot be used; the message
    /// says why.</exception>
    public static Device Open(string id, int? threads = null, Action<string>? said = null)
    {
        ArgumentNullException.ThrowIfNull(id);
        int colon = id.IndexOf(':');
        string kind = colon < 0 ? id : id[..colon];
        int index = 0;
        if (colon >= 0 && (kind is not ("cuda" or "opencl") || !int.TryParse(id[(colon + 1)..], out index)))
        {
            throw new DeviceException(
                kind is "cpu" or "auto" or "ilgpu-cpu" ? $"'{id}' is no device: '{kind}' takes no number"
                : kind is "cuda" or "opencl" ? $"'{id}' is no device: the part after ':' is a number from 0"
                : Unknown(id));
        }

        return kind switch
        {
            "cpu" => new CpuDevice(threads),
            "auto" => OpenBest(threads, said),
            "cuda" => OpenGpu(GpuDriver.Cuda, index),
            "opencl" => OpenGpu(GpuDriver.OpenCl, index),
            "ilgpu-cpu" => OpenGpu(GpuDriver.Debug, index),
            _ => throw new DeviceException(Unknown(id)),
        };
    }

    private static string Unknown(string id) =>
        $"unknown device '{id}': it is auto, cpu, cuda[:N], opencl[:N] or ilgpu-cpu";

    private static Device OpenBest(int? threads, Action<string>? said)
    {
        foreach (var driver in new[] { GpuDriver.Cuda, GpuDriver.OpenCl })
        {
            try
            {
                int index = FirstGpu(driver, said);
                if (index >= 0)
                {
                    return OpenGpu(driver, index);
                }
            }
            catch (DeviceException e)
            {
                said?.Invoke($"{driver.Kind}: {e.Message}");
            }
        }

        said?.Invoke("no GPU that can be used: running on the CPU");
        return new CpuDevice(threads);
    }

    private static int FirstGpu(GpuDriver driver, Action<string>? said)
    {
        using var context = driver.CreateContext();
        for (int i = 0; i < context.Devices.Length; i++)
        {
            if (context.Devices[i] is CLDevice openCl
                && !openCl.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU))
            {
                said?.Invoke($"{driver.NameOf(i)}: {openCl.Name} is no GPU");
                continue;
            }

            return i;
        }

        return -1;
    }

    private static GpuDevice OpenGpu(GpuDriver driver, int index)
    {
        Context context;
        try
        {
            context = driver.CreateContext();
        }
        catch (DeviceException e)
        {
            throw new DeviceException($"device '{driver.NameOf(index)}' cannot be used: {e.Message}", e);
        }

        try
        {
            if (index < 0 || index >= context.Devices.Length)
            {
                throw new DeviceException(
                    $"there is no device '{driver.NameOf(index)}': {context.Devices.Length} found, numbered from 0");
            }

            return driver.Open(context, index);
        }
        catch (Exception e)
        {
            context.Dispose();
            throw e as DeviceException ?? new DeviceException(
                $"device '{driver.NameOf(index)}' cannot be used: {e.GetBaseException().Message}", e);
        }
    }

    private static void AddDevices(List<DeviceInfo> found, GpuDriver driver)
    {
        int count = 1;
        for (int i = 0; i < count; i++)
        {
            // A context each: opening a device takes over its context.
            Context context;
            try
            {
                context = driver.CreateContext();
            }
            catch (DeviceException e)
            {
                found.Add(new DeviceInfo(driver.Kind, driver.Kind, driver.Kind, 0, "", e.Message));
                return;
            }

            count = context.Devices.Length;
            var device = context.Devices[i];
            string? problem = null;
            try
            {
                driver.Open(context, i).Dispose();
            }
            catch (Exception e)
            {
                problem = e.GetBaseException().Message;
                context.Dispose();
            }

            found.Add(new DeviceInfo(
                driver.NameOf(i),
                driver.Kind,
                device.Name,
                device.MemorySize,
                $"{device.NumMultiprocessors} multiprocessors, groups of {device.MaxNumThreadsPerGroup}",
                problem));
        }
    }
}

/// <summary>A device that was asked for is not there or cannot be used.</summary>
public sealed class DeviceException : Exception
{
    /// <summary>Makes the error.</summary>
    public DeviceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
