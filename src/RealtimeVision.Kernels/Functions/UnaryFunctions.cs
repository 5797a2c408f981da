namespace RealtimeVision.Kernels.Functions;

/// <summary>|x|.</summary>
public readonly partial struct Abs : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Abs(x);
}

/// <summary>-x.</summary>
public readonly partial struct Negate : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(0f) - x;
}

/// <summary>1 / x.</summary>
public readonly struct Reciprocal : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(1f) / x;
}

/// <summary>x * x.</summary>
public readonly struct Square : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        x * x;
}

/// <summary>Square root.</summary>
public readonly struct Sqrt : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Sqrt(x);
}

/// <summary>e to the power of x.</summary>
public readonly struct Exp : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Exp(x);
}

/// <summary>Natural logarithm.</summary>
public readonly struct Log : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Log(x);
}

/// <summary>Largest whole number not above x.</summary>
public readonly struct Floor : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Floor(x);
}

/// <summary>Smallest whole number not below x.</summary>
public readonly struct Ceiling : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(0f) - TLanes.Floor(TLanes.Broadcast(0f) - x);
}

/// <summary>a x + b.</summary>
public readonly struct Affine : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.MultiplyAdd(x, a, b);
}

/// <summary>max(x, 0).</summary>
public readonly struct Relu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.AtLeast(TLanes.Broadcast(0f), x);
}

/// <summary>x limited to [a, b].</summary>
public readonly struct Clip : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.AtMost(b, TLanes.AtLeast(a, x));
}

/// <summary>x, or a x where x is negative.</summary>
public readonly struct LeakyRelu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(TLanes.Broadcast(0f), x, x * a, x);
}

/// <summary>x, or a (e^x - 1) where x is negative (Clevert et al. 2015).</summary>
public readonly struct Elu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(TLanes.Broadcast(0f), x, a * (TLanes.Exp(x) - TLanes.Broadcast(1f)), x);
}

/// <summary>1 / (1 + e^-x).</summary>
public readonly struct Sigmoid : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(1f) / (TLanes.Broadcast(1f) + TLanes.Exp(TLanes.Broadcast(0f) - x));
}

/// <summary>Hyperbolic tangent, by the exponential.</summary>
public readonly struct Tanh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(1f) - (TLanes.Broadcast(2f) / (TLanes.Exp(x + x) + TLanes.Broadcast(1f)));
}

/// <summary>a x + b limited to [0, 1].</summary>
public readonly struct HardSigmoid : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.AtMost(
            TLanes.Broadcast(1f), TLanes.AtLeast(TLanes.Broadcast(0f), TLanes.MultiplyAdd(x, a, b)));
}

/// <summary>x HardSigmoid(x) with a = 1/6, b = 1/2 (Howard et al. 2019).</summary>
public readonly struct HardSwish : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        x * TLanes.AtMost(
            TLanes.Broadcast(1f),
            TLanes.AtLeast(
                TLanes.Broadcast(0f),
                TLanes.MultiplyAdd(x, TLanes.Broadcast(1f / 6f), TLanes.Broadcast(0.5f))));
}

/// <summary>x Sigmoid(x), also called Swish.</summary>
public readonly struct Silu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        x / (TLanes.Broadcast(1f) + TLanes.Exp(TLanes.Broadcast(0f) - x));
}

/// <summary>ln(1 + e^x), without overflow: max(x, 0) + ln(1 + e^-|x|).</summary>
public readonly struct Softplus : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.AtLeast(TLanes.Broadcast(0f), x)
            + TLanes.Log(TLanes.Broadcast(1f) + TLanes.Exp(TLanes.Broadcast(0f) - TLanes.Abs(x)));
}

/// <summary>x times the normal distribution function (Hendrycks and Gimpel 2016).</summary>
public readonly struct Gelu : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        x * TLanes.Broadcast(0.5f)
            * (TLanes.Broadcast(1f) + Erf.Apply(x * TLanes.Broadcast(0.70710678f), a, b));
}

/// <summary>Gelu by its approximation with tanh.</summary>
public readonly struct GeluTanh : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        x * TLanes.Broadcast(0.5f) * (TLanes.Broadcast(1f) + Tanh.Apply(
            x * TLanes.MultiplyAdd(
                x * x, TLanes.Broadcast(0.0356774081f), TLanes.Broadcast(0.797884561f)),
            a,
            b));
}

/// <summary>
/// Error function, by Abramowitz and Stegun 7.1.26: its absolute error is below 2e-7.
/// </summary>
public readonly struct Erf : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.Broadcast(1f);
        var zero = TLanes.Broadcast(0f);
        var magnitude = TLanes.Abs(x);
        var t = one / TLanes.MultiplyAdd(magnitude, TLanes.Broadcast(0.3275911f), one);
        var p = TLanes.Broadcast(1.061405429f);
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-1.453152027f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(1.421413741f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(-0.284496736f));
        p = TLanes.MultiplyAdd(p, t, TLanes.Broadcast(0.254829592f));
        var y = one - (p * t * TLanes.Exp(zero - (magnitude * magnitude)));
        return TLanes.SelectGreater(zero, x, zero - y, y);
    }
}
