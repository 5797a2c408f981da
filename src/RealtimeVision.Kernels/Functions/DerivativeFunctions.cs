namespace RealtimeVision.Kernels.Functions;

/// <summary>1 where x is above a, else 0: the derivative of rectifiers.</summary>
public readonly struct UnitStep : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(x, a, TLanes.Broadcast(1f), TLanes.Broadcast(0f));
}

/// <summary>1 where x is in [a, b], else 0: the derivative of <see cref="Clip"/>.</summary>
public readonly struct Inside : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(
            a,
            x,
            TLanes.Broadcast(0f),
            TLanes.SelectGreater(x, b, TLanes.Broadcast(0f), TLanes.Broadcast(1f)));
}

/// <summary>1 where |x| is above a, else 0: the derivative of <see cref="Shrink"/>.</summary>
public readonly struct Outside : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        UnitStep.Apply(TLanes.Abs(x), a, b);
}

/// <summary>1 where x is positive, else a: the derivative of <see cref="LeakyRelu"/>.</summary>
public readonly struct LeakyReluDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(x, TLanes.Broadcast(0f), TLanes.Broadcast(1f), a);
}

/// <summary>1 where x is positive, else a e^x: the derivative of <see cref="Elu"/>.</summary>
public readonly struct EluDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(x, TLanes.Broadcast(0f), TLanes.Broadcast(1f), a * TLanes.Exp(x));
}

/// <summary>b times (1, or a e^x where x is not positive): of <see cref="Selu"/>.</summary>
public readonly struct SeluDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        b * EluDerivative.Apply(x, a, b);
}

/// <summary>1, or e^(x / a) where x is not positive: of <see cref="Celu"/>.</summary>
public readonly struct CeluDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(x, TLanes.Broadcast(0f), TLanes.Broadcast(1f), TLanes.Exp(x / a));
}

/// <summary>y (1 - y): the derivative of <see cref="Sigmoid"/> by its result.</summary>
public readonly struct SigmoidDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes y, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        y * (TLanes.Broadcast(1f) - y);
}

/// <summary>1 - y^2: the derivative of <see cref="Tanh"/> by its result.</summary>
public readonly struct TanhDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes y, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(1f) - (y * y);
}

/// <summary>s (1 + x (1 - s)) with s = Sigmoid(x): of <see cref="Silu"/>.</summary>
public readonly struct SiluDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.Broadcast(1f);
        var s = Sigmoid.Apply(x, a, b);
        return s * (one + (x * (one - s)));
    }
}

/// <summary>a where a x + b is between 0 and 1, else 0: of <see cref="HardSigmoid"/>.</summary>
public readonly struct HardSigmoidDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var inner = TLanes.MultiplyAdd(x, a, b);
        var above = TLanes.SelectGreater(inner, TLanes.Broadcast(0f), a, TLanes.Broadcast(0f));
        return TLanes.SelectGreater(TLanes.Broadcast(1f), inner, above, TLanes.Broadcast(0f));
    }
}

/// <summary>0 below -3, 1 above 3, x / 3 + 1 / 2 between: of <see cref="HardSwish"/>.</summary>
public readonly struct HardSwishDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var slope = TLanes.MultiplyAdd(x, TLanes.Broadcast(1f / 3f), TLanes.Broadcast(0.5f));
        slope = TLanes.SelectGreater(TLanes.Broadcast(-3f), x, TLanes.Broadcast(0f), slope);
        return TLanes.SelectGreater(x, TLanes.Broadcast(3f), TLanes.Broadcast(1f), slope);
    }
}

/// <summary>The normal distribution, and x times its density: of <see cref="Gelu"/>.</summary>
public readonly struct GeluDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var half = TLanes.Broadcast(0.5f);
        var distribution = TLanes.MultiplyAdd(
            Erf.Apply(x * TLanes.Broadcast(0.707106781f), a, b), half, half);
        var density = TLanes.Broadcast(0.398942280f) * TLanes.Exp(x * x * TLanes.Broadcast(-0.5f));
        return TLanes.MultiplyAdd(x, density, distribution);
    }
}

/// <summary>The derivative of <see cref="GeluTanh"/>.</summary>
public readonly struct GeluTanhDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var one = TLanes.Broadcast(1f);
        var half = TLanes.Broadcast(0.5f);
        var square = x * x;
        var cubic = TLanes.Broadcast(0.0356774081f);
        var linear = TLanes.Broadcast(0.797884561f);
        var t = Tanh.Apply(x * TLanes.MultiplyAdd(square, cubic, linear), a, b);
        var slope = TLanes.MultiplyAdd(square, cubic * TLanes.Broadcast(3f), linear);
        return (half * (one + t)) + (half * x * (one - (t * t)) * slope);
    }
}

/// <summary>t + x s (1 - t^2) with s = Sigmoid(x), t = tanh(ln(1 + e^x)): of <see cref="Mish"/>.</summary>
public readonly struct MishDerivative : IUnaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>
    {
        var t = Tanh.Apply(Softplus.Apply(x, a, b), a, b);
        var s = Sigmoid.Apply(x, a, b);
        return t + (x * s * (TLanes.Broadcast(1f) - (t * t)));
    }
}

/// <summary>1 where x is below y, 1/2 where both are equal, else 0.</summary>
public readonly struct Below : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.SelectGreater(
            y,
            x,
            TLanes.Broadcast(1f),
            TLanes.SelectGreater(x, y, TLanes.Broadcast(0f), TLanes.Broadcast(0.5f)));
}
