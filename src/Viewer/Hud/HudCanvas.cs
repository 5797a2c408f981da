using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>A corner of the picture, where panels are stacked.</summary>
internal enum Corner
{
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
}

/// <summary>
/// Where panels draw: sizes in units of text, colours, and places along the corners that no other
/// panel has. Panels are dark and translucent, so that text can be read on any video.
/// </summary>
internal sealed class HudCanvas(HudBatch batch)
{
    public const uint PanelColor = 0xBC16100C;
    public const uint RimColor = 0x1FFFFFFF;
    public const uint RuleColor = 0x24FFFFFF;
    public const uint SolidColor = 0xEB16100C;
    public const uint ShadeColor = 0x8C000000;
    public const uint ValueColor = 0xFFF8F5F2;
    public const uint NameColor = 0xFFB9ADA0;
    public const uint AccentColor = 0xFFD4EA5E;
    public const uint WarningColor = 0xFF24BFFB;
    public const uint RecordColor = 0xFF4444EF;
    public const uint KeyColor = 0x2EFFFFFF;

    public const float PanelWidth = 236;
    public const float Padding = 14;
    public const float Row = 20;

    private const float MarginUnits = 12;
    private const float GapUnits = 8;

    private readonly float[] _used = new float[4];
    private Vector4 _area;
    private float _scale;

    public HudBatch Batch { get; } = batch;

    public ViewerState State { get; private set; } = null!;

    public RenderTarget Target { get; private set; }

    public TextStyle Small { get; private set; }

    public TextStyle Body { get; private set; }

    public TextStyle Strong { get; private set; }

    public TextStyle Large { get; private set; }

    /// <summary>The thinnest line, in whole pixels.</summary>
    public float Hairline => MathF.Max(1, MathF.Round(_scale));

    public float Margin => Pixels(MarginUnits);

    public void Begin(ViewerState state, RenderTarget target)
    {
        State = state;
        Target = target;
        float content = Math.Max(target.ContentScale, 0.5f);
        // Small pictures get smaller text rather than one covered by it.
        float fit = Math.Min(target.Width / (480 * content), target.Height / (320 * content));
        _scale = content * Math.Clamp(fit, 0.7f, 1);
        Small = new TextStyle(Face.Regular, Pixels(11));
        Body = new TextStyle(Face.Regular, Pixels(13));
        Strong = new TextStyle(Face.Medium, Pixels(13));
        Large = new TextStyle(Face.Medium, Pixels(26));
        _used.AsSpan().Fill(Margin);
        // Of several streams panels are about one: they lie in its place.
        bool isGrid = state.Streams.Count > 1 && !state.IsMaximised;
        _area = StreamGrid.CellOf(
            isGrid ? state.Focus : 0, isGrid ? state.Streams.Count : 1, target.Width,
            target.Height);
    }

    /// <summary>Units of text as whole pixels, at least one.</summary>
    public int Pixels(float units) => Math.Max(1, (int)MathF.Round(units * _scale));

    /// <summary>Most pixels that a panel may be wide.</summary>
    public float Room => MathF.Max(_area.Z - (2 * Margin), 1);

    /// <summary>Whether panels of a size can lie in the picture at all.</summary>
    public bool HasRoomFor(float width, float height) =>
        width <= Room && height + (2 * Margin) <= _area.W;

    /// <summary>Takes a place in a corner, beyond the panels that are there already.</summary>
    /// <returns>
    /// Its upper left corner; null where there is no room left, and it does not have to be.
    /// </returns>
    public (float X, float Y)? Dock(
        Corner corner, float width, float height, bool isForced = false)
    {
        bool isRight = corner is Corner.TopRight or Corner.BottomRight;
        bool isBottom = corner is Corner.BottomLeft or Corner.BottomRight;
        float other = _used[(int)(corner ^ Corner.BottomLeft)];
        if (!isForced
            && (_used[(int)corner] + height + other > _area.W || width + Margin > _area.Z))
        {
            return null;
        }

        float y = isBottom ? _area.W - _used[(int)corner] - height : _used[(int)corner];
        _used[(int)corner] += height + Pixels(GapUnits);
        return (_area.X + (isRight ? _area.Z - Margin - width : Margin), _area.Y + y);
    }

    /// <summary>Keeps the lowest rows of the picture free of panels.</summary>
    public void ReserveBottom(float height)
    {
        // Of several streams the one that panels are about may be higher up.
        float taken = MathF.Max(height - (Target.Height - _area.Y - _area.W), 0);
        _used[(int)Corner.BottomLeft] += taken;
        _used[(int)Corner.BottomRight] += taken;
    }

    /// <summary>Keeps the upper right corner free of panels.</summary>
    public void ReserveTopRight(float height) => _used[(int)Corner.TopRight] += height;

    /// <summary>The dark sheet under a panel.</summary>
    public void Sheet(
        float x, float y, float width, float height, float radius = 8, uint color = PanelColor)
    {
        Batch.Panel(x, y, width, height, Pixels(radius), color);
        Batch.Panel(x, y, width, height, Pixels(radius), RimColor, Hairline);
    }

    /// <summary>Which rows of a list are shown, beside them; nothing where all are.</summary>
    public void ScrollMark(
        float x, float top, float height, int first, int shown, int count)
    {
        if (shown < count)
        {
            float thumb = MathF.Max(height * shown / count, Pixels(12));
            float at = (height - thumb) * first / (count - shown);
            Batch.Panel(x, top + at, Pixels(3), thumb, Pixels(2), NameColor);
        }
    }

    /// <summary>Where a stream's picture is; null where it is not shown.</summary>
    public Vector4? PictureOf(int stream) => OverlayRenderer.PictureOf(State, stream, Target);

    /// <summary>A class's colour, opaque; white for one that is hidden.</summary>
    public static uint ColorOf(Palette palette, int index)
    {
        (byte red, byte green, byte blue, byte alpha) = palette[Math.Clamp(index, 0, 255)];
        return alpha == 0 ? ValueColor : red | (uint)green << 8 | (uint)blue << 16 | 0xFF000000;
    }

    public static uint WithAlpha(uint color, byte alpha) =>
        (color & 0x00FFFFFF) | (uint)alpha << 24;
}
