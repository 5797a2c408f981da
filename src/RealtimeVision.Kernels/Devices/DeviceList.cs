using System.Reflection;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Devices;

/// <summary>A device that was found.</summary>
/// <param name="Id">How it is asked for: <c>cpu</c>, <c>cuda:0</c>, <c>opencl:0</c>, <c>ilgpu-cpu</c>.</param>
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
    /// All devices of this machine, those that cannot be used too, and drivers that are missing, with the reason.
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

        Probe(found, "cuda", Cuda, "no NVIDIA driver (libcuda.so.1) or no NVIDIA GPU");
        Probe(found, "opencl", OpenCl, "no OpenCL driver (libOpenCL.so.1 and an ICD)");
        found.Add(new DeviceInfo(
            "ilgpu-cpu", "ilgpu-cpu", "ILGPU's CPU accelerator", 0, "runs GPU kernels for debugging, slowly", null));
        return found;
    }

    /// <summary>
    /// Opens a device. <c>auto</c> takes the first CUDA device, else the first OpenCL device that is a GPU, else the CPU.
    /// </summary>
    /// <param name="id">
    /// <c>auto</c>, <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>opencl</c>, <c>opencl:0</c> or <c>ilgpu-cpu</c>.
    /// </param>
    /// <param name="threads">Threads of the CPU; null for one a core.</param>
    /// <param name="said">Is told what <c>auto</c> passed over, and why.</param>
    /// <exception cref="DeviceException">There is no such device, or it cannot be used; the message says why.</exception>
    public static Device Open(string id, int? threads = null, Action<string>? said = null)
    {
        string kind = id.Split(':')[0];
        int index = 0;
        if (id.Contains(':') && !int.TryParse(id[(id.IndexOf(':') + 1)..], out index))
        {
            throw new DeviceException($"'{id}' is no device: the part after ':' is a number from 0");
        }

        switch (kind)
        {
            case "cpu":
                return new CpuDevice(threads);
            case "auto":
                return OpenBest(threads, said);
            case "cuda":
                return OpenGpu(kind, index, Cuda);
            case "opencl":
                return OpenGpu(kind, index, OpenCl);
            case "ilgpu-cpu":
                return OpenGpu(kind, index, Debug);
            default:
                throw new DeviceException(
                    $"unknown device '{id}': it is auto, cpu, cuda[:N], opencl[:N] or ilgpu-cpu");
        }
    }

    private static Device OpenBest(int? threads, Action<string>? said)
    {
        foreach (var (kind, create) in new (string, Func<Context>)[] { ("cuda", Cuda), ("opencl", OpenCl) })
        {
            try
            {
                Context context = create();
                int index = context.Devices.ToList().FindIndex(
                    d => d is not CLDevice cl || cl.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU));
                if (index >= 0)
                {
                    return Create($"{kind}:{index}", context, context.Devices[index]);
                }

                context.Dispose();
            }
            catch (Exception e)
            {
                said?.Invoke($"{kind} cannot be used: {Cause(e)}");
            }
        }

        said?.Invoke("no GPU that can be used: running on the CPU");
        return new CpuDevice(threads);
    }

    private static GpuDevice OpenGpu(string kind, int index, Func<Context> create)
    {
        Context context;
        try
        {
            context = create();
        }
        catch (Exception e)
        {
            throw new DeviceException($"device '{kind}' cannot be used: {Cause(e)}", e);
        }

        if (index < 0 || index >= context.Devices.Length)
        {
            int count = context.Devices.Length;
            context.Dispose();
            throw new DeviceException($"there is no device '{kind}:{index}': {count} {kind} devices were found");
        }

        try
        {
            return Create(kind == "ilgpu-cpu" ? kind : $"{kind}:{index}", context, context.Devices[index]);
        }
        catch (Exception e)
        {
            context.Dispose();
            throw new DeviceException($"device '{kind}:{index}' cannot be used: {Cause(e)}", e);
        }
    }

    private static GpuDevice Create(string id, Context context, ILGPU.Runtime.Device device)
    {
        if (device is CLDevice cl)
        {
            AssumeGenericAddressSpace(cl);
        }

        return new GpuDevice(id, context, device);
    }

    private static void Probe(List<DeviceInfo> found, string kind, Func<Context> create, string whenNone)
    {
        try
        {
            using var context = create();
            if (context.Devices.Length == 0)
            {
                found.Add(new DeviceInfo(kind, kind, kind, 0, "", whenNone));
            }

            for (int i = 0; i < context.Devices.Length; i++)
            {
                var device = context.Devices[i];
                string? problem = null;
                try
                {
                    if (device is CLDevice cl)
                    {
                        AssumeGenericAddressSpace(cl);
                    }

                    using var accelerator = device.CreateAccelerator(context);
                }
                catch (Exception e)
                {
                    problem = Cause(e);
                }

                found.Add(new DeviceInfo(
                    $"{kind}:{i}",
                    kind,
                    device.Name,
                    device.MemorySize,
                    $"{device.NumMultiprocessors} multiprocessors, groups of {device.MaxNumThreadsPerGroup}",
                    problem));
            }
        }
        catch (Exception e)
        {
            found.Add(new DeviceInfo(kind, kind, kind, 0, "", $"{whenNone}: {Cause(e)}"));
        }
    }

    private static Context Cuda()
    {
        NativeLibraries.Register();
        return Only(
            AcceleratorType.Cuda,
            Context.Create(b => b.Cuda().EnableAlgorithms().Optimize(OptimizationLevel.O1)));
    }

    private static Context OpenCl()
    {
        NativeLibraries.Register();
        return Only(
            AcceleratorType.OpenCL,
            Context.Create(b => b.OpenCL(_ => true).EnableAlgorithms().Optimize(OptimizationLevel.O1)));
    }

    private static Context Debug() => Context.Create(
        b => b.CPU(CPUDeviceKind.Nvidia).EnableAlgorithms().Optimize(OptimizationLevel.O1));

    // ILGPU gives a context that would have no device its CPU accelerator.
    private static Context Only(AcceleratorType type, Context context)
    {
        if (context.Devices[0].AcceleratorType == type)
        {
            return context;
        }

        context.Dispose();
        throw new DeviceException($"ILGPU found no {type} device");
    }

    // ILGPU refuses OpenCL devices without a generic address space. Compiled with AddressSpaceHook, no kernel
    // of ours has a generic pointer, so the refusal is for nothing.
    private static void AssumeGenericAddressSpace(CLDevice device)
    {
        var property = typeof(CLCapabilityContext).GetProperty(
            nameof(CLCapabilityContext.GenericAddressSpace), BindingFlags.Public | BindingFlags.Instance)!;
        property.GetSetMethod(nonPublic: true)!.Invoke(device.Capabilities, [true]);
    }

    private static string Cause(Exception e) =>
        (e is TargetInvocationException or TypeInitializationException ? e.InnerException ?? e : e).Message;
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
