using System.Runtime.CompilerServices;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What a cell does in a step.</summary>
internal enum RecurrentRole
{
    /// <summary>All of it: h to h.</summary>
    Whole,

    /// <summary>The first part: what h is scaled to before the second, and the update gate.</summary>
    Reset,

    /// <summary>The second part, of what the first has made.</summary>
    Candidate,
}

/// <summary>
/// How some gates of a hidden unit make its new state, written once for all lanes.
/// </summary>
internal interface IRecurrentCell
{
    /// <summary>Gates whose sums it takes.</summary>
    static abstract int Gates { get; }

    /// <summary>
    /// True where the last gate's sum over h stays apart from that over the input, as a sum more.
    /// </summary>
    static abstract bool IsSplit { get; }

    /// <summary>What it does in a step.</summary>
    static abstract RecurrentRole Role { get; }

    /// <summary>The new state.</summary>
    static abstract RecurrentState<TLanes> Next<TLanes>(RecurrentSums<TLanes> x)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>What a new state is made of.</summary>
internal struct RecurrentSums<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Sums of the gates.</summary>
    public TLanes Sum0, Sum1, Sum2, Sum3;

    /// <summary>h and c of the step before; c is the update gate for a second part.</summary>
    public TLanes Hidden, Cell;

    /// <summary>Peephole weights; zeros where there are none.</summary>
    public TLanes Peephole0, Peephole1, Peephole2;

    /// <summary>What sums are limited to.</summary>
    public TLanes Low, High;

    /// <summary>Sigmoid of a sum, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes SigmoidOf(TLanes sum) => Of<Sigmoid>(sum);

    /// <summary>Tanh of a sum, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes TanhOf(TLanes sum) => Of<Tanh>(sum);

    /// <summary>A function of a sum, limited.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TLanes Of<TFunction>(TLanes sum)
        where TFunction : struct, IUnaryFunction
    {
        var limited = TLanes.AtMost(High, TLanes.AtLeast(Low, sum));
        return TFunction.Apply(limited, limited, limited);
    }
}

/// <summary>A state.</summary>
internal struct RecurrentState<TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>h; of a first part, h times the reset gate.</summary>
    public TLanes Hidden;

    /// <summary>c where there is one; of a first part, the update gate.</summary>
    public TLanes Cell;
}

/// <summary>Gates i, f, g, o.</summary>
internal readonly struct LstmCell : IRecurrentCell
{
    public static int Gates => 4;

    public static bool IsSplit => false;

    public static RecurrentRole Role => RecurrentRole.Whole;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentState<TLanes> Next<TLanes>(RecurrentSums<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var i = x.SigmoidOf(TLanes.MultiplyAdd(x.Peephole0, x.Cell, x.Sum0));
        var f = x.SigmoidOf(TLanes.MultiplyAdd(x.Peephole1, x.Cell, x.Sum1));
        var g = x.TanhOf(x.Sum2);
        var c = TLanes.MultiplyAdd(i, g, f * x.Cell);
        var o = x.SigmoidOf(TLanes.MultiplyAdd(x.Peephole2, c, x.Sum3));
        return new RecurrentState<TLanes> { Hidden = o * Tanh.Apply(c, c, c), Cell = c };
    }
}

/// <summary>Gates r, z, n; the sums of n over the input and over h.</summary>
internal readonly struct GruCell : IRecurrentCell
{
    public static int Gates => 3;

    public static bool IsSplit => true;

    public static RecurrentRole Role => RecurrentRole.Whole;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentState<TLanes> Next<TLanes>(RecurrentSums<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var r = x.SigmoidOf(x.Sum0);
        var z = x.SigmoidOf(x.Sum1);
        var n = x.TanhOf(TLanes.MultiplyAdd(r, x.Sum3, x.Sum2));
        return new RecurrentState<TLanes> { Hidden = TLanes.MultiplyAdd(z, x.Hidden - n, n) };
    }
}

/// <summary>Gates r and z, before the product of r h.</summary>
internal readonly struct GruResetCell : IRecurrentCell
{
    public static int Gates => 2;

    public static bool IsSplit => false;

    public static RecurrentRole Role => RecurrentRole.Reset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentState<TLanes> Next<TLanes>(RecurrentSums<TLanes> x)
        where TLanes : struct, ILanes<TLanes> => new()
        {
            Hidden = x.SigmoidOf(x.Sum0) * x.Hidden, Cell = x.SigmoidOf(x.Sum1),
        };
}

/// <summary>Gate n, after the product of r h.</summary>
internal readonly struct GruCandidateCell : IRecurrentCell
{
    public static int Gates => 1;

    public static bool IsSplit => false;

    public static RecurrentRole Role => RecurrentRole.Candidate;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentState<TLanes> Next<TLanes>(RecurrentSums<TLanes> x)
        where TLanes : struct, ILanes<TLanes>
    {
        var n = x.TanhOf(x.Sum0);
        return new RecurrentState<TLanes> { Hidden = TLanes.MultiplyAdd(x.Cell, x.Hidden - n, n) };
    }
}

/// <summary>One gate, which is the new state.</summary>
internal readonly struct RnnCell<TFunction> : IRecurrentCell
    where TFunction : struct, IUnaryFunction
{
    public static int Gates => 1;

    public static bool IsSplit => false;

    public static RecurrentRole Role => RecurrentRole.Whole;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RecurrentState<TLanes> Next<TLanes>(RecurrentSums<TLanes> x)
        where TLanes : struct, ILanes<TLanes> => new() { Hidden = x.Of<TFunction>(x.Sum0) };
}
