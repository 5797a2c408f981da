using System.Globalization;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>The background effect that was asked for, and those that a key goes through.</summary>
internal sealed class BackgroundChoices
{
    // The green of studio screens.
    private static readonly BackgroundEffect Green = BackgroundEffect.Of(0, 177, 64);

    private readonly BackgroundEffect[] _all;
    private int _current;

    private BackgroundChoices(BackgroundEffect first)
    {
        _all =
        [
            BackgroundEffect.None,
            first.Kind == BackgroundKind.Blur ? first : BackgroundEffect.Blur(),
            first.Kind == BackgroundKind.Colour ? first : Green,
            .. first.Kind == BackgroundKind.Picture ? [first] : Array.Empty<BackgroundEffect>(),
        ];
        _current = Array.IndexOf(_all, first);
    }

    public BackgroundEffect Current => _all[_current];

    /// <summary>Reads <c>none</c>, <c>blur</c>, <c>blur:N</c>, <c>#rrggbb</c> or a file.</summary>
    /// <exception cref="UsageException">It is none of them.</exception>
    /// <exception cref="MediaException">The file is no picture.</exception>
    public static BackgroundChoices Parse(string? text) => new(text switch
    {
        null or "none" => BackgroundEffect.None,
        "blur" => BackgroundEffect.Blur(),
        _ when text.StartsWith("blur:", StringComparison.Ordinal) => Blur(text),
        _ when text.StartsWith('#') => Colour(text),
        _ => BackgroundEffect.Of(Picture.Load(text)),
    });

    public BackgroundEffect Next()
    {
        _current = (_current + 1) % _all.Length;
        return Current;
    }

    private static BackgroundEffect Blur(string text) =>
        float.TryParse(text.AsSpan(5), NumberStyles.Float, CultureInfo.InvariantCulture, out float strength)
            && strength > 0 && strength <= BackgroundEffect.MaxStrength
            ? BackgroundEffect.Blur(strength)
            : throw new UsageException(
                $"--background {text}: a blur is in percent of the frame's height, above 0 and at most "
                + $"{BackgroundEffect.MaxStrength}");

    private static BackgroundEffect Colour(string text) =>
        text.Length == 7 && int.TryParse(
            text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb)
            ? BackgroundEffect.Of((byte)(rgb >> 16), (byte)(rgb >> 8), (byte)rgb)
            : throw new UsageException($"--background {text}: a colour is #rrggbb");
}
