using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// How the gradient of a hidden unit's new state becomes that of its gates' sums and of the state
/// before, written once for all lanes.
/// </summary>
internal interface IRecurrentAdjoint
{
    /// <summary>Gates whose sums there are.</summary>
    static abstract int Gates { get; }

    /// <summary>
    /// True where the last gate's sum over h stays apart from that over the input, as a sum more.
    /// </summary>
    static abstract bool IsSplit { get; }

    /// <summary>True where the state has a c.</summary>
    static abstract bool HasCell { get; }

    /// <summary>
    /// True where the first gate scales h before its product with the last gate's weights, which
    /// the gradient then goes back through within the step.
    /// </summary>
    static abstract bool HasReset { get; }

    /// <summary>c of the new state.</summary>
    static abstract TLanes CellOf<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>The gradients; but for the first gate's where that is a reset.</summary>
    static abstract RecurrentSlope<TLanes> Of<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes>;

    /// <summary>
    /// Where there is a reset: the first gate's gradient, and what it adds to that of h of the step
    /// before.
    /// </summary>
    /// <param name="x">Where the step was.</param>
    /// <param name="dScaled">The gradient of the scaled h.</param>
    static abstract RecurrentSlope<TLanes> OfReset<TLanes>(
        RecurrentPoint<TLanes> x, TLanes dScaled)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>Where a step was, and the gradient of the state that it made.</summary>
internal struct RecurrentPoint<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Sums of the gates; of a split gate that over h is the one after.</summary>
    public TLanes Sum0, Sum1, Sum2, Sum3;

    /// <summary>h and c of the step before; c of this one.</summary>
    public TLanes HiddenBefore, CellBefore, Cell;

    /// <summary>Gradients of h and of c of this step.</summary>
    public TLanes DHidden, DCell;

    /// <summary>Peephole weights; zeros where there are none.</summary>
    public TLanes Peephole0, Peephole1, Peephole2;

    /// <summary>What sums are limited to, up and down.</summary>
    public TLanes High;

    /// <summary>A function of a sum, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes Of<TFunction>(TLanes sum)
        where TFunction : struct, IUnaryFunction
    {
        var limited = TLanes.AtMost(High, TLanes.AtLeast(TLanes.Broadcast(0f) - High, sum));
        return TFunction.Apply(limited, limited, limited);
    }

    /// <summary>
    /// Its derivative, given that of the function's result; 0 where the sum was limited.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes Slope<TDerivative>(TLanes sum, TLanes result)
        where TDerivative : struct, IUnaryFunction
    {
        var zero = TLanes.Broadcast(0f);
        return TLanes.SelectGreater(
            TLanes.Abs(sum), High, zero, TDerivative.Apply(result, zero, zero));
    }
}

/// <summary>What a step's gradients are.</summary>
internal struct RecurrentSlope<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Of the sums.</summary>
    public TLanes Sum0, Sum1, Sum2, Sum3;

    /// <summary>
    /// Of h of the step before, but for what went through the recurrent weights, and of its c.
    /// </summary>
    public TLanes HiddenBefore, CellBefore;
}

/// <summary>Gates i, f, g, o.</summary>
internal readonly struct LstmAdjoint : IRecurrentAdjoint
{
    public static int Gates => 4;

    public static bool IsSplit => false;

    public static bool HasCell => true;

    public static bool HasReset => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes CellOf<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var i = x.Of<Sigmoid>(TLanes.MultiplyAdd(x.Peephole0, x.CellBefore, x.Sum0));
        var f = x.Of<Sigmoid>(TLanes.MultiplyAdd(x.Peephole1, x.CellBefore, x.Sum1));
        return TLanes.MultiplyAdd(i, x.Of<Tanh>(x.Sum2), f * x.CellBefore);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentSlope<TLanes> Of<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var sumI = TLanes.MultiplyAdd(x.Peephole0, x.CellBefore, x.Sum0);
        var sumF = TLanes.MultiplyAdd(x.Peephole1, x.CellBefore, x.Sum1);
        var sumO = TLanes.MultiplyAdd(x.Peephole2, x.Cell, x.Sum3);
        var i = x.Of<Sigmoid>(sumI);
        var f = x.Of<Sigmoid>(sumF);
        var g = x.Of<Tanh>(x.Sum2);
        var o = x.Of<Sigmoid>(sumO);
        var zero = TLanes.Broadcast(0f);
        var tanh = Tanh.Apply(x.Cell, zero, zero);
        var dO = x.DHidden * tanh * x.Slope<SigmoidDerivative>(sumO, o);
        var dCell = TLanes.MultiplyAdd(
            x.DHidden * o, TanhDerivative.Apply(tanh, zero, zero),
            TLanes.MultiplyAdd(x.Peephole2, dO, x.DCell));
        var dI = dCell * g * x.Slope<SigmoidDerivative>(sumI, i);
        var dF = dCell * x.CellBefore * x.Slope<SigmoidDerivative>(sumF, f);
        return new RecurrentSlope<TLanes>
        {
            Sum0 = dI,
            Sum1 = dF,
            Sum2 = dCell * i * x.Slope<TanhDerivative>(x.Sum2, g),
            Sum3 = dO,
            CellBefore = TLanes.MultiplyAdd(
                dCell, f,
                TLanes.MultiplyAdd(x.Peephole0, dI, x.Peephole1 * dF)),
        };
    }

    public static RecurrentSlope<TLanes> OfReset<TLanes>(
        RecurrentPoint<TLanes> x, TLanes dScaled)
        where TLanes : struct, ILanes<TLanes> => default;
}

/// <summary>Gates r, z, n; the sums of n over the input and over h.</summary>
internal readonly struct GruAdjoint : IRecurrentAdjoint
{
    public static int Gates => 3;

    public static bool IsSplit => true;

    public static bool HasCell => false;

    public static bool HasReset => false;

    public static TLanes CellOf<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentSlope<TLanes> Of<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var r = x.Of<Sigmoid>(x.Sum0);
        var z = x.Of<Sigmoid>(x.Sum1);
        var sumN = TLanes.MultiplyAdd(r, x.Sum3, x.Sum2);
        var n = x.Of<Tanh>(sumN);
        var passed = x.DHidden * z;
        var dN = (x.DHidden - passed) * x.Slope<TanhDerivative>(sumN, n);
        return new RecurrentSlope<TLanes>
        {
            Sum0 = dN * x.Sum3 * x.Slope<SigmoidDerivative>(x.Sum0, r),
            Sum1 = x.DHidden * (x.HiddenBefore - n) * x.Slope<SigmoidDerivative>(x.Sum1, z),
            Sum2 = dN,
            Sum3 = dN * r,
            HiddenBefore = passed,
        };
    }

    public static RecurrentSlope<TLanes> OfReset<TLanes>(
        RecurrentPoint<TLanes> x, TLanes dScaled)
        where TLanes : struct, ILanes<TLanes> => default;
}

/// <summary>Gates r, z, n, with h scaled by r before its product.</summary>
internal readonly struct GruResetAdjoint : IRecurrentAdjoint
{
    public static int Gates => 3;

    public static bool IsSplit => false;

    public static bool HasCell => false;

    public static bool HasReset => true;

    public static TLanes CellOf<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentSlope<TLanes> Of<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var z = x.Of<Sigmoid>(x.Sum1);
        var n = x.Of<Tanh>(x.Sum2);
        var passed = x.DHidden * z;
        return new RecurrentSlope<TLanes>
        {
            Sum0 = TLanes.Broadcast(0f),
            Sum1 = x.DHidden * (x.HiddenBefore - n) * x.Slope<SigmoidDerivative>(x.Sum1, z),
            Sum2 = (x.DHidden - passed) * x.Slope<TanhDerivative>(x.Sum2, n),
            HiddenBefore = passed,
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentSlope<TLanes> OfReset<TLanes>(
        RecurrentPoint<TLanes> x, TLanes dScaled)
        where TLanes : struct, ILanes<TLanes>
    {
        var r = x.Of<Sigmoid>(x.Sum0);
        return new RecurrentSlope<TLanes>
        {
            Sum0 = dScaled * x.HiddenBefore * x.Slope<SigmoidDerivative>(x.Sum0, r),
            HiddenBefore = dScaled * r,
        };
    }
}

/// <summary>One gate, which is the new state.</summary>
/// <typeparam name="TFunction">The gate's function.</typeparam>
/// <typeparam name="TDerivative">Its derivative, as a function of its result.</typeparam>
internal readonly struct RnnAdjoint<TFunction, TDerivative> : IRecurrentAdjoint
    where TFunction : struct, IUnaryFunction
    where TDerivative : struct, IUnaryFunction
{
    public static int Gates => 1;

    public static bool IsSplit => false;

    public static bool HasCell => false;

    public static bool HasReset => false;

    public static TLanes CellOf<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes> => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentSlope<TLanes> Of<TLanes>(RecurrentPoint<TLanes> x)
        where TLanes : struct, ILanes<TLanes> => new()
        {
            Sum0 = x.DHidden * x.Slope<TDerivative>(x.Sum0, x.Of<TFunction>(x.Sum0)),
        };

    public static RecurrentSlope<TLanes> OfReset<TLanes>(
        RecurrentPoint<TLanes> x, TLanes dScaled)
        where TLanes : struct, ILanes<TLanes> => default;
}
