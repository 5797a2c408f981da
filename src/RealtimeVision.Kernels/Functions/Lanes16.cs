using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Kernels.Functions;

/// <summary>16 floats in a 512-bit register (AVX-512).</summary>
/// <param name="Value">The register.</param>
public readonly unsafe record struct Lanes16(Vector512<float> Value) : ILanes<Lanes16>
{
    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 LoadBytes(byte* source) =>
        new(Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(source))));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Broadcast(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator +(Lanes16 x, Lanes16 y) => new(x.Value + y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator -(Lanes16 x, Lanes16 y) => new(x.Value - y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator *(Lanes16 x, Lanes16 y) => new(x.Value * y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 operator /(Lanes16 x, Lanes16 y) => new(x.Value / y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 MultiplyAdd(Lanes16 x, Lanes16 y, Lanes16 z) =>
        new(Vector512.MultiplyAddEstimate(x.Value, y.Value, z.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Min(Lanes16 x, Lanes16 y) => new(Vector512.Min(x.Value, y.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Max(Lanes16 x, Lanes16 y) => new(Vector512.Max(x.Value, y.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// Where either argument is NaN, x86 gives the second and ARM gives NaN: both keep the NaN of
    /// x.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 AtLeast(Lanes16 bound, Lanes16 x) => new(Vector512.MaxNative(bound.Value, x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 AtMost(Lanes16 bound, Lanes16 x) => new(Vector512.MinNative(bound.Value, x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Clamp(Lanes16 x, Lanes16 low, Lanes16 high) =>
        new(Vector512.MinNative(high.Value, Vector512.MaxNative(low.Value, x.Value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Abs(Lanes16 x) => new(Vector512.Abs(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sqrt(Lanes16 x) => new(Vector512.Sqrt(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Floor(Lanes16 x) => new(Vector512.Floor(x.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2, ln 2 split in two
    /// parts so that r is exact (Cody and Waite), exp(r) by its Taylor polynomial of degree 7. The
    /// power of two is applied in two halves, so that results down to the smallest normal number
    /// and infinity come out right; NaN stays NaN.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Exp(Lanes16 x)
    {
        var clamped = Vector512.MinNative(
            Vector512.Create(89f), Vector512.MaxNative(Vector512.Create(-104f), x.Value));
        var n = Vector512.Floor(
            Vector512.MultiplyAddEstimate(
                clamped, Vector512.Create(1.44269504f), Vector512.Create(0.5f)));
        var r = Vector512.MultiplyAddEstimate(n, Vector512.Create(-0.693359375f), clamped);
        r = Vector512.MultiplyAddEstimate(n, Vector512.Create(2.12194440e-4f), r);
        var p = Vector512.Create(1f / 5040f);
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1f / 720f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1f / 120f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1f / 24f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(1f / 6f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512.Create(0.5f));
        p = Vector512.MultiplyAddEstimate(p, r, Vector512<float>.One);
        p = Vector512.MultiplyAddEstimate(p, r, Vector512<float>.One);
        var exponent = Vector512.ConvertToInt32(n);
        var half = Vector512.ShiftRightArithmetic(exponent, 1);
        return new(p * PowerOfTwo(half) * PowerOfTwo(exponent - half));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Log(Lanes16 x) => new(Vector512.Log(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Sin(Lanes16 x) => new(Vector512.Sin(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 Cos(Lanes16 x) => new(Vector512.Cos(x.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// e^(y ln x) in double precision: the exponential multiplies the error of its argument, which
    /// is large where the power is.
    /// </remarks>
    public static Lanes16 Power(Lanes16 x, Lanes16 y)
    {
        var (lowX, highX) = Vector512.Widen(x.Value);
        var (lowY, highY) = Vector512.Widen(y.Value);
        var low = Vector512.Exp(lowY * Vector512.Log(lowX));
        var high = Vector512.Exp(highY * Vector512.Log(highX));
        return new(Vector512.Narrow(low, high));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 SelectGreater(Lanes16 x, Lanes16 y, Lanes16 a, Lanes16 b) =>
        new(Vector512.ConditionalSelect(Vector512.GreaterThan(x.Value, y.Value), a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes16 FirstLanes(int count) =>
        new(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => Vector512.Store(Value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWhere(Lanes16 mask, float* destination) =>
        Avx512F.MaskStore(destination, mask.Value, Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* destination)
    {
        var clamped = Vector512.Min(
            Vector512.Max(Value, Vector512<float>.Zero), Vector512.Create(255f));
        var rounded = Vector512.ConvertToInt32(clamped + Vector512.Create(0.5f));
        Vector128.Store(Avx512F.ConvertToVector128Byte(rounded), destination);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => Vector512.Sum(Value);

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
    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) =>
        Vector512.ShiftLeft(exponent + Vector512.Create(127), 23).AsSingle();
}
