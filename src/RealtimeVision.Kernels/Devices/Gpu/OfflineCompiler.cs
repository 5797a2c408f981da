using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Compiles kernels to the text that a driver is given, where there is no device and no driver.
/// </summary>
internal sealed class OfflineCompiler : IDisposable
{
    private readonly Context _context;
    private readonly Backend _backend;

    private OfflineCompiler(Context context, Backend backend)
    {
        _context = context;
        _backend = backend;
    }

    /// <summary>To PTX for a CUDA architecture: 8, 0 for sm_80.</summary>
    public static OfflineCompiler Cuda(int major, int minor)
    {
        var architecture = new CudaArchitecture(major, minor);
        var capabilities = new CudaCapabilityContext(architecture);
        DeviceCapabilities.SetTarget(capabilities, architecture);
        var context = KernelCompiler.CreateContext();
        // PTX 7.8 is the first that knows sm_90, and the last that the assembler of CUDA 11.8
        // reads.
        return new OfflineCompiler(context, new PTXBackend(
            context, capabilities, architecture, CudaInstructionSet.ISA_78, null));
    }

    /// <summary>To OpenCL C 2.0 without optional features.</summary>
    public static OfflineCompiler OpenCl()
    {
        var context = KernelCompiler.CreateContext();
        return new OfflineCompiler(context, new CLBackend(
            context, DeviceCapabilities.PlainOpenCl(), CLDeviceVendor.Other, CLCVersion.CL20));
    }

    /// <summary>The kernel's text.</summary>
    /// <param name="kernel">An explicitly grouped static method, its type arguments given.</param>
    /// <param name="groupSize">Threads of a group.</param>
    public string Compile(MethodInfo kernel, int groupSize) =>
        KernelCompiler.Compile(_backend, kernel, groupSize) switch
        {
            PTXCompiledKernel ptx => ptx.PTXAssembly,
            CLCompiledKernel openCl => openCl.Source,
            var other => throw new NotSupportedException(other.GetType().Name),
        };

    /// <summary>Releases the compiler.</summary>
    public void Dispose()
    {
        _backend.Dispose();
        _context.Dispose();
    }
}
