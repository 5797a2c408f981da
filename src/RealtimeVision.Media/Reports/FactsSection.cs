using System.Globalization;

namespace RealtimeVision.Media;

/// <summary>How it was trained: times, seed, machine, recipe.</summary>
internal static class FactsSection
{
    public static void Write(HtmlWriter html, TrainingReport report)
    {
        ReportFact[] facts = [.. Facts(report)];
        if (facts.Length == 0 && report.Recipe.Length == 0)
        {
            return;
        }

        html.Line($"<section>");
        html.Line($"<h2>How it was trained</h2>");
        Write(html, facts);
        if (report.Recipe.Length > 0)
        {
            html.Line($"<h3>Recipe</h3>");
            html.Line($"<pre>{report.Recipe.ReplaceLineEndings("\n").TrimEnd('\n')}</pre>");
        }

        html.Line($"</section>");
    }

    /// <summary>Writes facts as a table.</summary>
    public static void Write(HtmlWriter html, IReadOnlyList<ReportFact> facts)
    {
        html.Line($"""<div class="wide"><table class="facts"><tbody>""");
        foreach ((string name, string value) in facts)
        {
            html.Line($"""<tr><th scope="row">{name}</th><td>{value}</td></tr>""");
        }

        html.Line($"</tbody></table></div>");
    }

    private static IEnumerable<ReportFact> Facts(TrainingReport report)
    {
        if (report.Finished is { } finished)
        {
            yield return new("finished", finished.ToString(
                "yyyy-MM-dd HH:mm 'UTC'zzz", CultureInfo.InvariantCulture));
        }

        if (report.Duration is { } duration)
        {
            yield return new("duration", ReportNumber.Duration(duration));
        }

        if (report.SamplesPerSecond is { } rate)
        {
            yield return new("samples a second", rate.ToString(
                "0.0", CultureInfo.InvariantCulture));
        }

        if (report.History.Count > 0)
        {
            yield return new("epochs", ReportNumber.Count(report.History[^1].Epoch));
        }

        if (report.Seed is { } seed)
        {
            yield return new(
                "seed", seed.ToString(CultureInfo.InvariantCulture));
        }

        foreach (ReportFact fact in report.Facts)
        {
            yield return fact;
        }

        if (report.Machine is { } machine)
        {
            yield return new("processor", machine.Processor);
            yield return new("threads", ReportNumber.Count(machine.Threads));
            yield return new("device", machine.Device);
            yield return new("operating system", machine.OperatingSystem);
            yield return new("runtime", machine.Runtime);
        }
    }
}
