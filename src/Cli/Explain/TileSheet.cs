using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>Small pictures of one size as one picture, row by row, enlarged to be seen.</summary>
internal static class TileSheet
{
    private const int LeastGap = 2;
    private const byte Between = 128;
    private const int WantedWidth = 960;
    private const int MostZoom = 16;
    private const double Aspect = 1.4;

    /// <summary>Makes the sheet.</summary>
    /// <param name="tiles">Pictures, height x width x 3 bytes each.</param>
    /// <param name="width">Pixels of a row of each.</param>
    /// <param name="height">Rows of each.</param>
    public static ReportPicture Make(IReadOnlyList<byte[]> tiles, int width, int height)
    {
        double square = Math.Sqrt(tiles.Count * (double)height / width * Aspect);

        // Near the wished shape, and with the fewest places left over.
        int columns = Enumerable.Range(1, tiles.Count)
            .Where(c => c >= 0.75 * square && c <= 1.35 * square)
            .DefaultIfEmpty(Math.Clamp((int)Math.Round(square), 1, tiles.Count))
            .MinBy(c => ((tiles.Count + c - 1) / c * c, Math.Abs(c - square)));
        int zoom = Math.Clamp(WantedWidth / (columns * width), 1, MostZoom);
        return Make(tiles, width, height, columns, zoom);
    }

    /// <summary>Makes the sheet with so many columns.</summary>
    public static ReportPicture Make(
        IReadOnlyList<byte[]> tiles, int width, int height, int columns, int zoom = 1)
    {
        int rows = (tiles.Count + columns - 1) / columns;
        int tileWidth = width * zoom, tileHeight = height * zoom;
        int gap = Math.Max(LeastGap, zoom / 2);
        int sheetWidth = (columns * (tileWidth + gap)) - gap;
        int sheetHeight = (rows * (tileHeight + gap)) - gap;
        var sheet = new byte[sheetWidth * sheetHeight * 3];
        sheet.AsSpan().Fill(Between);
        for (int i = 0; i < tiles.Count; i++)
        {
            int left = i % columns * (tileWidth + gap), top = i / columns * (tileHeight + gap);
            for (int y = 0; y < tileHeight; y++)
            {
                Span<byte> row = sheet.AsSpan((((top + y) * sheetWidth) + left) * 3, tileWidth * 3);
                ReadOnlySpan<byte> from = tiles[i].AsSpan(y / zoom * width * 3, width * 3);
                for (int x = 0; x < tileWidth; x++)
                {
                    from.Slice(x / zoom * 3, 3).CopyTo(row[(3 * x)..]);
                }
            }
        }

        return new ReportPicture(sheet, sheetWidth, sheetHeight, PixelFormat.Rgb24);
    }
}
