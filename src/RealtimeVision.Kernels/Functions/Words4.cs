using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RealtimeVision.Kernels.Functions;

/// <summary>4 32-bit words in a 128-bit register.</summary>
/// <param name="Value">The register.</param>
internal readonly unsafe record struct Words4(Vector128<uint> Value) : IWords<Words4>
{
    /// <inheritdoc/>
    public static int Count => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 Broadcast(uint value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 CountingFrom(uint first) =>
        new(Vector128.Create(first) + Vector128<uint>.Indices);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words4 operator ^(Words4 x, Words4 y) => new(x.Value ^ y.Value);

    /// <inheritdoc/>
    /// <remarks>Products of every other word at a time, which then share registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words4 High, Words4 Low) Multiply(Words4 x, uint y)
    {
        var factor = Vector128.Create(y);
        var even = MultiplyEven(x.Value, factor);
        var odd = MultiplyEven((x.Value.AsUInt64() >>> 32).AsUInt32(), factor);
        var lower = Vector128.Create((ulong)uint.MaxValue);
        var high = (even >>> 32) | Vector128.AndNot(odd, lower);
        var low = (even & lower) | (odd << 32);
        return (new(high.AsUInt32()), new(low.AsUInt32()));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleWhereAtLeast(uint threshold, float scale, float* source, float* destination)
    {
        var isKept = Vector128.GreaterThanOrEqual(Value, Vector128.Create(threshold));
        var scaled = Vector128.Load(source) * Vector128.Create(scale);
        (isKept.AsSingle() & scaled).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> MultiplyEven(Vector128<uint> x, Vector128<uint> y)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.Multiply(x, y);
        }

        var lower = Vector128.Create((ulong)uint.MaxValue);
        return (x.AsUInt64() & lower) * (y.AsUInt64() & lower);
    }
}
