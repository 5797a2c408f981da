using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>What a GPU operator is given to prepare itself.</summary>
public sealed class GpuBindings : Bindings<GpuTensor>
{
    internal GpuBindings(
        GpuDevice device,
        Node node,
        Func<Value, DeviceTensor> tensorOf,
        ConstantStore constants,
        Precision precision)
        : base(node, tensorOf, constants, precision) => Device = device;

    /// <summary>The device.</summary>
    public GpuDevice Device { get; }

    /// <summary>Compiles a kernel, once a device, and gives what launches it.</summary>
    /// <typeparam name="TLauncher"> <c>Action&lt;AcceleratorStream, KernelConfig, ...&gt;</c> with
    /// the kernel's parameters after the two. </typeparam>
    /// <param name="kernel">The kernel, an explicitly grouped static method.</param>
    /// <param name="groupSize">Threads of a group that it is launched with.</param>
    public TLauncher Load<TLauncher>(Delegate kernel, int groupSize)
        where TLauncher : Delegate => Device.Kernels.Load<TLauncher>(kernel.Method, groupSize);

    /// <summary>
    /// Compiles a kernel that is generic over a chain (its last type parameter), once a device and
    /// chain.
    /// </summary>
    /// <typeparam name="TLauncher">As for the other overload.</typeparam>
    /// <param name="kernel">The kernel with any chain, say <see cref="EndOfChain"/>.</param>
    /// <param name="chain">The chain to compile it with.</param>
    /// <param name="groupSize">Threads of a group that it is launched with.</param>
    /// <param name="types">
    /// Compile-time choices, such as tile sizes: what replaces the kernel's first type arguments.
    /// </param>
    public TLauncher Load<TLauncher>(
        Delegate kernel, PointwiseChain chain, int groupSize, params ReadOnlySpan<Type> types)
        where TLauncher : Delegate
    {
        var arguments = kernel.Method.GetGenericArguments();
        types.CopyTo(arguments);
        arguments[^1] = GpuChain.TypeOf(chain);
        var method = kernel.Method.GetGenericMethodDefinition().MakeGenericMethod(arguments);
        return Device.Kernels.Load<TLauncher>(method, groupSize);
    }

    /// <summary>Adds a step that queues <paramref name="launch"/>.</summary>
    public void Add(string label, Action<AcceleratorStream> launch) =>
        Add(new GpuStep { Label = label, Launch = launch });

    /// <summary>
    /// Groups of <paramref name="groupSize"/> threads, at least one thread an item.
    /// </summary>
    public static KernelConfig Cover(long items, int groupSize) =>
        new(checked((int)((items + groupSize - 1) / groupSize)), groupSize);

    private protected override GpuTensor CreateTensor(TensorType type) => new(type);
}
