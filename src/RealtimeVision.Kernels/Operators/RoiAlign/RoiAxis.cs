namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One axis of boxes that are cut into cells: plain numbers, which a GPU kernel can be given.
/// </summary>
internal struct RoiAxis
{
    // Samples that a box of any size gets at most.
    private const int MostSamples = 1024;

    public SampleAxis Pixels;
    public int Cells, Samples, HalfPixel;
    public float Scale;

    /// <summary>The samples of a cell.</summary>
    /// <param name="low">Where the box begins.</param>
    /// <param name="high">Where it ends.</param>
    /// <param name="cell">Which cell.</param>
    public readonly RoiCell Cell(float low, float high, int cell)
    {
        float offset = HalfPixel != 0 ? 0.5f : 0f;
        float start = (low * Scale) - offset;
        float length = (high * Scale) - offset - start;
        if (HalfPixel == 0 && length < 1f)
        {
            length = 1f;
        }

        float size = length / Cells;
        int samples = Samples;
        if (samples == 0 && size > 0f)
        {
            samples = size < MostSamples ? (int)size : MostSamples;
            samples += samples < size ? 1 : 0;
            samples = samples < MostSamples ? samples : MostSamples;
        }

        return new RoiCell { Start = start + (cell * size), Size = size, Samples = samples };
    }

    /// <summary>True where a sample counts.</summary>
    public readonly bool Contains(float place) => place >= -1f && place <= Pixels.Size;

    /// <summary>The place of a sample that counts, on the picture.</summary>
    public readonly float Held(float place) =>
        place < 0f ? 0f : place < Pixels.Size - 1 ? place : Pixels.Size - 1;
}

/// <summary>A cell of a box, along one axis.</summary>
internal struct RoiCell
{
    public float Start, Size;
    public int Samples;

    /// <summary>The place of a sample.</summary>
    public readonly float Place(int sample) => Start + ((sample + 0.5f) * Size / Samples);
}

/// <summary>Sizes of boxes, cells and pictures.</summary>
internal struct RoiGeometry
{
    public RoiAxis Rows, Columns;
    public int N, R, C;

    /// <summary>The picture of an index that may be wrong.</summary>
    public readonly int Picture(int index) => index < 0 ? 0 : index < N ? index : N - 1;
}
