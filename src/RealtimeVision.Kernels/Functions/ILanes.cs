namespace RealtimeVision.Kernels.Functions;

/// <summary>
/// A few floats that are worked on together. Kernels and functions are written once, generic over
/// the lanes; the compiler makes one version a width, and <see cref="Lanes1"/> is what ILGPU
/// compiles for a GPU thread and what finishes the tail of a row.
/// </summary>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
public unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    /// <summary>Number of floats.</summary>
    static abstract int Count { get; }

    /// <summary>Reads from memory; no alignment is needed.</summary>
    static abstract TSelf Load(float* source);

    /// <summary>Reads bytes, one a lane, as numbers from 0 to 255.</summary>
    static abstract TSelf LoadBytes(byte* source);

    /// <summary>The same value in all lanes.</summary>
    static abstract TSelf Broadcast(float value);

    /// <summary>Sum.</summary>
    static abstract TSelf operator +(TSelf x, TSelf y);

    /// <summary>Difference.</summary>
    static abstract TSelf operator -(TSelf x, TSelf y);

    /// <summary>Product.</summary>
    static abstract TSelf operator *(TSelf x, TSelf y);

    /// <summary>Quotient.</summary>
    static abstract TSelf operator /(TSelf x, TSelf y);

    /// <summary><c>x * y + z</c>, rounded once where the hardware can.</summary>
    static abstract TSelf MultiplyAdd(TSelf x, TSelf y, TSelf z);

    /// <summary>The smaller; NaN where either is NaN.</summary>
    static abstract TSelf Min(TSelf x, TSelf y);

    /// <summary>The larger; NaN where either is NaN.</summary>
    static abstract TSelf Max(TSelf x, TSelf y);

    /// <summary>
    /// <paramref name="x"/>, but no less than <paramref name="bound"/>; NaN stays NaN. One
    /// instruction, where <see cref="Max"/> takes several to treat both arguments alike.
    /// </summary>
    static abstract TSelf AtLeast(TSelf bound, TSelf x);

    /// <summary>
    /// <paramref name="x"/>, but no more than <paramref name="bound"/>; NaN stays NaN.
    /// </summary>
    static abstract TSelf AtMost(TSelf bound, TSelf x);

    /// <summary>
    /// <paramref name="x"/>, but no less than <paramref name="low"/> and no more than
    /// <paramref name="high"/>; NaN stays NaN.
    /// </summary>
    static abstract TSelf Clamp(TSelf x, TSelf low, TSelf high);

    /// <summary>Absolute value.</summary>
    static abstract TSelf Abs(TSelf x);

    /// <summary>Square root.</summary>
    static abstract TSelf Sqrt(TSelf x);

    /// <summary>Largest whole number not above.</summary>
    static abstract TSelf Floor(TSelf x);

    /// <summary>e to the power of x; within 2 units in the last place.</summary>
    static abstract TSelf Exp(TSelf x);

    /// <summary>Natural logarithm.</summary>
    static abstract TSelf Log(TSelf x);

    /// <summary>Sine of an angle in radians; within 1e-6 for angles up to 8192.</summary>
    static abstract TSelf Sin(TSelf x);

    /// <summary>Cosine of an angle in radians; within 1e-6 for angles up to 8192.</summary>
    static abstract TSelf Cos(TSelf x);

    /// <summary>
    /// x to the power of y for x that is not negative; undefined where y is 0.
    /// </summary>
    static abstract TSelf Power(TSelf x, TSelf y);

    /// <summary><c>x &gt; y ? a : b</c>, lane by lane.</summary>
    static abstract TSelf SelectGreater(TSelf x, TSelf y, TSelf a, TSelf b);

    /// <summary>
    /// A mask that is set in the first lanes: none where <paramref name="count"/> is not positive,
    /// all where it is <see cref="Count"/> or more.
    /// </summary>
    static abstract TSelf FirstLanes(int count);

    /// <summary>Writes to memory; no alignment is needed.</summary>
    void Store(float* destination);

    /// <summary>
    /// Writes the lanes in which <paramref name="mask"/> is set and touches no other memory.
    /// </summary>
    void StoreWhere(TSelf mask, float* destination);

    /// <summary>
    /// Writes bytes, one a lane: numbers rounded to the nearest, half way up, those beyond 0 and
    /// 255 as the nearest of the two, NaN as 0.
    /// </summary>
    void StoreBytes(byte* destination);

    /// <summary>Sum of all lanes, in a fixed order.</summary>
    float Sum();

    /// <summary>Largest of all lanes; NaN where one is NaN.</summary>
    float Maximum();
}
