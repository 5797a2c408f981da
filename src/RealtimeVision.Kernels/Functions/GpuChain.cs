namespace RealtimeVision.Kernels.Functions;

/// <summary>Constants and operands that a chain still has to use, in order.</summary>
public struct ChainState
{
    /// <summary>Constants of the next link and of those after it.</summary>
    public float A0, B0, A1, B1, A2, B2, A3, B3;

    /// <summary>The next operand and those after it, for the element at hand.</summary>
    public float V0, V1, V2;

    /// <summary>The state with the constants of a chain and no operands yet.</summary>
    public static ChainState Of(PointwiseChain chain)
    {
        var links = chain.Links;
        var state = default(ChainState);
        (state.A0, state.B0) = links.Length > 0 ? (links[0].A, links[0].B) : default;
        (state.A1, state.B1) = links.Length > 1 ? (links[1].A, links[1].B) : default;
        (state.A2, state.B2) = links.Length > 2 ? (links[2].A, links[2].B) : default;
        (state.A3, state.B3) = links.Length > 3 ? (links[3].A, links[3].B) : default;
        return state;
    }

    internal ChainState NextConstants()
    {
        var next = this;
        (next.A0, next.B0) = (A1, B1);
        (next.A1, next.B1) = (A2, B2);
        (next.A2, next.B2) = (A3, B3);
        return next;
    }

    internal ChainState NextOperand()
    {
        var next = NextConstants();
        next.V0 = V1;
        next.V1 = V2;
        return next;
    }
}

/// <summary>
/// A chain as a type: an argument of generic GPU kernels, so that the compiler makes straight code
/// of it.
/// </summary>
public interface IChain
{
    /// <summary>Number of functions; 0 where the chain changes nothing.</summary>
    static abstract int Length { get; }

    /// <summary>Number of operands that the chain reads.</summary>
    static abstract int Operands { get; }

    /// <summary>The chain's value.</summary>
    static abstract float Apply(float x, ChainState state);
}

/// <summary>The end of a chain: changes nothing.</summary>
public readonly struct EndOfChain : IChain
{
    /// <inheritdoc/>
    public static int Length => 0;

    /// <inheritdoc/>
    public static int Operands => 0;

    /// <inheritdoc/>
    public static float Apply(float x, ChainState state) => x;
}

/// <summary>A unary function, then the rest of the chain.</summary>
public readonly struct ThenUnary<TFunction, TRest> : IChain
    where TFunction : struct, IUnaryFunction
    where TRest : struct, IChain
{
    /// <inheritdoc/>
    public static int Length => 1 + TRest.Length;

    /// <inheritdoc/>
    public static int Operands => TRest.Operands;

    /// <inheritdoc/>
    public static float Apply(float x, ChainState state) => TRest.Apply(
        TFunction.Apply(new Lanes1(x), new Lanes1(state.A0), new Lanes1(state.B0)).Value,
        state.NextConstants());
}

/// <summary>A binary function on the next operand, then the rest of the chain.</summary>
public readonly struct ThenBinary<TFunction, TRest> : IChain
    where TFunction : struct, IBinaryFunction
    where TRest : struct, IChain
{
    /// <inheritdoc/>
    public static int Length => 1 + TRest.Length;

    /// <inheritdoc/>
    public static int Operands => 1 + TRest.Operands;

    /// <inheritdoc/>
    public static float Apply(float x, ChainState state) => TRest.Apply(
        TFunction.Apply(new Lanes1(x), new Lanes1(state.V0)).Value, state.NextOperand());
}

/// <summary>Makes a chain's type.</summary>
public static class GpuChain
{
    /// <summary>The type that stands for <paramref name="chain"/> in a generic kernel.</summary>
    public static Type TypeOf(PointwiseChain chain)
    {
        var type = typeof(EndOfChain);
        var links = chain.Links;
        for (int i = links.Length - 1; i >= 0; i--)
        {
            var open = links[i].Function.IsBinary ? typeof(ThenBinary<,>) : typeof(ThenUnary<,>);
            type = open.MakeGenericType(links[i].Function.Type, type);
        }

        return type;
    }
}
