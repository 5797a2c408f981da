using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices;

/// <summary>
/// What runs operators: the CPU, or a GPU through ILGPU. The rest of the system knows only this
/// class; it prepares nodes, gives their tensors memory, and runs the steps that came of it.
/// </summary>
/// <remarks>One thread at a time runs steps on a device; preparing may go on beside it.</remarks>
public abstract class Device : IDisposable
{
    /// <summary>Alignment of every tensor in memory, in bytes.</summary>
    public const int Alignment = 256;

    /// <summary>
    /// How the device is asked for: <c>cpu</c>, <c>cuda:0</c>, <c>opencl:0</c>, <c>ilgpu-cpu</c>.
    /// </summary>
    public abstract string Id { get; }

    /// <summary>What a person calls it: the maker's name and what matters of it.</summary>
    public abstract string Description { get; }

    /// <summary>True where the operator has kernels for this device's execution model.</summary>
    public abstract bool CanRun(Operator op);

    /// <summary>Reserves memory, set to zero.</summary>
    /// <exception cref="OutOfMemoryException">The device has not that much left.</exception>
    public abstract DeviceMemory Allocate(long bytes);

    /// <summary>A tensor without memory; <see cref="DeviceTensor.Bind"/> gives it some.</summary>
    public abstract DeviceTensor CreateTensor(TensorType type);

    /// <summary>
    /// Chooses kernels for a node, compiles them and packs its constant weights. Tensors need no
    /// memory yet.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="tensorOf">The tensor of a value that is no constant.</param>
    /// <param name="constants">Where constants in the form that kernels want are kept.</param>
    /// <param name="precision">How far results may be from plain arithmetic.</param>
    /// <exception cref="NotSupportedException">The operator has no kernel here.</exception>
    public abstract PreparedNode Prepare(
        Node node,
        Func<Value, DeviceTensor> tensorOf,
        ConstantStore constants,
        Precision precision = Precision.Fast);

    /// <summary>A step that copies a tensor to another of as many bytes.</summary>
    public abstract Step PrepareCopy(DeviceTensor source, DeviceTensor destination);

    /// <summary>Runs steps in order; on a GPU it only queues them.</summary>
    public abstract void Run(ReadOnlySpan<Step> steps);

    /// <summary>Waits until everything queued is done.</summary>
    public abstract void Synchronize();

    /// <summary>
    /// Copies from the host, after what is queued; the source may be reused at once.
    /// </summary>
    /// <param name="tensor">Where to.</param>
    /// <param name="source">What to copy.</param>
    /// <param name="offset">Bytes of the tensor before the first that is written.</param>
    public abstract void Upload(DeviceTensor tensor, ReadOnlySpan<byte> source, long offset = 0);

    /// <summary>
    /// Waits for what is queued and copies to the host, as many bytes as asked for.
    /// </summary>
    /// <param name="tensor">Where from.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="offset">Bytes of the tensor before the first that is read.</param>
    public abstract void Download(DeviceTensor tensor, Span<byte> destination, long offset = 0);

    /// <summary>
    /// Lets the device move an array's bytes by itself where they are uploaded or downloaded often:
    /// page-locks it and tells the driver. Any thread may ask.
    /// </summary>
    /// <param name="array">An array that was allocated pinned, and stays alive.</param>
    /// <returns>
    /// What ends it, to be released before the device; null where nothing is gained.
    /// </returns>
    public virtual IDisposable? Pin(byte[] array) => null;

    /// <summary>Releases the device. Memory and plans made on it must be released before.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the device holds.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>A block of a device's memory.</summary>
public abstract class DeviceMemory : IDisposable
{
    /// <summary>Size in bytes.</summary>
    public abstract long Bytes { get; }

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();
}

/// <summary>A tensor in a device's memory: type, and an address once it is bound.</summary>
public abstract class DeviceTensor
{
    private protected DeviceTensor(TensorType type) => Type = type;

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; }

    /// <summary>
    /// Gives the tensor the memory at <paramref name="offset"/> bytes of <paramref name="memory"/>.
    /// </summary>
    public abstract void Bind(DeviceMemory memory, long offset);
}

/// <summary>
/// One unit of a plan: a kernel launch, or pieces of work for the thread team. It knows where its
/// tensors are once they are bound, and allocates nothing when it runs.
/// </summary>
public abstract class Step
{
    /// <summary>The algorithm: <c>Conv2D WinogradF4</c>.</summary>
    public string Label { get; init; } = "";
}

/// <summary>What preparing a node gave.</summary>
/// <param name="Steps">What to run, in order; none where the node needs no work.</param>
/// <param name="Scratch">Tensors that need memory while the steps run, and not before or
/// after.</param>
public sealed record PreparedNode(IReadOnlyList<Step> Steps, IReadOnlyList<DeviceTensor> Scratch);
