using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>What is under the cursor: the class, how sure that is, and what is really there.</summary>
internal sealed class CursorPanel : HudPanel
{
    public override bool IsPartOfHud => false;

    public override bool IsPassing => true;

    public override void Draw(HudCanvas canvas)
    {
        ViewerState state = canvas.State;
        if (state.Cursor is not var (x, y) || state.Menu is not null || state.ShowHelp
            || state.HotSpots.At(x, y) is not { Kind: HotSpotKind.Stream } spot)
        {
            return;
        }

        StreamView stream = state.Streams[spot.Index];
        float u = (x - spot.Rectangle.X) / spot.Rectangle.Z;
        float v = (y - spot.Rectangle.Y) / spot.Rectangle.W;
        Span<char> text = stackalloc char[96];
        ReadOnlySpan<char> words = Describe(state.View, stream, u, v, text, out int shown);
        if (words.IsEmpty)
        {
            return;
        }

        HudBatch batch = canvas.Batch;
        float padding = canvas.Pixels(10);
        float swatch = shown < 0 ? 0 : canvas.Pixels(12);
        float gap = shown < 0 ? 0 : canvas.Pixels(8);
        float width = MathF.Ceiling(batch.Measure(words, canvas.Strong)) + swatch
            + (2 * padding) + gap;
        float height = canvas.Pixels(28);
        float left = MathF.Min(x + canvas.Pixels(16), canvas.Target.Width - width);
        float top = y + canvas.Pixels(16) + height > canvas.Target.Height
            ? y - height - canvas.Pixels(8)
            : y + canvas.Pixels(16);
        canvas.Sheet(MathF.Round(left), MathF.Round(top), width, height, 6);
        if (shown >= 0)
        {
            batch.Panel(
                MathF.Round(left) + padding, MathF.Round(top) + canvas.Pixels(8), swatch, swatch,
                canvas.Pixels(3), HudCanvas.ColorOf(stream.Palette, shown));
        }

        batch.Text(
            words, left + padding + swatch + gap, top + canvas.Pixels(19),
            canvas.Strong, HudCanvas.ValueColor);
    }

    /// <summary>What is at a place of a stream, in words; nothing without a mask.</summary>
    /// <param name="view">What is drawn.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="u">0 at the left edge of the frame, 1 at the right one.</param>
    /// <param name="v">0 at the upper edge of the frame, 1 at the lower one.</param>
    /// <param name="text">Where the words are written.</param>
    /// <param name="index">The class that is found there; -1 for none.</param>
    internal static ReadOnlySpan<char> Describe(
        View view, StreamView stream, float u, float v, Span<char> text, out int index)
    {
        index = -1;
        if (view.Needs(ViewPlane.FeatureMaps))
        {
            return DescribeTile(stream, u, v, text);
        }

        if (stream.Mask is not { } mask)
        {
            return [];
        }

        byte found = ValueAt(mask, u, v);
        bool isProbability = mask.Kind == MaskKind.Probability;
        index = isProbability ? (found > mask.Threshold * 255 ? 1 : 0) : found;
        var words = new TextBuilder(text);
        words = AddClass(words, stream, index);
        byte? sure = isProbability ? (index == 1 ? found : (byte)(255 - found))
            : stream[ViewPlane.Confidence] is { } confidence ? ValueAt(confidence, u, v)
            : null;
        if (sure is { } byteOf)
        {
            words = words.Add("  ").Add(byteOf / 2.55, "F0").Add(" %");
        }

        if (stream[ViewPlane.Truth] is { } truth)
        {
            byte real = ValueAt(truth, u, v);
            words = real == index
                ? words.Add("  right")
                : AddClass(words.Add("  really "), stream, real);
        }

        return words.Text;
    }

    /// <summary>Which map of a layer it is: there tiles take the place of the video.</summary>
    private static ReadOnlySpan<char> DescribeTile(
        StreamView stream, float u, float v, Span<char> text)
    {
        (int columns, int rows, int count) = stream.Tiles;
        int tile = ((int)Math.Clamp(v * rows, 0, Math.Max(rows - 1, 0)) * columns)
            + (int)Math.Clamp(u * columns, 0, Math.Max(columns - 1, 0));
        return stream[ViewPlane.FeatureMaps] is null || tile >= count
            ? []
            : new TextBuilder(text).Add("map ").Add(tile).Text;
    }

    private static TextBuilder AddClass(
        TextBuilder words, StreamView stream, int index) =>
        index < stream.ClassNames.Count
        ? words.Add(stream.ClassNames[index])
        : words.Add("class ").Add(index);

    private static byte ValueAt(in MaskView mask, float u, float v)
    {
        int x = Math.Clamp((int)(u * mask.Width), 0, mask.Width - 1);
        int y = Math.Clamp((int)(v * mask.Height), 0, mask.Height - 1);
        return mask.Values.Span[(y * mask.Width) + x];
    }
}
