using System.Numerics;

namespace RealtimeVision.Viewer;

/// <summary>Where streams lie side by side.</summary>
internal static class StreamGrid
{
    private const double Aspect = 16.0 / 9;
    private const int Gap = 4;

    /// <summary>
    /// The number of columns at which pictures of the usual aspect are largest.
    /// </summary>
    public static int Columns(int count, int width, int height)
    {
        int best = 1;
        double largest = 0;
        for (int columns = 1; columns <= count; columns++)
        {
            int rows = (count + columns - 1) / columns;
            double scale = Math.Min((double)width / columns / Aspect, (double)height / rows);
            if (scale > largest * 1.0001)
            {
                (best, largest) = (columns, scale);
            }
        }

        return best;
    }

    /// <summary>Left, top, width and height of a stream's place in whole pixels.</summary>
    public static Vector4 CellOf(int index, int count, int width, int height)
    {
        if (count == 1)
        {
            return new Vector4(0, 0, width, height);
        }

        int columns = Columns(count, width, height);
        int rows = (count + columns - 1) / columns;
        int row = index / columns;
        int inRow = row == rows - 1 ? count - (row * columns) : columns;
        int column = index % columns;

        // A row that is not full stands in the middle.
        int indent = (columns - inRow) * width / columns / 2;
        int left = indent + (column * width / columns);
        int right = indent + ((column + 1) * width / columns);
        int top = row * height / rows;
        int bottom = (row + 1) * height / rows;
        int gapX = right - left > 8 * Gap ? Gap : 0;
        int gapY = bottom - top > 8 * Gap ? Gap : 0;
        return new Vector4(
            left + (gapX / 2), top + (gapY / 2), right - left - gapX, bottom - top - gapY);
    }

    /// <summary>
    /// The largest rectangle of the picture's aspect in the middle of a cell: left, top, width and
    /// height in whole pixels, so that a picture of the cell's size is copied texel for pixel.
    /// </summary>
    public static Vector4 Letterbox(int width, int height, Vector4 cell)
    {
        int cellWidth = Math.Max((int)cell.Z, 1);
        int cellHeight = Math.Max((int)cell.W, 1);
        double scale = Math.Min((double)cellWidth / width, (double)cellHeight / height);
        int w = Math.Clamp((int)Math.Round(width * scale), 1, cellWidth);
        int h = Math.Clamp((int)Math.Round(height * scale), 1, cellHeight);
        return new Vector4(
            cell.X + ((cellWidth - w) / 2), cell.Y + ((cellHeight - h) / 2), w, h);
    }
}
