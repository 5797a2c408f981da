using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Kernels.Functions;

/// <summary>16 32-bit words in a 512-bit register.</summary>
/// <param name="Value">The register.</param>
internal readonly unsafe record struct Words16(Vector512<uint> Value) : IWords<Words16>
{
    /// <inheritdoc/>
    public static int Count => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words16 Broadcast(uint value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words16 CountingFrom(uint first) =>
        new(Vector512.Create(first) + Vector512<uint>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words16 operator ^(Words16 x, Words16 y) => new(x.Value ^ y.Value);

    /// <inheritdoc/>
    /// <remarks>Products of every other word at a time, which then share registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words16 High, Words16 Low) Multiply(Words16 x, uint y)
    {
        var factor = Vector512.Create(y);
        var even = MultiplyEven(x.Value, factor);
        var odd = MultiplyEven((x.Value.AsUInt64() >>> 32).AsUInt32(), factor);
        var lower = Vector512.Create((ulong)uint.MaxValue);
        var high = (even >>> 32) | Vector512.AndNot(odd, lower);
        var low = (even & lower) | (odd << 32);
        return (new(high.AsUInt32()), new(low.AsUInt32()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleWhereAtLeast(uint threshold, float scale, float* source, float* destination)
    {
        var isKept = Vector512.GreaterThanOrEqual(Value, Vector512.Create(threshold));
        var scaled = Vector512.Load(source) * Vector512.Create(scale);
        (isKept.AsSingle() & scaled).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> MultiplyEven(Vector512<uint> x, Vector512<uint> y)
    {
        if (Avx512F.IsSupported)
        {
            return Avx512F.Multiply(x, y);
        }

        var lower = Vector512.Create((ulong)uint.MaxValue);
        return (x.AsUInt64() & lower) * (y.AsUInt64() & lower);
    }
}
