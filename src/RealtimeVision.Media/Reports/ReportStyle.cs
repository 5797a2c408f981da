namespace RealtimeVision.Media;

/// <summary>The style sheet of reports.</summary>
internal static class ReportStyle
{
    /// <summary>report.css, which is a resource of this library.</summary>
    public static string Css { get; } = Read();

    private static string Read()
    {
        using Stream stream =
            typeof(ReportStyle).Assembly.GetManifestResourceStream("reports/report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
