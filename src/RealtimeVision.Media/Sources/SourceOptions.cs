namespace RealtimeVision.Media;

/// <summary>What a caller asks of a frame source; everything has a default.</summary>
public sealed record SourceOptions
{
    /// <summary>The defaults: the source's own size and rate, once through.</summary>
    public static SourceOptions Default { get; } = new();

    /// <summary>
    /// Width of the frames in pixels; null keeps the source's, or its aspect where <see
    /// cref="Height"/> is given.
    /// </summary>
    public int? Width { get; init; }

    /// <summary>
    /// Height of the frames in pixels; null keeps the source's, or its aspect where <see
    /// cref="Width"/> is given.
    /// </summary>
    public int? Height { get; init; }

    /// <summary>
    /// Frames a second. A camera is asked for it, a video is resampled to it, pictures are stamped
    /// by it (25 where null).
    /// </summary>
    public double? FrameRate { get; init; }

    /// <summary>
    /// A file, picture or folder starts again at its end, with timestamps that go on. Live sources
    /// have no end.
    /// </summary>
    public bool Loop { get; init; }

    /// <summary>A wait for a frame longer than this is a loss of the source.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// An opening longer than this has failed. Longer than <see cref="StallTimeout"/>: a network
    /// stream may have to wait for its next key frame.
    /// </summary>
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Refuses values that mean nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A size, rate or time is not positive.
    /// </exception>
    internal SourceOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Width ?? 1, nameof(Width));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Height ?? 1, nameof(Height));
        double rate = FrameRate ?? 1;
        if (!(rate > 0 && double.IsFinite(rate)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(FrameRate), rate, "A frame rate is positive.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(
            StallTimeout, TimeSpan.Zero, nameof(StallTimeout));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(
            OpenTimeout, TimeSpan.Zero, nameof(OpenTimeout));
        return this;
    }
}
