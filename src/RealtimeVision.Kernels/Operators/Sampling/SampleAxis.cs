namespace RealtimeVision.Kernels.Operators;

/// <summary>What a picture is beyond its edge.</summary>
public enum SamplePadding
{
    /// <summary>0.</summary>
    Zeros,

    /// <summary>Its edge.</summary>
    Border,

    /// <summary>Its reflection, at the edge or at the outermost pixels' centres.</summary>
    Reflection,
}

/// <summary>
/// One axis of a picture that is read at places between its pixels, which the data decide: plain
/// numbers, which a GPU kernel can be given. Pixel i is at place i.
/// </summary>
internal struct SampleAxis
{
    /// <summary>Pixels.</summary>
    public int Size;

    /// <summary>Pixels that a place is made of: 1 nearest, 2 linear, 4 cubic.</summary>
    public int Taps;

    /// <summary>A <see cref="SamplePadding"/>.</summary>
    public int Padding;

    /// <summary>
    /// Not 0 where the picture ends with the outermost pixels' centres, and half a pixel further
    /// out else.
    /// </summary>
    public int AlignCorners;

    // Further outside, all places are alike; whole numbers up to here are exact.
    private const float Far = 1e6f;

    private readonly float Least => AlignCorners != 0 ? 0f : -0.5f;

    private readonly float Most => AlignCorners != 0 ? Size - 1 : Size - 0.5f;

    /// <summary>Pixels that a place is made of.</summary>
    public static int TapsOf(UpsampleMode mode) => mode switch
    {
        UpsampleMode.Nearest => 1,
        UpsampleMode.Bilinear => 2,
        _ => 4,
    };

    /// <summary>
    /// The place of a coordinate that is -1 at one end of the picture and 1 at the other; brought
    /// near the picture where it is far outside, or no number.
    /// </summary>
    public readonly float Place(float coordinate)
    {
        float place = Clamp(PlaceOf(coordinate), -Far, Far);
        if (Taps == 1)
        {
            place = RoundToEven(place);
        }

        return Clamp(IsReflected(place) ? Reflect(place, out _) : place, -4f, Size + 4f);
    }

    /// <summary>
    /// By how much <see cref="Place"/> moves for 1 in its coordinate; 0 where it does not.
    /// </summary>
    public readonly float PlaceSlope(float coordinate)
    {
        float place = PlaceOf(coordinate);
        if (Taps == 1 || !(place > -Far && place < Far))
        {
            return 0f;
        }

        float slope = 1f;
        if (IsReflected(place))
        {
            Reflect(place, out slope);
        }

        return slope * 0.5f * (AlignCorners != 0 ? Size - 1 : Size);
    }

    /// <summary>The first pixel, which may be outside, that a place is made of.</summary>
    public readonly int First(float place) =>
        Taps == 1 ? (int)RoundToEven(place) : FloorToInt(place) + 1 - (Taps / 2);

    /// <summary>How much a pixel counts at a place.</summary>
    public readonly float Weight(float place, int pixel) => Taps == 1 ? 1f
        : InterpolationKernel.Weight(
            Taps == 2 ? UpsampleMode.Bilinear : UpsampleMode.Bicubic,
            place - pixel,
            InterpolationKernel.DefaultCubic);

    /// <summary>
    /// By how much <see cref="Weight"/> changes when a place moves by 1; not for nearest pixels.
    /// </summary>
    public readonly float WeightSlope(float place, int pixel)
    {
        float distance = place - pixel;
        return Taps == 2 ? (distance < 0f ? 1f : -1f)
            : InterpolationKernel.CubicSlope(distance, InterpolationKernel.DefaultCubic);
    }

    /// <summary>The pixel that is there for one that may be outside; -1 where that is 0.</summary>
    public readonly int Pixel(int pixel)
    {
        if (pixel >= 0 && pixel < Size)
        {
            return pixel;
        }

        if (Padding == (int)SamplePadding.Zeros)
        {
            return -1;
        }

        int inside = Padding == (int)SamplePadding.Border
            ? pixel
            : FloorToInt(Reflect(pixel, out _) + 0.5f);
        return inside < 0 ? 0 : inside < Size ? inside : Size - 1;
    }

    private readonly float PlaceOf(float coordinate) => AlignCorners != 0
        ? (coordinate + 1f) * 0.5f * (Size - 1)
        : (((coordinate + 1f) * Size) - 1f) * 0.5f;

    private readonly bool IsReflected(float place) =>
        Padding == (int)SamplePadding.Reflection && (place < Least || place > Most);

    // The slope is 1 or -1, and 0 where all places are one.
    private readonly float Reflect(float place, out float slope)
    {
        float length = Most - Least;
        if (!(length > 0f))
        {
            slope = 0f;
            return 0f;
        }

        bool isBefore = place < Least;
        float beyond = isBefore ? Least - place : place - Most;
        float times = Floor(beyond / length);
        float rest = beyond - (times * length);
        bool isTurned = times - (2f * Floor(times * 0.5f)) > 0.5f;
        slope = isTurned ? 1f : -1f;
        return isBefore == isTurned ? Most - rest : Least + rest;
    }

    private static int FloorToInt(float x)
    {
        int whole = (int)x;
        return whole > x ? whole - 1 : whole;
    }

    private static float Floor(float x) => FloorToInt(x);

    // The smaller bound where the number is none.
    private static float Clamp(float x, float least, float most) =>
        x > least ? x < most ? x : most : least;

    private static float RoundToEven(float x)
    {
        float rounded = Floor(x + 0.5f);
        bool isOdd = rounded - (2f * Floor(rounded * 0.5f)) > 0.5f;
        return rounded - x >= 0.5f && isOdd ? rounded - 1f : rounded;
    }
}
