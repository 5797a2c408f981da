using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>Arithmetic that ILGPU has no name for.</summary>
internal static class GpuMath
{
    /// <summary>
    /// <c>x * y + z</c>, rounded once where the hardware can. ILGPU writes OpenCL one operation a
    /// statement, and a compiler may fuse within a statement only.
    /// </summary>
    [IntrinsicImplementation]
    public static float MultiplyAdd(float x, float y, float z) => (x * y) + z;

    /// <summary>Tells a context's compilers about the functions of this class.</summary>
    public static void Register(Context.Builder builder)
    {
        var manager = builder.GetIntrinsicManager();
        var method = typeof(GpuMath).GetMethod(nameof(MultiplyAdd))!;
        manager.RegisterMethod(method, new CLIntrinsic(
            typeof(GpuMath), nameof(GenerateOpenCl), IntrinsicImplementationMode.GenerateCode));
        manager.RegisterMethod(method, new PTXIntrinsic(
            typeof(GpuMath), nameof(GeneratePtx), IntrinsicImplementationMode.GenerateCode));
    }

    // mad() and not fma(), which is slow software where the hardware has none.
    private static void GenerateOpenCl(CLBackend backend, CLCodeGenerator generator, Value value)
    {
        var (x, y, z) = (generator.Load(value[0]), generator.Load(value[1]), generator.Load(value[2]));
        using var statement = generator.BeginStatement(generator.Allocate(value));
        statement.AppendCommand("mad");
        statement.BeginArguments();
        statement.AppendArgument(x);
        statement.AppendArgument(y);
        statement.AppendArgument(z);
        statement.EndArguments();
    }

    private static void GeneratePtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var x = generator.LoadPrimitive(value[0]);
        var y = generator.LoadPrimitive(value[1]);
        var z = generator.LoadPrimitive(value[2]);
        var target = generator.AllocateHardware(value);
        using var command = generator.BeginCommand("fma.rn.f32");
        command.AppendArgument(target);
        command.AppendArgument(x);
        command.AppendArgument(y);
        command.AppendArgument(z);
    }
}
