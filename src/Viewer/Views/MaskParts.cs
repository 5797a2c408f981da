using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Viewer;

/// <summary>A rectangle of a mask, as a vertex shader gets it.</summary>
/// <param name="Left">Left edge, 0 to 1 of the mask's width.</param>
/// <param name="Top">Upper edge, 0 to 1 of the mask's height.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Lower edge.</param>
/// <param name="Value">What all its texels are; -1 where they differ.</param>
internal readonly record struct MaskPart(
    float Left, float Top, float Right, float Bottom, float Value);

/// <summary>
/// Parts a mask into rectangles that are one area, and those that a border runs through. Most of a
/// mask is areas, and to colour one takes a tenth of what a border takes.
/// </summary>
/// <remarks>
/// Cells of some texels a side are looked at with a margin, since a pixel is drawn from the texels
/// around it; neighbours of a row that are alike are one part. Together the parts cover the mask,
/// but for what is not drawn: where a probability stays below half its threshold. Nothing is
/// allocated after the first mask of a size.
/// </remarks>
internal sealed class MaskParts
{
    private const int CellsASide = 80;
    private const int SmallestCell = 4;
    private const int Differ = -1;
    private const int Nothing = -2;

    private MaskPart[] _areas = [];
    private MaskPart[] _borders = [];
    private int _areaCount;
    private int _borderCount;

    /// <summary>Parts whose texels, and those around, are all of one class.</summary>
    public ReadOnlySpan<MaskPart> Areas => _areas.AsSpan(0, _areaCount);

    /// <summary>All other parts.</summary>
    public ReadOnlySpan<MaskPart> Borders => _borders.AsSpan(0, _borderCount);

    /// <summary>Takes a mask that is not looked at for one part.</summary>
    public void BuildWhole()
    {
        _borders = _borders.Length == 0 ? new MaskPart[1] : _borders;
        _borders[0] = new MaskPart(0, 0, 1, 1, Differ);
        (_areaCount, _borderCount) = (0, 1);
    }

    /// <summary>Parts a mask.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="margin">How many texels around a pixel decide on it, at least 1.</param>
    public void Build(in MaskView mask, int margin)
    {
        (_areaCount, _borderCount) = (0, 0);
        int cell = Math.Max(SmallestCell, Math.Max(mask.Width, mask.Height) / CellsASide);
        int cells = ((mask.Width + cell - 1) / cell) * ((mask.Height + cell - 1) / cell);
        if (_areas.Length < cells)
        {
            (_areas, _borders) = (new MaskPart[cells], new MaskPart[cells]);
        }

        for (int top = 0; top < mask.Height; top += cell)
        {
            int bottom = Math.Min(top + cell, mask.Height);
            int begin = 0;
            int running = Nothing;
            for (int left = 0; left < mask.Width; left += cell)
            {
                int value = ValueOf(
                    mask, left - margin, top - margin, left + cell + margin, bottom + margin);
                if (value != running)
                {
                    Add(mask, begin, top, left, bottom, running);
                    (begin, running) = (left, value);
                }
            }

            Add(mask, begin, top, mask.Width, bottom, running);
        }
    }

    private static int ValueOf(in MaskView mask, int left, int top, int right, int bottom)
    {
        (left, top) = (Math.Max(left, 0), Math.Max(top, 0));
        (right, bottom) = (Math.Min(right, mask.Width), Math.Min(bottom, mask.Height));
        ReadOnlySpan<byte> texels = mask.Values.Span;
        bool isProbability = mask.Kind == MaskKind.Probability;
        byte first = texels[(top * mask.Width) + left];

        // What shaders/overlay.frag takes for background.
        byte least = (byte)Math.Clamp(0.5f * mask.Threshold * 255, 0, 255);
        for (int y = top; y < bottom; y++)
        {
            ReadOnlySpan<byte> row = texels.Slice((y * mask.Width) + left, right - left);
            if (isProbability
                ? row.ContainsAnyInRange(least, byte.MaxValue)
                : row.ContainsAnyExcept(first))
            {
                return Differ;
            }
        }

        return isProbability ? Nothing : first;
    }

    private void Add(in MaskView mask, int left, int top, int right, int bottom, int value)
    {
        if (value == Nothing || left == right)
        {
            return;
        }

        (float width, float height) = (mask.Width, mask.Height);
        var part = new MaskPart(left / width, top / height, right / width, bottom / height, value);
        if (value == Differ)
        {
            _borders[_borderCount++] = part;
        }
        else
        {
            _areas[_areaCount++] = part;
        }
    }
}
