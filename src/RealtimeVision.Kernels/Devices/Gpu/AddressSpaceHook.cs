using ILGPU.Backends;
using ILGPU.IR;
using ILGPU.IR.Transformations;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// Tells global from local memory before a kernel is optimised. Without it, pointers are generic:
/// kernels then keep register arrays in local memory on CUDA, and do not build on OpenCL drivers
/// without a generic address space.
/// </summary>
internal struct AddressSpaceHook : IBackendHook
{
    public readonly void FinishedCodeGeneration(IRContext context, Method method)
    {
    }

    public readonly void InitializedKernelContext(IRContext context, Method method)
    {
        var builder = Transformer.CreateBuilder(TransformerConfiguration.Empty);
        builder.Add(new InferKernelAddressSpaces(MemoryAddressSpace.Global));
        builder.Add(new InferLocalAddressSpaces());
        builder.Add(new DeadCodeElimination());
        context.Transform(builder.ToTransformer());
    }

    public readonly void OptimizedKernelContext(IRContext context, Method method)
    {
    }
}
