using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Kernels.Functions;

/// <summary>8 floats in a 256-bit register (AVX2 with FMA).</summary>
/// <param name="Value">The register.</param>
public readonly unsafe record struct Lanes8(Vector256<float> Value) : ILanes<Lanes8>
{
    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Load(float* source) => new(Vector256.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 LoadBytes(byte* source) =>
        new(Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(source)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Broadcast(float value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator +(Lanes8 x, Lanes8 y) => new(x.Value + y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator -(Lanes8 x, Lanes8 y) => new(x.Value - y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator *(Lanes8 x, Lanes8 y) => new(x.Value * y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 operator /(Lanes8 x, Lanes8 y) => new(x.Value / y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 MultiplyAdd(Lanes8 x, Lanes8 y, Lanes8 z) =>
        new(Vector256.MultiplyAddEstimate(x.Value, y.Value, z.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Min(Lanes8 x, Lanes8 y) => new(Vector256.Min(x.Value, y.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Max(Lanes8 x, Lanes8 y) => new(Vector256.Max(x.Value, y.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// Where either argument is NaN, x86 gives the second and ARM gives NaN: both keep the NaN of
    /// x.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AtLeast(Lanes8 bound, Lanes8 x) => new(Vector256.MaxNative(bound.Value, x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 AtMost(Lanes8 bound, Lanes8 x) => new(Vector256.MinNative(bound.Value, x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Clamp(Lanes8 x, Lanes8 low, Lanes8 high) =>
        new(Vector256.MinNative(high.Value, Vector256.MaxNative(low.Value, x.Value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Abs(Lanes8 x) => new(Vector256.Abs(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sqrt(Lanes8 x) => new(Vector256.Sqrt(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Floor(Lanes8 x) => new(Vector256.Floor(x.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2, ln 2 split in two
    /// parts so that r is exact (Cody and Waite), exp(r) by its Taylor polynomial of degree 7. The
    /// power of two is applied in two halves, so that results down to the smallest normal number
    /// and infinity come out right; NaN stays NaN.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Exp(Lanes8 x)
    {
        var clamped = Vector256.MinNative(
            Vector256.Create(89f), Vector256.MaxNative(Vector256.Create(-104f), x.Value));
        var n = Vector256.Floor(
            Vector256.MultiplyAddEstimate(
                clamped, Vector256.Create(1.44269504f), Vector256.Create(0.5f)));
        var r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-0.693359375f), clamped);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(2.12194440e-4f), r);
        var p = Vector256.Create(1f / 5040f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1f / 720f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1f / 120f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1f / 24f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1f / 6f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(0.5f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256<float>.One);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256<float>.One);
        var exponent = Vector256.ConvertToInt32(n);
        var half = Vector256.ShiftRightArithmetic(exponent, 1);
        return new(p * PowerOfTwo(half) * PowerOfTwo(exponent - half));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Log(Lanes8 x) => new(Vector256.Log(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Sin(Lanes8 x) => new(Vector256.Sin(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 Cos(Lanes8 x) => new(Vector256.Cos(x.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// e^(y ln x) in double precision: the exponential multiplies the error of its argument, which
    /// is large where the power is.
    /// </remarks>
    public static Lanes8 Power(Lanes8 x, Lanes8 y)
    {
        var (lowX, highX) = Vector256.Widen(x.Value);
        var (lowY, highY) = Vector256.Widen(y.Value);
        var low = Vector256.Exp(lowY * Vector256.Log(lowX));
        var high = Vector256.Exp(highY * Vector256.Log(highX));
        return new(Vector256.Narrow(low, high));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 SelectGreater(Lanes8 x, Lanes8 y, Lanes8 a, Lanes8 b) =>
        new(Vector256.ConditionalSelect(Vector256.GreaterThan(x.Value, y.Value), a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes8 FirstLanes(int count) =>
        new(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => Vector256.Store(Value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWhere(Lanes8 mask, float* destination) =>
        Avx.MaskStore(destination, mask.Value, Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* destination)
    {
        var clamped = Vector256.Min(
            Vector256.Max(Value, Vector256<float>.Zero), Vector256.Create(255f));
        var rounded = Vector256.ConvertToInt32(clamped + Vector256.Create(0.5f));
        var halves = Vector128.Narrow(rounded.GetLower(), rounded.GetUpper()).AsUInt16();
        Unsafe.WriteUnaligned(destination, Vector128.Narrow(halves, halves).AsUInt64().ToScalar());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => Vector256.Sum(Value);

    /// <inheritdoc/>
    public float Maximum()
    {
        float maximum = Value[0];
        for (int i = 1; i < Count; i++)
        {
            maximum = MathF.Max(maximum, Value[i]);
        }

        return maximum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> PowerOfTwo(Vector256<int> exponent) =>
        Vector256.ShiftLeft(exponent + Vector256.Create(127), 23).AsSingle();
}
