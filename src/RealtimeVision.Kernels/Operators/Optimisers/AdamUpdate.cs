using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019): m = beta1 m + (1 -
/// beta1) g; v = beta2 v + (1 - beta2) g g; w = w - rate (m / c1) / (sqrt(v / c2) + epsilon).
/// </summary>
/// <remarks>
/// Inputs and outputs are those of <see cref="OptimiserUpdate"/>; the memory is m and v, which start
/// with zeros; the numbers are c1 = 1 - beta1^t and c2 = 1 - beta2^t of step t, counted from 1. They
/// are best kept from step to step as c = beta c + (1 - beta), which loses no digits.
/// </remarks>
/// <param name="Beta1">What is kept of the mean of the gradients.</param>
/// <param name="Beta2">What is kept of the mean of their squares.</param>
/// <param name="Epsilon">Added to the root, so that it is not 0.</param>
/// <param name="WeightDecay">The weights' share of the gradient, or of the step.</param>
/// <param name="IsDecoupled">
/// True for AdamW, whose weights shrink by rate times the decay beside the step.
/// </param>
public sealed record AdamUpdate(
    double Beta1 = 0.9, double Beta2 = 0.999, double Epsilon = 1e-8, double WeightDecay = 0,
    bool IsDecoupled = false)
    : OptimiserUpdate
{
    /// <inheritdoc/>
    public override int Memories => 2;

    /// <inheritdoc/>
    public override int Numbers => 2;

    private protected override UpdateNumbers Constants => new()
    {
        Decay1 = (float)Beta1, Rest1 = (float)(1 - Beta1), Decay2 = (float)Beta2,
        Rest2 = (float)(1 - Beta2), Epsilon = (float)Epsilon, WeightDecay = (float)WeightDecay,
        Variant = IsDecoupled ? 1 : 0,
    };

    private protected override void Prepare(CpuBindings b) => Prepare<Rule>(b);

    private protected override void Prepare(GpuBindings b) => Prepare<Rule>(b);

    internal readonly struct Rule : IUpdateRule
    {
        public static int Memories => 2;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Updated<TLanes> Step<TLanes>(
            TLanes weight, TLanes gradient, Memories<TLanes> before, UpdateNumbers n)
            where TLanes : struct, Functions.ILanes<TLanes>
        {
            var g = gradient;
            if (n.Variant != 0)
            {
                weight -= TLanes.Broadcast(n.LearningRate * n.WeightDecay) * weight;
            }
            else
            {
                g = TLanes.MultiplyAdd(weight, TLanes.Broadcast(n.WeightDecay), g);
            }

            var mean = TLanes.MultiplyAdd(
                TLanes.Broadcast(n.Decay1), before.First, TLanes.Broadcast(n.Rest1) * g);
            var square = TLanes.MultiplyAdd(
                TLanes.Broadcast(n.Decay2), before.Second, TLanes.Broadcast(n.Rest2) * g * g);
            var root = TLanes.Sqrt(square / TLanes.Broadcast(n.Number2))
                + TLanes.Broadcast(n.Epsilon);
            var step = TLanes.Broadcast(n.LearningRate / n.Number1) * mean / root;
            return new(weight - step, before with { First = mean, Second = square });
        }
    }
}
