using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What CPU kernels do with rows of a frame, whose pixels have 1 to 4 bytes.</summary>
internal static unsafe class FrameRows
{
    /// <summary>What a row in scratch memory has to have room for past its end.</summary>
    public const int Slack = 64;

    /// <summary>
    /// Luma, 0 to 1, of a row of pixels. Reads less than 64 bytes past the end and writes up to 7
    /// floats past it.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Luma(byte* row, in FrameGeometry frame, float* luma, int count)
    {
        // Picks red, green and blue of four pixels as the low bytes of four integers.
        var pick = Vector128<byte>.Zero;
        for (int i = 0; i < 16; i++)
        {
            int channel = (i & 3) switch { 0 => frame.Red, 1 => frame.Green, _ => frame.Blue };
            int index = (i & 3) == 3 ? 0x80 : ((i >> 2) * frame.BytesPerPixel) + channel;
            pick = pick.WithElement(i, (byte)index);
        }

        var low = Vector256.Create(255);
        var red = Vector256.Create(FrameOperators.Red / 255);
        var green = Vector256.Create(FrameOperators.Green / 255);
        var blue = Vector256.Create(FrameOperators.Blue / 255);
        int half = 4 * frame.BytesPerPixel;
        for (int x = 0; x < count; x += 8, row += 2 * half)
        {
            var pixels = Vector256.Create(
                Vector128.ShuffleNative(Vector128.Load(row), pick),
                Vector128.ShuffleNative(Vector128.Load(row + half), pick)).AsInt32();
            var sum = Vector256.ConvertToSingle(pixels & low) * red;
            sum += Vector256.ConvertToSingle(Vector256.ShiftRightLogical(pixels, 8) & low) * green;
            sum += Vector256.ConvertToSingle(Vector256.ShiftRightLogical(pixels, 16)) * blue;
            sum.Store(luma + x);
        }
    }

    /// <summary>
    /// A byte a pixel as that byte for each byte of the pixel. Reads up to 15 and writes up to 63
    /// bytes past the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Repeat(byte* values, int bytesPerPixel, byte* bytes, int count)
    {
        var pick = stackalloc Vector128<byte>[4];
        for (int i = 0; i < 16 * bytesPerPixel; i++)
        {
            ((byte*)pick)[i] = (byte)(i / bytesPerPixel);
        }

        for (int x = 0; x < count; x += 16)
        {
            var sixteen = Vector128.Load(values + x);
            for (int i = 0; i < bytesPerPixel; i++, bytes += 16)
            {
                Vector128.ShuffleNative(sixteen, pick[i]).Store(bytes);
            }
        }
    }

    /// <summary>Where columns of a frame lie between those of a coarser picture.</summary>
    /// <param name="taps">For each column: the one before, and the weight of the one after.</param>
    /// <param name="x">The column.</param>
    /// <param name="place">Its place, at least <paramref name="first"/>.</param>
    /// <param name="first">First column of the coarser picture.</param>
    /// <param name="end">The one after its last.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetTap(Tap* taps, int x, float place, int first, int end)
    {
        // The last place is the second of a pair too, so that the one after always exists; but
        // where there is one column only, it is its own neighbour: see Next.
        int before = (int)place;
        before = before > end - 2 ? end - 2 : before;
        before = before < first ? first : before;
        taps[x] = new Tap { First = before, Weight = place - before };
    }

    /// <summary>Columns from the first of a tap to the second.</summary>
    public static int Next(int first, int end) => end - first > 1 ? 1 : 0;

    /// <summary>
    /// A row of a coarser picture, stretched. Reads and writes up to 3 floats past the end.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Stretch(
        float* row, Tap* taps, int next, int bytesPerPixel, float* stretched, int count)
    {
        // Four floats at once, whatever a pixel has: the next one is written over what is too much.
        for (int x = 0; x < count; x++, stretched += bytesPerPixel)
        {
            float* before = row + (taps[x].First * bytesPerPixel);
            var value = Vector128.Load(before);
            var after = Vector128.Load(before + (next * bytesPerPixel));
            (value + ((after - value) * taps[x].Weight)).Store(stretched);
        }
    }

    /// <summary>A row between two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Between<TLanes>(float* upper, float* lower, TLanes weight)
        where TLanes : struct, ILanes<TLanes>
    {
        var value = TLanes.Load(upper);
        return TLanes.MultiplyAdd(TLanes.Load(lower) - value, weight, value);
    }

    /// <summary>A column of a coarser picture, and the weight of the one after it.</summary>
    public struct Tap
    {
        public int First;
        public float Weight;
    }
}
