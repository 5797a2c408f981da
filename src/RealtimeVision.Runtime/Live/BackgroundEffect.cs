using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// What takes the place of what is behind a person, or behind whatever else a segmenter finds.
/// Never changes; another effect is another object.
/// </summary>
public sealed class BackgroundEffect
{
    /// <summary>The strength of <see cref="Blur"/> where none is given.</summary>
    public const float DefaultStrength = 3;

    /// <summary>The largest strength of <see cref="Blur"/>.</summary>
    public const float MaxStrength = 20;

    private BackgroundEffect(BackgroundKind kind) => Kind = kind;

    /// <summary>The frame as it is.</summary>
    public static BackgroundEffect None { get; } = new(BackgroundKind.None);

    /// <summary>What takes the background's place.</summary>
    public BackgroundKind Kind { get; }

    /// <summary>
    /// Standard deviation of the blur in percent of the frame's height: the same at every
    /// resolution. 0 for other effects.
    /// </summary>
    public float Strength { get; private init; }

    /// <summary>Red, green and blue; black for other effects.</summary>
    public (byte Red, byte Green, byte Blue) Colour { get; private init; }

    /// <summary>The effect's own copy of the picture; null for other effects.</summary>
    internal Frame? Source { get; private init; }

    /// <summary>The frame's own background, out of focus.</summary>
    /// <param name="strength">Standard deviation in percent of the frame's height, above 0, at most
    /// <see cref="MaxStrength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The strength is out of its range.</exception>
    public static BackgroundEffect Blur(float strength = DefaultStrength) =>
        strength > 0 && strength <= MaxStrength
            ? new(BackgroundKind.Blur) { Strength = strength }
            : throw new ArgumentOutOfRangeException(
                nameof(strength), strength,
                $"a blur is above 0 and at most {MaxStrength} percent of the frame's height");

    /// <summary>One colour.</summary>
    public static BackgroundEffect Of(byte red, byte green, byte blue) =>
        new(BackgroundKind.Colour) { Colour = (red, green, blue) };

    /// <summary>
    /// A picture, as large as it takes to cover the frame, its middle in the middle. It is copied,
    /// and scaled once for each size of frames.
    /// </summary>
    /// <exception cref="ArgumentException">The picture has no pixels.</exception>
    public static BackgroundEffect Of(Frame picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Pixels.IsEmpty)
        {
            throw new ArgumentException("the picture has no pixels", nameof(picture));
        }

        var copy = new Frame();
        copy.CopyFrom(picture);
        return new(BackgroundKind.Picture) { Source = copy };
    }

    /// <summary>What a person calls it: <c>blur 3 %</c>, <c>#00ff00</c>, <c>picture</c>.</summary>
    public override string ToString() => Kind switch
    {
        BackgroundKind.None => "none",
        BackgroundKind.Blur => FormattableString.Invariant($"blur {Strength} %"),
        BackgroundKind.Colour => $"#{Colour.Red:x2}{Colour.Green:x2}{Colour.Blue:x2}",
        _ => $"picture {Source!.Width}x{Source.Height}",
    };
}
