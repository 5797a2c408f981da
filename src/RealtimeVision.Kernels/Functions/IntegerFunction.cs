using System.Numerics;

namespace RealtimeVision.Kernels.Functions;

/// <summary>
/// A function of whole numbers of 32 bits, which wrap around. Bytes are computed as such and cut to
/// their lowest 8 bits.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
public interface IIntegerFunction<TSelf>
    where TSelf : struct, IIntegerFunction<TSelf>
{
    /// <summary>False where only x is read.</summary>
    static virtual bool IsBinary => true;

    /// <summary>The function's value.</summary>
    static abstract int Apply(int x, int y);

    /// <summary>The same for a vector of numbers: one by one where there is no better way.</summary>
    static virtual Vector<int> Apply(Vector<int> x, Vector<int> y)
    {
        Span<int> results = stackalloc int[Vector<int>.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = TSelf.Apply(x[i], y[i]);
        }

        return new Vector<int>(results);
    }
}

/// <summary>
/// A function of whole numbers as an object: see <see cref="Integer"/> for all of them.
/// </summary>
public abstract unsafe class IntegerFunction
{
    private protected IntegerFunction(string name, bool isBinary)
    {
        Name = name;
        IsBinary = isBinary;
    }

    /// <summary>The field's name for it: <c>ShiftLeft</c>.</summary>
    public string Name { get; }

    /// <summary>True where it reads a second tensor.</summary>
    public bool IsBinary { get; }

    /// <summary>Its loop over 32-bit integers.</summary>
    internal abstract delegate*<int*, int*, int*, long, void> Ints { get; }

    /// <summary>Its loop over bytes.</summary>
    internal abstract delegate*<byte*, byte*, byte*, long, void> Bytes { get; }

    /// <summary>Its kernel for GPUs.</summary>
    internal abstract Delegate KernelOf<T>()
        where T : unmanaged;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

internal sealed unsafe class IntegerFunction<TFunction>(string name)
    : IntegerFunction(name, TFunction.IsBinary)
    where TFunction : struct, IIntegerFunction<TFunction>
{
    internal override delegate*<int*, int*, int*, long, void> Ints => &IntegerLoops.Ints<TFunction>;

    internal override delegate*<byte*, byte*, byte*, long, void> Bytes =>
        &IntegerLoops.Bytes<TFunction>;

    internal override Delegate KernelOf<T>() => typeof(T) == typeof(int)
        ? IntegerLoops.IntKernel<TFunction>
        : IntegerLoops.ByteKernel<TFunction>;
}
