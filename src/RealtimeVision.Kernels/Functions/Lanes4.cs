using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Kernels.Functions;

/// <summary>4 floats in a 128-bit register (SSE or NEON).</summary>
/// <param name="Value">The register.</param>
public readonly unsafe record struct Lanes4(Vector128<float> Value) : ILanes<Lanes4>
{
    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Load(float* source) => new(Vector128.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 LoadBytes(byte* source)
    {
        var bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(source)).AsByte();
        return new(
            Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Broadcast(float value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator +(Lanes4 x, Lanes4 y) => new(x.Value + y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator -(Lanes4 x, Lanes4 y) => new(x.Value - y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator *(Lanes4 x, Lanes4 y) => new(x.Value * y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 operator /(Lanes4 x, Lanes4 y) => new(x.Value / y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 MultiplyAdd(Lanes4 x, Lanes4 y, Lanes4 z) =>
        new(Vector128.MultiplyAddEstimate(x.Value, y.Value, z.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Min(Lanes4 x, Lanes4 y) => new(Vector128.Min(x.Value, y.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Max(Lanes4 x, Lanes4 y) => new(Vector128.Max(x.Value, y.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// Where either argument is NaN, x86 gives the second and ARM gives NaN: both keep the NaN of
    /// x.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 AtLeast(Lanes4 bound, Lanes4 x) => new(Vector128.MaxNative(bound.Value, x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 AtMost(Lanes4 bound, Lanes4 x) => new(Vector128.MinNative(bound.Value, x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Clamp(Lanes4 x, Lanes4 low, Lanes4 high) =>
        new(Vector128.MinNative(high.Value, Vector128.MaxNative(low.Value, x.Value)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Abs(Lanes4 x) => new(Vector128.Abs(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sqrt(Lanes4 x) => new(Vector128.Sqrt(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Floor(Lanes4 x) => new(Vector128.Floor(x.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// exp(x) = 2^n exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2, ln 2 split in two
    /// parts so that r is exact (Cody and Waite), exp(r) by its Taylor polynomial of degree 7. The
    /// power of two is applied in two halves, so that results down to the smallest normal number
    /// and infinity come out right; NaN stays NaN.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Exp(Lanes4 x)
    {
        var clamped = Vector128.MinNative(
            Vector128.Create(89f), Vector128.MaxNative(Vector128.Create(-104f), x.Value));
        var n = Vector128.Floor(
            Vector128.MultiplyAddEstimate(
                clamped, Vector128.Create(1.44269504f), Vector128.Create(0.5f)));
        var r = Vector128.MultiplyAddEstimate(n, Vector128.Create(-0.693359375f), clamped);
        r = Vector128.MultiplyAddEstimate(n, Vector128.Create(2.12194440e-4f), r);
        var p = Vector128.Create(1f / 5040f);
        p = Vector128.MultiplyAddEstimate(p, r, Vector128.Create(1f / 720f));
        p = Vector128.MultiplyAddEstimate(p, r, Vector128.Create(1f / 120f));
        p = Vector128.MultiplyAddEstimate(p, r, Vector128.Create(1f / 24f));
        p = Vector128.MultiplyAddEstimate(p, r, Vector128.Create(1f / 6f));
        p = Vector128.MultiplyAddEstimate(p, r, Vector128.Create(0.5f));
        p = Vector128.MultiplyAddEstimate(p, r, Vector128<float>.One);
        p = Vector128.MultiplyAddEstimate(p, r, Vector128<float>.One);
        var exponent = Vector128.ConvertToInt32(n);
        var half = Vector128.ShiftRightArithmetic(exponent, 1);
        return new(p * PowerOfTwo(half) * PowerOfTwo(exponent - half));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Log(Lanes4 x) => new(Vector128.Log(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Sin(Lanes4 x) => new(Vector128.Sin(x.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 Cos(Lanes4 x) => new(Vector128.Cos(x.Value));

    /// <inheritdoc/>
    /// <remarks>
    /// e^(y ln x) in double precision: the exponential multiplies the error of its argument, which
    /// is large where the power is.
    /// </remarks>
    public static Lanes4 Power(Lanes4 x, Lanes4 y)
    {
        var (lowX, highX) = Vector128.Widen(x.Value);
        var (lowY, highY) = Vector128.Widen(y.Value);
        var low = Vector128.Exp(lowY * Vector128.Log(lowX));
        var high = Vector128.Exp(highY * Vector128.Log(highX));
        return new(Vector128.Narrow(low, high));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 SelectGreater(Lanes4 x, Lanes4 y, Lanes4 a, Lanes4 b) =>
        new(Vector128.ConditionalSelect(Vector128.GreaterThan(x.Value, y.Value), a.Value, b.Value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes4 FirstLanes(int count) =>
        new(Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => Vector128.Store(Value, destination);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreWhere(Lanes4 mask, float* destination)
    {
        if (Avx.IsSupported)
        {
            Avx.MaskStore(destination, mask.Value, Value);
            return;
        }

        for (int i = 0; i < Count; i++)
        {
            if (mask.Value.AsInt32()[i] != 0)
            {
                destination[i] = Value[i];
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreBytes(byte* destination)
    {
        var clamped = Vector128.Min(
            Vector128.Max(Value, Vector128<float>.Zero), Vector128.Create(255f));
        var rounded = Vector128.ConvertToInt32(clamped + Vector128.Create(0.5f));
        var halves = Vector128.Narrow(rounded, rounded).AsUInt16();
        Unsafe.WriteUnaligned(destination, Vector128.Narrow(halves, halves).AsUInt32().ToScalar());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Sum() => Vector128.Sum(Value);

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
    private static Vector128<float> PowerOfTwo(Vector128<int> exponent) =>
        Vector128.ShiftLeft(exponent + Vector128.Create(127), 23).AsSingle();
}
