namespace RealtimeVision.Kernels.Functions;

/// <summary>
/// A few 32-bit words that are worked on together, as <see cref="ILanes{TSelf}"/> are floats: what
/// a generator of random numbers needs, written once for all widths. <see cref="Words1"/> is what
/// ILGPU compiles for a GPU thread.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
internal unsafe interface IWords<TSelf>
    where TSelf : struct, IWords<TSelf>
{
    /// <summary>Number of words.</summary>
    static abstract int Count { get; }

    /// <summary>The same word in all lanes.</summary>
    static abstract TSelf Broadcast(uint value);

    /// <summary>A word and those after it.</summary>
    static abstract TSelf CountingFrom(uint first);

    /// <summary>Where the words differ, bit by bit.</summary>
    static abstract TSelf operator ^(TSelf x, TSelf y);

    /// <summary>Both halves of a product.</summary>
    static abstract (TSelf High, TSelf Low) Multiply(TSelf x, uint y);

    /// <summary>
    /// Writes as many floats as there are words: those of <paramref name="source"/>, times
    /// <paramref name="scale"/>, where the word is at least <paramref name="threshold"/>, and 0
    /// elsewhere.
    /// </summary>
    void ScaleWhereAtLeast(uint threshold, float scale, float* source, float* destination);
}
