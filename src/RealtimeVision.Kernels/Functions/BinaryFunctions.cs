namespace RealtimeVision.Kernels.Functions;

/// <summary>x + y.</summary>
public readonly struct Add : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => x + y;
}

/// <summary>x - y.</summary>
public readonly struct Subtract : IBinaryFunction
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
public readonly struct Multiply : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => x * y;
}

/// <summary>x / y.</summary>
public readonly struct Divide : IBinaryFunction
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
public readonly struct Minimum : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => TLanes.Min(x, y);
}

/// <summary>The larger; NaN where either is NaN.</summary>
public readonly struct Maximum : IBinaryFunction
{
    /// <inheritdoc/>
    public static TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes> => TLanes.Max(x, y);
}
