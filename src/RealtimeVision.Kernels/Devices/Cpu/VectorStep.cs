using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>A step whose kernel is written once, generic over the vector width.</summary>
internal abstract class VectorStep : CpuStep
{
    /// <summary>Vector width that the kernel runs with.</summary>
    public required VectorWidth Width { get; init; }

    public sealed override void Run(int piece, CpuWorker worker)
    {
        switch (Width)
        {
            case VectorWidth.Vector512:
                Run<Lanes16>(piece, worker);
                break;
            case VectorWidth.Vector256:
                Run<Lanes8>(piece, worker);
                break;
            case VectorWidth.Vector128:
                Run<Lanes4>(piece, worker);
                break;
            default:
                Run<Lanes1>(piece, worker);
                break;
        }
    }

    /// <summary>Does one piece.</summary>
    protected abstract void Run<TLanes>(int piece, CpuWorker worker)
        where TLanes : struct, ILanes<TLanes>;
}

internal static class VectorWidths
{
    /// <summary>
    /// The widest vectors, up to <paramref name="width"/>, that fit in <paramref name="count"/>
    /// floats at least once. A kernel over so many floats needs no scalar tail: its last vector
    /// overlaps the one before.
    /// </summary>
    public static VectorWidth Within(this VectorWidth width, int count)
    {
        while (width > VectorWidth.Scalar && (int)width > count)
        {
            width = width == VectorWidth.Vector128
                ? VectorWidth.Scalar
                : (VectorWidth)((int)width / 2);
        }

        return width;
    }
}
