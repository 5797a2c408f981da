namespace RealtimeVision.Kernels.Functions;

/// <summary>x + y.</summary>
public readonly partial struct Add : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => x + y;
}

/// <summary>x - y.</summary>
public readonly partial struct Subtract : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => x - y;
}

/// <summary>y - x.</summary>
public readonly struct SubtractFrom : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => y - x;
}

/// <summary>x y.</summary>
public readonly partial struct Multiply : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => x * y;
}

/// <summary>x / y.</summary>
public readonly partial struct Divide : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => x / y;
}

/// <summary>y / x.</summary>
public readonly struct DivideInto : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => y / x;
}

/// <summary>The smaller; NaN where either is NaN.</summary>
public readonly partial struct Minimum : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(x, y);
}

/// <summary>The larger; NaN where either is NaN.</summary>
public readonly partial struct Maximum : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => TLanes.Max(x, y);
}

/// <summary>
/// x to the power of y; NaN where x is negative and y not whole.
/// </summary>
public readonly partial struct Power : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var one = TLanes.Broadcast(1f);
        var power = TLanes.Power(TLanes.Abs(x), y);

        // A NaN exponent is not above 0 and stays NaN.
        power = TLanes.SelectGreater(TLanes.Abs(y), zero, power, one + y);
        var half = y * TLanes.Broadcast(0.5f);
        var isOdd = TLanes.Abs(half - TLanes.Floor(half));
        var isBroken = TLanes.Abs(y - TLanes.Floor(y));
        var negative = TLanes.SelectGreater(isOdd, zero, zero - power, power);
        negative = TLanes.SelectGreater(isBroken, zero, TLanes.Broadcast(float.NaN), negative);
        return TLanes.SelectGreater(zero, x, negative, power);
    }
}

/// <summary>x - y trunc(x / y): what division leaves, with the sign of x (C's fmod).</summary>
public readonly partial struct Remainder : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var (dividend, divisor) = (TLanes.Abs(x), TLanes.Abs(y));
        var quotient = TLanes.Floor(dividend / divisor);
        var rest = TLanes.MultiplyAdd(zero - quotient, divisor, dividend);

        // The rounded quotient may be one too large or too small.
        rest = TLanes.SelectGreater(zero, rest, rest + divisor, rest);
        rest = TLanes.SelectGreater(divisor, rest, rest, rest - divisor);

        // Also where the divisor is infinite.
        rest = TLanes.SelectGreater(divisor, dividend, dividend, rest);
        return TLanes.SelectGreater(zero, x, zero - rest, rest);
    }
}

/// <summary>x - y floor(x / y): what division leaves, with the sign of y (Python's %).</summary>
public readonly partial struct Modulo : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var rest = Remainder.Apply(x, y);
        return TLanes.SelectGreater(zero, rest * Sign.Apply(y, zero, zero), rest + y, rest);
    }
}

/// <summary>The angle of the point (y, x) from the axis of y, in [-pi, pi]: atan2(x, y).</summary>
public readonly struct Atan2 : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        var (rise, run) = (TLanes.Abs(x), TLanes.Abs(y));
        var (longer, shorter) = (TLanes.Max(rise, run), TLanes.Min(rise, run));
        var angle = Atan.OfMagnitude(TLanes.SelectGreater(longer, zero, shorter / longer, longer));
        angle = TLanes.SelectGreater(rise, run, TLanes.Broadcast(MathF.PI / 2) - angle, angle);
        angle = TLanes.SelectGreater(zero, y, TLanes.Broadcast(MathF.PI) - angle, angle);
        return TLanes.SelectGreater(zero, x, zero - angle, angle);
    }
}

/// <summary>A function with its arguments swapped.</summary>
internal readonly struct Swapped<TFunction> : IBinaryFunction
    where TFunction : struct, IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => TFunction.Apply(y, x);
}

/// <summary>x where y is positive, else 0: the gradient of a rectifier whose result is y.</summary>
public readonly struct WherePositive : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes>
    {
        var zero = TLanes.Broadcast(0f);
        return TLanes.SelectGreater(y, zero, x, zero);
    }
}
