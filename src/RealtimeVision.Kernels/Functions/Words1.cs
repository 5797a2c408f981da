using System.Runtime.CompilerServices;

namespace RealtimeVision.Kernels.Functions;

/// <summary>One 32-bit word: a GPU thread, the tail of a row, or a machine without vectors.</summary>
/// <param name="Value">The word.</param>
internal readonly unsafe record struct Words1(uint Value) : IWords<Words1>
{
    /// <inheritdoc/>
    public static int Count => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words1 Broadcast(uint value) => new(value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words1 CountingFrom(uint first) => new(first);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words1 operator ^(Words1 x, Words1 y) => new(x.Value ^ y.Value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words1 High, Words1 Low) Multiply(Words1 x, uint y)
    {
        ulong product = (ulong)x.Value * y;
        return (new((uint)(product >> 32)), new((uint)product));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleWhereAtLeast(uint threshold, float scale, float* source, float* destination) =>
        *destination = Value >= threshold ? *source * scale : 0f;
}
