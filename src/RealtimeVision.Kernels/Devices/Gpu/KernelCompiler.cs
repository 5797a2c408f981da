using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>The one way in which kernels are compiled, for a device that is present and for one that is not.</summary>
internal static class KernelCompiler
{
    /// <summary>A context with the settings that kernels need, and whatever <paramref name="devices"/> adds.</summary>
    public static Context CreateContext(Action<Context.Builder>? devices = null) => Context.Create(builder =>
    {
        devices?.Invoke(builder);
        builder.EnableAlgorithms().Optimize(OptimizationLevel.O1);
        GpuMath.Register(builder);
    });

    /// <summary>Compiles an explicitly grouped kernel.</summary>
    public static CompiledKernel Compile(Backend backend, MethodInfo kernel, int groupSize) => backend.Compile(
        EntryPointDescription.FromExplicitlyGroupedKernel(kernel),
        new KernelSpecialization(groupSize, null),
        default(AddressSpaceHook));
}
