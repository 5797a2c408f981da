namespace RealtimeVision.Kernels.Functions;

/// <summary>Sine of an angle in radians.</summary>
public readonly struct Sin : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Sin(x);
}

/// <summary>Cosine of an angle in radians.</summary>
public readonly struct Cos : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Cos(x);
}

/// <summary>Tangent of an angle in radians.</summary>
public readonly struct Tan : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Sin(x) / TLanes.Cos(x);
}

/// <summary>The angle of a sine, in [-pi / 2, pi / 2]; NaN beyond [-1, 1].</summary>
public readonly struct Asin : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var angle = OfMagnitude(TLanes.Abs(x));
        return TLanes.SelectGreater(TLanes.Broadcast(0f), x, TLanes.Broadcast(0f) - angle, angle);
    }

    /// <summary>
    /// For x from 0 to 1. Up to a half by the polynomial of Moshier's Cephes library, above by
    /// asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2)).
    /// </summary>
    internal static TLanes OfMagnitude<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var half = TLanes.Broadcast(0.5f);
        var squared = TLanes.SelectGreater(x, half, half * (TLanes.Broadcast(1f) - x), x * x);
        var sine = TLanes.SelectGreater(x, half, TLanes.Sqrt(squared), x);
        var p = TLanes.Broadcast(4.2163199048e-2f);
        p = TLanes.MultiplyAdd(p, squared, TLanes.Broadcast(2.4181311049e-2f));
        p = TLanes.MultiplyAdd(p, squared, TLanes.Broadcast(4.5470025998e-2f));
        p = TLanes.MultiplyAdd(p, squared, TLanes.Broadcast(7.4953002686e-2f));
        p = TLanes.MultiplyAdd(p, squared, TLanes.Broadcast(1.6666752422e-1f));
        var angle = TLanes.MultiplyAdd(p * squared, sine, sine);
        return TLanes.SelectGreater(
            x, half, TLanes.Broadcast(MathF.PI / 2) - (angle + angle), angle);
    }
}

/// <summary>The angle of a cosine, in [0, pi]; NaN beyond [-1, 1].</summary>
public readonly struct Acos : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // From the sine of half the angle where that is small: pi / 2 - asin(x) would cancel.
        var half = TLanes.Broadcast(0.5f);
        var magnitude = TLanes.Abs(x);
        var root = TLanes.Sqrt(half * (TLanes.Broadcast(1f) - magnitude));
        var inner = TLanes.Broadcast(MathF.PI / 2) - Asin.Apply(x, a, b);
        var end = Asin.OfMagnitude(root);
        end += end;
        end = TLanes.SelectGreater(TLanes.Broadcast(0f), x, TLanes.Broadcast(MathF.PI) - end, end);
        return TLanes.SelectGreater(magnitude, half, end, inner);
    }
}

/// <summary>The angle of a tangent, in [-pi / 2, pi / 2].</summary>
public readonly struct Atan : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var angle = OfMagnitude(TLanes.Abs(x));
        return TLanes.SelectGreater(zero, x, zero - angle, angle);
    }

    /// <summary>
    /// For x of 0 and more, by the polynomial of Moshier's Cephes library on [0, tan(pi / 8)] and
    /// the addition theorem with pi / 4 and pi / 2 above.
    /// </summary>
    internal static TLanes OfMagnitude<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var one = TLanes.Broadcast(1f);
        var low = TLanes.Broadcast(0.414213562f);
        var high = TLanes.Broadcast(2.41421356f);
        var offset = TLanes.SelectGreater(x, low, TLanes.Broadcast(MathF.PI / 4), zero);
        offset = TLanes.SelectGreater(x, high, TLanes.Broadcast(MathF.PI / 2), offset);
        var t = TLanes.SelectGreater(x, low, (x - one) / (x + one), x);
        t = TLanes.SelectGreater(x, high, TLanes.Broadcast(-1f) / x, t);
        var z = t * t;
        var p = TLanes.Broadcast(8.05374449538e-2f);
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(-1.38776856032e-1f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(1.99777106478e-1f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(-3.33329491539e-1f));
        return offset + TLanes.MultiplyAdd(p * z, t, t);
    }
}
