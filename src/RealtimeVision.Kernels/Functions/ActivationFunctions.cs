namespace RealtimeVision.Kernels.Functions;

/// <summary>b times (x, or a (e^x - 1) where x is negative) (Klambauer et al. 2017).</summary>
public readonly struct Selu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        b * Elu.Apply(x, a, b);
}

/// <summary>x, or a (e^(x / a) - 1) where x is negative (Barron 2017).</summary>
public readonly struct Celu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(
            TLanes.Broadcast(0f), x, a * (TLanes.Exp(x / a) - TLanes.Broadcast(1f)), x);
}

/// <summary>x / (1 + |x|).</summary>
public readonly struct Softsign : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        x / (TLanes.Broadcast(1f) + TLanes.Abs(x));
}

/// <summary>x tanh(ln(1 + e^x)) (Misra 2019).</summary>
public readonly struct Mish : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        // With e = e^x, tanh(ln(1 + e)) is e (e + 2) / (e (e + 2) + 2): 1 before e^2 overflows.
        var two = TLanes.Broadcast(2f);
        var e = TLanes.Exp(x);
        var n = e * (e + two);
        return TLanes.SelectGreater(x, TLanes.Broadcast(20f), x, x * n / (n + two));
    }
}

/// <summary>x less b where it is above a, x plus b where it is below -a, 0 between.</summary>
public readonly struct Shrink : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(
            x,
            a,
            x - b,
            TLanes.SelectGreater(TLanes.Broadcast(0f) - a, x, x + b, TLanes.Broadcast(0f)));
}

/// <summary>x where it is above a, else 0.</summary>
public readonly struct ThresholdedRelu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(x, a, x, TLanes.Broadcast(0f));
}

/// <summary>ln(1 / (1 + e^-x)), without overflow: min(x, 0) - ln(1 + e^-|x|).</summary>
public readonly struct LogSigmoid : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.AtMost(TLanes.Broadcast(0f), x)
            - TLanes.Log(TLanes.Broadcast(1f) + TLanes.Exp(TLanes.Broadcast(0f) - TLanes.Abs(x)));
}
