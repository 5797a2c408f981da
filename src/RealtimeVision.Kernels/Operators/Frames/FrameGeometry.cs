namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// How the bytes of a frame are to be read, and which region of it is wanted: the run-time input of
/// <see cref="FrameToTensor"/>, so that one plan serves sources of any size.
/// </summary>
/// <param name="Width">Columns of the frame, 1 to <see cref="Letterbox.MaxSide"/>.</param>
/// <param name="Height">Rows of the frame, 1 to <see cref="Letterbox.MaxSide"/>.</param>
/// <param name="BytesPerPixel">1 to 4.</param>
/// <param name="Red">
/// Which byte of a pixel is red; 0 where there is one only, also for green and blue.
/// </param>
/// <param name="Green">Which byte is green.</param>
/// <param name="Blue">Which byte is blue.</param>
/// <param name="RowBytes">Bytes from a row to the next.</param>
/// <param name="RegionX">Left edge of the region.</param>
/// <param name="RegionY">Upper edge of the region.</param>
/// <param name="RegionWidth">Columns of the region; 0, with 0 rows, for the whole frame.</param>
/// <param name="RegionHeight">Rows of the region.</param>
public readonly record struct FrameGeometry(
    int Width,
    int Height,
    int BytesPerPixel,
    int Red,
    int Green,
    int Blue,
    int RowBytes,
    int RegionX = 0,
    int RegionY = 0,
    int RegionWidth = 0,
    int RegionHeight = 0)
{
    /// <summary>Integers of a geometry without a region.</summary>
    public const int FrameLength = 8;

    /// <summary>Integers of a geometry with a region.</summary>
    public const int RegionLength = 12;

    /// <summary>Whether the region is the whole frame.</summary>
    public bool IsWhole => RegionWidth == 0 && RegionHeight == 0;

    /// <summary>
    /// True where frame and region make sense and the frame lies within so many bytes.
    /// </summary>
    public bool IsValid(int capacity)
    {
        if (Width < 1 || Height < 1 || Width > Letterbox.MaxSide || Height > Letterbox.MaxSide
            || BytesPerPixel < 1 || BytesPerPixel > 4
            || Red < 0 || Red >= BytesPerPixel || Green < 0 || Green >= BytesPerPixel
            || Blue < 0 || Blue >= BytesPerPixel
            || RowBytes < Width * BytesPerPixel || RowBytes > capacity
            || Height > 1 + ((capacity - (Width * BytesPerPixel)) / RowBytes))
        {
            return false;
        }

        return IsWhole || (RegionX >= 0 && RegionY >= 0 && RegionWidth > 0 && RegionHeight > 0
            && RegionWidth <= Width - RegionX && RegionHeight <= Height - RegionY);
    }

    /// <summary>
    /// Throws where <see cref="IsValid"/> says no: to be called before the geometry is uploaded.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The message has the geometry and the number of bytes.
    /// </exception>
    public void Check(int capacity)
    {
        if (!IsValid(capacity))
        {
            throw new ArgumentException(
                $"{this} does not fit in {capacity} bytes, or makes no sense");
        }
    }

    /// <summary>
    /// Writes <see cref="FrameLength"/> or <see cref="RegionLength"/> integers, as the span is
    /// long.
    /// </summary>
    public void CopyTo(Span<int> integers)
    {
        integers.Clear();
        integers[0] = Width;
        integers[1] = Height;
        integers[2] = BytesPerPixel;
        integers[3] = Red;
        integers[4] = Green;
        integers[5] = Blue;
        integers[6] = RowBytes;
        if (integers.Length >= RegionLength)
        {
            integers[8] = RegionX;
            integers[9] = RegionY;
            integers[10] = RegionWidth;
            integers[11] = RegionHeight;
        }
    }

    /// <summary>Where the region lies in a tensor.</summary>
    public Letterbox In(int tensorWidth, int tensorHeight, FrameFit fit) => IsWhole
        ? Letterbox.Fit(0, 0, Width, Height, tensorWidth, tensorHeight, fit)
        : Letterbox.Fit(
            RegionX, RegionY, RegionWidth, RegionHeight, tensorWidth, tensorHeight, fit);
}
