using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Import;

/// <summary>What the header of a safetensors file says of one tensor.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Its shape, outermost side first; empty for a scalar.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="ByteCount">Its size in bytes: what shape and type take.</param>
public sealed record SafetensorsEntry(
    string Name, StorageType Type, IReadOnlyList<long> Shape, long Offset, long ByteCount)
{
    /// <summary>Number of elements.</summary>
    public int Count => (int)(ByteCount / Type.Size());
}

/// <summary>A tensor to be written into a safetensors file.</summary>
/// <param name="Name">Its name, of which a file has one.</param>
/// <param name="Type">How its elements are stored.</param>
/// <param name="Shape">Its shape, outermost side first.</param>
/// <param name="Bytes">Its elements, row-major and little-endian.</param>
public sealed record SafetensorsTensor(
    string Name, StorageType Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>A tensor with a copy of <paramref name="elements"/>.</summary>
    /// <exception cref="NotSupportedException">The element type cannot be stored.</exception>
    public static SafetensorsTensor Create<T>(
        string name, ReadOnlySpan<long> shape, ReadOnlySpan<T> elements)
        where T : unmanaged =>
        new(name, StorageTypes.Of<T>(), shape.ToArray(),
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(elements).ToArray());
}
