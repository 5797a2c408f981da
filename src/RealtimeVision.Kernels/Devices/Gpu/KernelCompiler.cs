using System.Reflection;
using ILGPU;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// The one way in which kernels are compiled, for a device that is present and for one that is not.
/// </summary>
internal static class KernelCompiler
{
    /// <summary>
    /// A context with the settings that kernels need, and whatever <paramref name="devices"/> adds.
    /// </summary>
    public static Context CreateContext(Action<Context.Builder>? devices = null) => Context.Create(builder =>
    {
        devices?.Invoke(builder);
        builder.EnableAlgorithms().Optimize(OptimizationLevel.O1);
        GpuMath.Register(builder);
    });

    // Three quarters of the threads that 128 registers would allow on a multiprocessor with 65536
    // of them.
    private const int HotThreads = 384;

    /// <summary>Compiles an explicitly grouped kernel.</summary>
    /// <remarks>
    /// NVIDIA's assembler is told how many groups of a hot kernel have to fit on a multiprocessor.
    /// Left alone, it limits some tiles to 128 registers, and spills.
    /// </remarks>
    public static CompiledKernel Compile(Backend backend, MethodInfo kernel, int groupSize) => backend.Compile(
        EntryPointDescription.FromExplicitlyGroupedKernel(kernel),
        new KernelSpecialization(
            groupSize,
            kernel.IsDefined(typeof(HotKernelAttribute), false) ? Math.Max(HotThreads / groupSize, 1) : null),
        default(AddressSpaceHook));
}
