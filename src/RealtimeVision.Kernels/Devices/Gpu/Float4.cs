using System.Runtime.CompilerServices;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>Four floats that a GPU thread reads or writes at once, 16 bytes.</summary>
public struct Float4
{
    /// <summary>The floats, in the order of memory.</summary>
    public float X, Y, Z, W;

    /// <summary><c>x + y</c>, float by float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Add(Float4 x, Float4 y) =>
        new() { X = x.X + y.X, Y = x.Y + y.Y, Z = x.Z + y.Z, W = x.W + y.W };

    /// <summary><c>x * y + z</c>, float by float.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 MultiplyAdd(Float4 x, Float4 y, Float4 z) => new()
    {
        X = GpuMath.MultiplyAdd(x.X, y.X, z.X),
        Y = GpuMath.MultiplyAdd(x.Y, y.Y, z.Y),
        Z = GpuMath.MultiplyAdd(x.Z, y.Z, z.Z),
        W = GpuMath.MultiplyAdd(x.W, y.W, z.W),
    };

    /// <summary><c>x * y + z</c>, the same <paramref name="x"/> for all four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 MultiplyAdd(float x, Float4 y, Float4 z) => new()
    {
        X = GpuMath.MultiplyAdd(x, y.X, z.X),
        Y = GpuMath.MultiplyAdd(x, y.Y, z.Y),
        Z = GpuMath.MultiplyAdd(x, y.Z, z.Z),
        W = GpuMath.MultiplyAdd(x, y.W, z.W),
    };
}
