using System.Text;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Media;

/// <summary>What all reports share: the page around the sections, and its file.</summary>
internal static class ReportPage
{
    /// <summary>Writes what comes before the sections.</summary>
    public static void Begin(HtmlWriter html, string title)
    {
        html.Raw(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">

            """);
        html.Line($"<title>{title}</title>");
        html.Line($"<style>");
        html.Raw(ReportStyle.Css);
        html.Line($"</style>");
        html.Line($"</head>");
        html.Line($"<body>");
        html.Line($"<h1>{title}</h1>");
    }

    /// <summary>Writes what comes after the sections.</summary>
    public static void End(HtmlWriter html)
    {
        html.Line($"</body>");
        html.Line($"</html>");
    }

    /// <summary>Writes a page; the file appears whole or not at all.</summary>
    /// <exception cref="MediaException">The file cannot be written.</exception>
    public static void Write(string path, string page)
    {
        byte[] html = Encoding.UTF8.GetBytes(page);
        try
        {
            AtomicFile.Write(path, stream => stream.Write(html));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MediaException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
