using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Kernels.Functions;

/// <summary>8 32-bit words in a 256-bit register.</summary>
/// <param name="Value">The register.</param>
internal readonly unsafe record struct Words8(Vector256<uint> Value) : IWords<Words8>
{
    /// <inheritdoc/>
    public static int Count => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words8 Broadcast(uint value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words8 CountingFrom(uint first) =>
        new(Vector256.Create(first) + Vector256<uint>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words8 operator ^(Words8 x, Words8 y) => new(x.Value ^ y.Value);

    /// <inheritdoc/>
    /// <remarks>Products of every other word at a time, which then share registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words8 High, Words8 Low) Multiply(Words8 x, uint y)
    {
        var factor = Vector256.Create(y);
        var even = MultiplyEven(x.Value, factor);
        var odd = MultiplyEven((x.Value.AsUInt64() >>> 32).AsUInt32(), factor);
        var lower = Vector256.Create((ulong)uint.MaxValue);
        var high = (even >>> 32) | Vector256.AndNot(odd, lower);
        var low = (even & lower) | (odd << 32);
        return (new(high.AsUInt32()), new(low.AsUInt32()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleWhereAtLeast(uint threshold, float scale, float* source, float* destination)
    {
        var isKept = Vector256.GreaterThanOrEqual(Value, Vector256.Create(threshold));
        var scaled = Vector256.Load(source) * Vector256.Create(scale);
        (isKept.AsSingle() & scaled).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> MultiplyEven(Vector256<uint> x, Vector256<uint> y)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.Multiply(x, y);
        }

        var lower = Vector256.Create((ulong)uint.MaxValue);
        return (x.AsUInt64() & lower) * (y.AsUInt64() & lower);
    }
}
