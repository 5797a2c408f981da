namespace RealtimeVision.Kernels.Functions;

/// <summary>Hyperbolic sine.</summary>
public readonly struct Sinh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // h is squared and not e^x taken, so that nothing overflows before the result does. Near 0,
        // where the two exponentials cancel, the polynomial is of Moshier's Cephes library.
        var zero = TLanes.Broadcast(0f);
        var half = TLanes.Broadcast(0.5f);
        var magnitude = TLanes.Abs(x);
        var h = TLanes.Exp(magnitude * half);
        var large = (half * h * h) - (half / (h * h));
        large = TLanes.SelectGreater(zero, x, zero - large, large);
        var z = x * x;
        var p = TLanes.Broadcast(2.03721912945e-4f);
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(8.33028376239e-3f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(1.66667160211e-1f));
        return TLanes.SelectGreater(
            magnitude, TLanes.Broadcast(1f), large, TLanes.MultiplyAdd(p * z, x, x));
    }
}

/// <summary>Hyperbolic cosine.</summary>
public readonly struct Cosh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var half = TLanes.Broadcast(0.5f);
        var h = TLanes.Exp(TLanes.Abs(x) * half);
        return (half * h * h) + (half / (h * h));
    }
}

/// <summary>Inverse of the hyperbolic sine.</summary>
public readonly struct Asinh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // x^2 + 1 is x^2 where x is large, and must not overflow there. Near 0 the polynomial is of
        // Moshier's Cephes library.
        var zero = TLanes.Broadcast(0f);
        var one = TLanes.Broadcast(1f);
        var huge = TLanes.Broadcast(1500f);
        var magnitude = TLanes.Abs(x);
        var sum = magnitude + TLanes.Sqrt(TLanes.MultiplyAdd(magnitude, magnitude, one));
        var large = TLanes.Log(TLanes.SelectGreater(magnitude, huge, magnitude, sum))
            + TLanes.SelectGreater(magnitude, huge, TLanes.Broadcast(0.693147181f), zero);
        large = TLanes.SelectGreater(zero, x, zero - large, large);
        var z = x * x;
        var p = TLanes.Broadcast(2.0122003309e-2f);
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(-4.2699340972e-2f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(7.4847586088e-2f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(-1.6666288134e-1f));
        return TLanes.SelectGreater(
            magnitude, TLanes.Broadcast(0.5f), large, TLanes.MultiplyAdd(p * z, x, x));
    }
}

/// <summary>Inverse of the hyperbolic cosine, 0 and more; NaN below 1.</summary>
public readonly struct Acosh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // x^2 - 1 is x^2 where x is large. Near 1 the polynomial is of Moshier's Cephes library.
        var one = TLanes.Broadcast(1f);
        var huge = TLanes.Broadcast(1500f);
        var z = x - one;
        var sum = x + TLanes.Sqrt(z * (x + one));
        var large = TLanes.Log(TLanes.SelectGreater(x, huge, x, sum))
            + TLanes.SelectGreater(x, huge, TLanes.Broadcast(0.693147181f), TLanes.Broadcast(0f));
        var p = TLanes.Broadcast(1.7596881071e-3f);
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(-7.5272886713e-3f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(2.6454905019e-2f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(-1.1784741703e-1f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(1.4142135263f));
        return TLanes.SelectGreater(z, TLanes.Broadcast(0.5f), large, p * TLanes.Sqrt(z));
    }
}

/// <summary>Inverse of the hyperbolic tangent; infinite at -1 and 1, NaN beyond.</summary>
public readonly struct Atanh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // Near 0 the polynomial is of Moshier's Cephes library.
        var one = TLanes.Broadcast(1f);
        var half = TLanes.Broadcast(0.5f);
        var large = half * TLanes.Log((one + x) / (one - x));
        var z = x * x;
        var p = TLanes.Broadcast(1.81740078349e-1f);
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(8.24370301058e-2f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(1.46691431730e-1f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(1.99782164500e-1f));
        p = TLanes.MultiplyAdd(p, z, TLanes.Broadcast(3.33337300303e-1f));
        return TLanes.SelectGreater(TLanes.Abs(x), half, large, TLanes.MultiplyAdd(p * z, x, x));
    }
}
