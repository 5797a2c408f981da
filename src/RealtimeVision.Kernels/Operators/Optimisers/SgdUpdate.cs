using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A step of stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et
/// al. 2013): g = gradient + decay w; v = momentum v + g; w = w - rate v, or w - rate (g + momentum
/// v).
/// </summary>
/// <remarks>
/// Inputs and outputs are those of <see cref="OptimiserUpdate"/>; the memory is v, which is there
/// where the momentum is not 0, and starts with zeros.
/// </remarks>
/// <param name="Momentum">What is kept of the last step's velocity.</param>
/// <param name="Nesterov">True for Nesterov's momentum.</param>
/// <param name="WeightDecay">The weights' share of the gradient (L2 regularisation).</param>
public sealed record SgdUpdate(double Momentum = 0, bool Nesterov = false, double WeightDecay = 0)
    : OptimiserUpdate
{
    /// <inheritdoc/>
    public override int Memories => Momentum == 0 ? 0 : 1;

    private protected override UpdateNumbers Constants => new()
    {
        Decay1 = (float)Momentum, WeightDecay = (float)WeightDecay, Variant = Nesterov ? 1 : 0,
    };

    private protected override void Prepare(CpuBindings b)
    {
        if (Momentum == 0)
        {
            Prepare<Plain>(b);
        }
        else
        {
            Prepare<WithMomentum>(b);
        }
    }

    private protected override void Prepare(GpuBindings b)
    {
        if (Momentum == 0)
        {
            Prepare<Plain>(b);
        }
        else
        {
            Prepare<WithMomentum>(b);
        }
    }

    internal readonly struct Plain : IUpdateRule
    {
        public static int Memories => 0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Updated<TLanes> Step<TLanes>(
            TLanes weight, TLanes gradient, Memories<TLanes> before, UpdateNumbers n)
            where TLanes : struct, Functions.ILanes<TLanes>
        {
            var g = TLanes.MultiplyAdd(weight, TLanes.Broadcast(n.WeightDecay), gradient);
            return new(weight - (TLanes.Broadcast(n.LearningRate) * g), before);
        }
    }

    internal readonly struct WithMomentum : IUpdateRule
    {
        public static int Memories => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Updated<TLanes> Step<TLanes>(
            TLanes weight, TLanes gradient, Memories<TLanes> before, UpdateNumbers n)
            where TLanes : struct, Functions.ILanes<TLanes>
        {
            var momentum = TLanes.Broadcast(n.Decay1);
            var g = TLanes.MultiplyAdd(weight, TLanes.Broadcast(n.WeightDecay), gradient);
            var velocity = TLanes.MultiplyAdd(momentum, before.First, g);
            var step = n.Variant != 0 ? TLanes.MultiplyAdd(momentum, velocity, g) : velocity;
            return new(
                weight - (TLanes.Broadcast(n.LearningRate) * step),
                before with { First = velocity });
        }
    }
}
