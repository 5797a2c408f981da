namespace RealtimeVision.Kernels.Functions;

/// <summary>x without what follows the point.</summary>
public readonly struct Truncate : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var magnitude = TLanes.Floor(TLanes.Abs(x));
        return TLanes.SelectGreater(zero, x, zero - magnitude, magnitude);
    }
}

/// <summary>The nearest whole number; the even one of two that are as near.</summary>
public readonly struct Round : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // Above 2^23 floats are whole, and the sum of a smaller one with it is rounded to whole.
        var zero = TLanes.Broadcast(0f);
        var whole = TLanes.Broadcast(8388608f);
        var magnitude = TLanes.Abs(x);
        var rounded = (magnitude + whole) - whole;
        rounded = TLanes.SelectGreater(whole, magnitude, rounded, magnitude);
        return TLanes.SelectGreater(zero, x, zero - rounded, rounded);
    }
}

/// <summary>-1 where x is negative, 1 where it is positive, else x itself: 0 or NaN.</summary>
public readonly partial struct Sign : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(
            x,
            TLanes.Broadcast(0f),
            TLanes.Broadcast(1f),
            TLanes.SelectGreater(TLanes.Broadcast(0f), x, TLanes.Broadcast(-1f), x));
}
