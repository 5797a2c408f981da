namespace RealtimeVision.Kernels.Functions;

/// <summary>A function of one number and up to two constants, written once for all lanes.</summary>
public interface IUnaryFunction
{
    /// <summary>The function's value; unused constants are ignored.</summary>
    static abstract TLanes Apply<TLanes>(TLanes x, TLanes a, TLanes b)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>A function of two numbers, written once for all lanes.</summary>
public interface IBinaryFunction
{
    /// <summary>The function's value.</summary>
    static abstract TLanes Apply<TLanes>(TLanes x, TLanes y)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>How many floats the CPU kernels work on at once.</summary>
public enum VectorWidth
{
    /// <summary>One: no vectors.</summary>
    Scalar = 1,

    /// <summary>Four: SSE4, NEON.</summary>
    Vector128 = 4,

    /// <summary>Eight: AVX2 with FMA.</summary>
    Vector256 = 8,

    /// <summary>Sixteen: AVX-512.</summary>
    Vector512 = 16,
}

/// <summary>
/// A pointwise function as an object: its name, the struct that defines it (for ILGPU, which is
/// given types) and its loops over memory (for the CPU).
/// </summary>
public abstract unsafe class PointwiseFunction
{
    private protected PointwiseFunction(string name, Type type)
    {
        Name = name;
        Type = type;
    }

    /// <summary>The field's name for it: <c>HardSwish</c>.</summary>
    public string Name { get; }

    /// <summary>The struct that defines it.</summary>
    public Type Type { get; }

    /// <summary>True where it reads a second tensor.</summary>
    public abstract bool IsBinary { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>A function of one number: see <see cref="Unary"/> for all of them.</summary>
public abstract unsafe class UnaryFunction : PointwiseFunction
{
    private protected UnaryFunction(string name, Type type)
        : base(name, type)
    {
    }

    /// <inheritdoc/>
    public override bool IsBinary => false;

    /// <summary>
    /// Applies it to <paramref name="count"/> floats; source and destination may be the same.
    /// </summary>
    public abstract void Run(
        VectorWidth width, float* source, float* destination, long count, float a, float b);
}

/// <summary>A function of two numbers: see <see cref="Binary"/> for all of them.</summary>
public abstract unsafe class BinaryFunction : PointwiseFunction
{
    private protected BinaryFunction(string name, Type type)
        : base(name, type)
    {
    }

    /// <inheritdoc/>
    public override bool IsBinary => true;

    /// <summary>The function with its arguments swapped; itself where they commute.</summary>
    public BinaryFunction Swapped { get; internal set; } = null!;

    /// <summary>
    /// Applies it to a row of floats and a row of operands, or one operand for the whole row.
    /// </summary>
    /// <param name="width">Vector width.</param>
    /// <param name="source">First arguments.</param>
    /// <param name="operand">Second arguments.</param>
    /// <param name="operandStride">1, or 0 where one operand serves the whole row.</param>
    /// <param name="destination">Results; may be <paramref name="source"/>.</param>
    /// <param name="count">Floats of the row.</param>
    public abstract void Run(
        VectorWidth width, float* source, float* operand, int operandStride, float* destination, long count);
}

internal sealed unsafe class UnaryFunction<TFunction>(string name)
    : UnaryFunction(name, typeof(TFunction))
    where TFunction : struct, IUnaryFunction
{
    public override void Run(
        VectorWidth width, float* source, float* destination, long count, float a, float b)
    {
        switch (width)
        {
            case VectorWidth.Vector512:
                PointwiseLoops.Unary<TFunction, Lanes16>(source, destination, count, a, b);
                break;
            case VectorWidth.Vector256:
                PointwiseLoops.Unary<TFunction, Lanes8>(source, destination, count, a, b);
                break;
            case VectorWidth.Vector128:
                PointwiseLoops.Unary<TFunction, Lanes4>(source, destination, count, a, b);
                break;
            default:
                PointwiseLoops.Unary<TFunction, Lanes1>(source, destination, count, a, b);
                break;
        }
    }
}

internal sealed unsafe class BinaryFunction<TFunction>(string name)
    : BinaryFunction(name, typeof(TFunction))
    where TFunction : struct, IBinaryFunction
{
    public override void Run(
        VectorWidth width, float* source, float* operand, int operandStride, float* destination, long count)
    {
        switch (width)
        {
            case VectorWidth.Vector512:
                PointwiseLoops.Binary<TFunction, Lanes16>(source, operand, operandStride, destination, count);
                break;
            case VectorWidth.Vector256:
                PointwiseLoops.Binary<TFunction, Lanes8>(source, operand, operandStride, destination, count);
                break;
            case VectorWidth.Vector128:
                PointwiseLoops.Binary<TFunction, Lanes4>(source, operand, operandStride, destination, count);
                break;
            default:
                PointwiseLoops.Binary<TFunction, Lanes1>(source, operand, operandStride, destination, count);
                break;
        }
    }
}
