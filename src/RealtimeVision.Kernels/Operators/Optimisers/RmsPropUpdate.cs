using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A step of RMSprop (Tieleman and Hinton 2012): g = gradient + decay w; v = alpha v + (1 - alpha) g
/// g; w = w - rate g / (sqrt(v) + epsilon).
/// </summary>
/// <remarks>
/// Inputs and outputs are those of <see cref="OptimiserUpdate"/>; the memory is v, which starts with
/// zeros.
/// </remarks>
/// <param name="Alpha">What is kept of the mean of the gradients' squares.</param>
/// <param name="Epsilon">Added to the root, so that it is not 0.</param>
/// <param name="WeightDecay">The weights' share of the gradient (L2 regularisation).</param>
public sealed record RmsPropUpdate(
    double Alpha = 0.99, double Epsilon = 1e-8, double WeightDecay = 0)
    : OptimiserUpdate
{
    /// <inheritdoc/>
    public override int Memories => 1;

    private protected override UpdateNumbers Constants => new()
    {
        Decay1 = (float)Alpha, Rest1 = (float)(1 - Alpha), Epsilon = (float)Epsilon,
        WeightDecay = (float)WeightDecay,
    };

    private protected override void Prepare(CpuBindings b) => Prepare<Rule>(b);

    private protected override void Prepare(GpuBindings b) => Prepare<Rule>(b);

    internal readonly struct Rule : IUpdateRule
    {
        public static int Memories => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Updated<TLanes> Step<TLanes>(
            TLanes weight, TLanes gradient, TLanes memory1, TLanes memory2, UpdateNumbers n)
            where TLanes : struct, Functions.ILanes<TLanes>
        {
            var g = TLanes.MultiplyAdd(weight, TLanes.Broadcast(n.WeightDecay), gradient);
            var square = TLanes.MultiplyAdd(
                TLanes.Broadcast(n.Decay1), memory1, TLanes.Broadcast(n.Rest1) * g * g);
            var root = TLanes.Sqrt(square) + TLanes.Broadcast(n.Epsilon);
            return new(weight - (TLanes.Broadcast(n.LearningRate) * g / root), square, memory2);
        }
    }
}
