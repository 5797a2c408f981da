using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// One of the drivers that ILGPU reaches devices through. ILGPU swallows every reason for there
/// being no device, so the driver is asked directly before ILGPU is.
/// </summary>
/// <param name="Kind">The first part of its devices' names: cuda, opencl, ilgpu-cpu.</param>
/// <param name="Type">ILGPU's name for them.</param>
/// <param name="Problem">Says why there is no device to use; null where there is one.</param>
/// <param name="Select">Adds its devices to a context.</param>
internal sealed record GpuDriver(
    string Kind, AcceleratorType Type, Func<string?> Problem, Action<Context.Builder> Select)
{
    /// <summary>NVIDIA's driver.</summary>
    public static GpuDriver Cuda { get; } = new(
        "cuda", AcceleratorType.Cuda, DriverProbe.CudaProblem, b => b.Cuda());

    /// <summary>
    /// Any OpenCL driver; ILGPU's own selection leaves out devices that run our kernels well.
    /// </summary>
    public static GpuDriver OpenCl { get; } = new(
        "opencl", AcceleratorType.OpenCL, DriverProbe.OpenClProblem, b => b.OpenCL(_ => true));

    /// <summary>
    /// ILGPU's CPU accelerator; its default kind allows groups of 16 threads only.
    /// </summary>
    public static GpuDriver Debug { get; } = new(
        "ilgpu-cpu", AcceleratorType.CPU, () => null, b => b.CPU(CPUDeviceKind.Nvidia));

    /// <summary>A context with all devices of the driver, at least one.</summary>
    /// <exception cref="DeviceException">There is none; the message says why.</exception>
    public Context CreateContext()
    {
        if (Problem() is { } problem)
        {
            throw new DeviceException(problem);
        }

        NativeLibraries.Register();
        Context? context = null;
        try
        {
            context = KernelCompiler.CreateContext(Select);
            // A context that would be empty is given ILGPU's CPU accelerator.
            if (context.Devices.Length > 0 && context.Devices[0].AcceleratorType == Type)
            {
                return context;
            }
        }
        catch (Exception e)
        {
            context?.Dispose();
            throw new DeviceException(e.GetBaseException().Message, e);
        }

        context.Dispose();
        throw new DeviceException($"ILGPU finds no {Kind} device that it can use");
    }

    /// <summary>Opens the device of that number; it owns the context from then on.</summary>
    public GpuDevice Open(Context context, int index)
    {
        var device = context.Devices[index];
        switch (device)
        {
            case CLDevice openCl:
                DeviceCapabilities.AssumeGenericAddressSpace(openCl);
                break;
            case CudaDevice cuda:
                DeviceCapabilities.TargetOwnArchitecture(cuda);
                break;
        }

        return new GpuDevice(NameOf(index), context, device);
    }

    /// <summary>How the device of that number is asked for.</summary>
    public string NameOf(int index) => Type == AcceleratorType.CPU ? Kind : $"{Kind}:{index}";
}
