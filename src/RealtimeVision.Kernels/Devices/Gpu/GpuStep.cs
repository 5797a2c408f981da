using ILGPU.Runtime;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>A kernel launch, or a copy, on a stream.</summary>
public sealed class GpuStep : Step
{
    /// <summary>Queues the work; allocates nothing.</summary>
    public required Action<AcceleratorStream> Launch { get; init; }
}

/// <summary>An operator that runs on a GPU through ILGPU.</summary>
public interface IGpuOperator
{
    /// <summary>Chooses and compiles kernels, adds steps.</summary>
    void Prepare(GpuBindings bindings);
}
