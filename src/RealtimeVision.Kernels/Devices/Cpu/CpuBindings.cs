using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>Writes a tensor of floats in another order.</summary>
public unsafe delegate void PackFunction(float* source, float* destination);

/// <summary>What a CPU operator is given to prepare itself.</summary>
public sealed unsafe class CpuBindings : Bindings<CpuTensor>
{
    internal CpuBindings(
        CpuDevice device,
        Node node,
        Func<Value, DeviceTensor> tensorOf,
        ConstantStore constants,
        Precision precision)
        : base(node, tensorOf, constants, precision) => Device = device;

    /// <summary>The device.</summary>
    public CpuDevice Device { get; }

    /// <summary>Vector width to use.</summary>
    public VectorWidth Width => Device.Width;

    /// <summary>
    /// An input's floats in the order that kernels want: packed once where the input is constant,
    /// else by a step before the next one added.
    /// </summary>
    /// <param name="input">Which input.</param>
    /// <param name="key">Names the order, with everything that it depends on.</param>
    /// <param name="count">Floats of the packed tensor; those that <paramref name="pack"/> leaves
    /// are zero.</param>
    /// <param name="pack">Writes them.</param>
    public CpuTensor Packed(int input, string key, long count, PackFunction pack)
    {
        var type = TensorType.Float(checked((int)count));
        if (ConstantOf(input) is { } variable)
        {
            return (CpuTensor)Constants.GetOrAdd(variable, key, type, tensor =>
            {
                fixed (byte* source = variable.Data)
                {
                    pack((float*)source, ((CpuTensor)tensor).Floats);
                }
            });
        }

        var packed = Scratch(type);
        Add(new PackStep { Label = "Pack", Source = Input(input), Destination = packed, Pack = pack });
        return packed;
    }

    /// <summary>Asks for at least so many floats in <see cref="CpuWorker.Scratch"/>.</summary>
    public void ReserveWorkerScratch(long floats) => Device.Team.ReserveScratch(floats);

    private protected override CpuTensor CreateTensor(TensorType type) => new(type);

    private sealed class PackStep : CpuStep
    {
        public required CpuTensor Source { get; init; }

        public required CpuTensor Destination { get; init; }

        public required PackFunction Pack { get; init; }

        public override void Run(int piece, CpuWorker worker)
        {
            Destination.Span.Clear();
            Pack(Source.Floats, Destination.Floats);
        }
    }
}
