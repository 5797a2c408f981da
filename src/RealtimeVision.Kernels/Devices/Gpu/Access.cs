using System.Runtime.CompilerServices;
using ILGPU;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// How a kernel reads neighbours in memory: a type argument, so that each way is compiled for
/// itself.
/// </summary>
internal interface IAccess
{
    /// <summary>True for 16 bytes at once, for rows whose length is a multiple of 4.</summary>
    static abstract bool IsVector { get; }
}

/// <summary>Four floats at once.</summary>
internal readonly struct VectorAccess : IAccess
{
    /// <inheritdoc/>
    public static bool IsVector => true;
}

/// <summary>One float at a time.</summary>
internal readonly struct ScalarAccess : IAccess
{
    /// <inheritdoc/>
    public static bool IsVector => false;
}

/// <summary>Four neighbours in memory, those of them that there are.</summary>
internal static class FourAccess
{
    /// <summary>Reads; zeros for those that there are not.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="at">Index of the first, with vectors a multiple of 4.</param>
    /// <param name="left">How many there are, none where it is negative; with vectors none or
    /// four.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Read<TAccess>(ArrayView<float> source, int at, int left)
        where TAccess : struct, IAccess
    {
        var value = default(Float4);
        if (TAccess.IsVector)
        {
            if (left > 0)
            {
                value = source.Cast<Float4>()[at / 4];
            }
        }
        else
        {
            if (left > 0)
            {
                value.X = source[at];
            }

            if (left > 1)
            {
                value.Y = source[at + 1];
            }

            if (left > 2)
            {
                value.Z = source[at + 2];
            }

            if (left > 3)
            {
                value.W = source[at + 3];
            }
        }

        return value;
    }

    /// <summary>Writes; parameters as of <see cref="Read"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<TAccess>(ArrayView<float> target, int at, int left, Float4 value)
        where TAccess : struct, IAccess
    {
        if (TAccess.IsVector)
        {
            if (left > 0)
            {
                target.Cast<Float4>()[at / 4] = value;
            }
        }
        else
        {
            for (int j = 0; j < 4; j++)
            {
                if (j < left)
                {
                    target[at + j] = value.X;
                }

                (value.X, value.Y, value.Z) = (value.Y, value.Z, value.W);
            }
        }
    }
}
