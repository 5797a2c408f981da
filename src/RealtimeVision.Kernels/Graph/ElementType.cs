namespace RealtimeVision.Kernels.Graph;

/// <summary>What one element of a tensor is.</summary>
public enum ElementType
{
    /// <summary>No tensor: an optional input that is absent.</summary>
    None,

    /// <summary>IEEE 754 single precision, 4 bytes.</summary>
    Float32,

    /// <summary>
    /// Two's complement, 4 bytes. Class indices; 64-bit integers of a file become this.
    /// </summary>
    Int32,

    /// <summary>Bytes: pixels and masks. A boolean is 0 or 1.</summary>
    UInt8,
}

/// <summary>Sizes of <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    /// <summary>Bytes an element takes in memory.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float32 or ElementType.Int32 => 4,
        ElementType.UInt8 => 1,
        _ => 0,
    };
}
