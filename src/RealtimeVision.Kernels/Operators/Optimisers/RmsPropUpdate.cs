using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A step of RMSprop (Tieleman and Hinton 2012): g = gradient + decay w; v = alpha v + (1 - alpha) g
/// g; w = w - rate g / (sqrt(v) + epsilon).
/// </summary>
/// <remarks>
/// Inputs and outputs are those of <see cref="OptimiserUpdate"/>; the memory is v, then m where it is
/// centred, then u where the momentum is not 0; all start with zeros. Centred (Graves 2013), m = alpha
/// m + (1 - alpha) g and sqrt(v - m m) divides, the gradient's deviation. With momentum, u = momentum
/// u + g / (sqrt(v) + epsilon) and w = w - rate u, as in PyTorch: the learning rate is not in u.
/// </remarks>
/// <param name="Alpha">What is kept of the mean of the gradients' squares.</param>
/// <param name="Epsilon">Added to the root, so that it is not 0.</param>
/// <param name="WeightDecay">The weights' share of the gradient (L2 regularisation).</param>
/// <param name="Momentum">What is kept of the last step's direction.</param>
/// <param name="IsCentred">True to divide by the deviation of the gradients.</param>
public sealed record RmsPropUpdate(
    double Alpha = 0.99, double Epsilon = 1e-8, double WeightDecay = 0, double Momentum = 0,
    bool IsCentred = false)
    : OptimiserUpdate
{
    /// <inheritdoc/>
    public override int Memories => 1 + (IsCentred ? 1 : 0) + (Momentum == 0 ? 0 : 1);

    private protected override UpdateNumbers Constants => new()
    {
        Decay1 = (float)Alpha, Rest1 = (float)(1 - Alpha), Decay2 = (float)Momentum,
        Epsilon = (float)Epsilon, WeightDecay = (float)WeightDecay,
    };

    private protected override void Prepare(CpuBindings b)
    {
        switch (IsCentred, Momentum != 0)
        {
            case (false, false):
                Prepare<Rule<Plain>>(b);
                break;
            case (true, false):
                Prepare<Rule<Centred>>(b);
                break;
            case (false, true):
                Prepare<Rule<WithMomentum>>(b);
                break;
            case (true, true):
                Prepare<Rule<CentredWithMomentum>>(b);
                break;
        }
    }

    private protected override void Prepare(GpuBindings b)
    {
        switch (IsCentred, Momentum != 0)
        {
            case (false, false):
                Prepare<Rule<Plain>>(b);
                break;
            case (true, false):
                Prepare<Rule<Centred>>(b);
                break;
            case (false, true):
                Prepare<Rule<WithMomentum>>(b);
                break;
            case (true, true):
                Prepare<Rule<CentredWithMomentum>>(b);
                break;
        }
    }

    /// <summary>What the step does, as constants of its code.</summary>
    internal interface IForm
    {
        static abstract bool IsCentred { get; }

        static abstract bool HasMomentum { get; }
    }

    internal readonly struct Plain : IForm
    {
        public static bool IsCentred => false;

        public static bool HasMomentum => false;
    }

    internal readonly struct Centred : IForm
    {
        public static bool IsCentred => true;

        public static bool HasMomentum => false;
    }

    internal readonly struct WithMomentum : IForm
    {
        public static bool IsCentred => false;

        public static bool HasMomentum => true;
    }

    internal readonly struct CentredWithMomentum : IForm
    {
        public static bool IsCentred => true;

        public static bool HasMomentum => true;
    }

    internal readonly struct Rule<TForm> : IUpdateRule
        where TForm : struct, IForm
    {
        public static int Memories => 1 + (TForm.IsCentred ? 1 : 0) + (TForm.HasMomentum ? 1 : 0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Updated<TLanes> Step<TLanes>(
            TLanes weight, TLanes gradient, Memories<TLanes> before, UpdateNumbers n)
            where TLanes : struct, Functions.ILanes<TLanes>
        {
            var g = TLanes.MultiplyAdd(weight, TLanes.Broadcast(n.WeightDecay), gradient);
            var square = TLanes.MultiplyAdd(
                TLanes.Broadcast(n.Decay1), before.First, TLanes.Broadcast(n.Rest1) * g * g);
            var variance = square;
            var (mean, velocity) = (before.Second, before.Second);
            if (TForm.IsCentred)
            {
                mean = TLanes.MultiplyAdd(
                    TLanes.Broadcast(n.Decay1), mean, TLanes.Broadcast(n.Rest1) * g);
                velocity = before.Third;

                // Rounding may leave less than nothing.
                variance = TLanes.AtLeast(TLanes.Broadcast(0f), square - (mean * mean));
            }

            var step = g / (TLanes.Sqrt(variance) + TLanes.Broadcast(n.Epsilon));
            if (TForm.HasMomentum)
            {
                step = TLanes.MultiplyAdd(TLanes.Broadcast(n.Decay2), velocity, step);
                velocity = step;
            }

            return new(
                weight - (TLanes.Broadcast(n.LearningRate) * step),
                TForm.IsCentred ? new(square, mean, velocity) : new(square, velocity, velocity));
        }
    }
}
