using System.Globalization;
using System.Text;

namespace RealtimeVision.Runtime.Layers;

/// <summary>The table of a network's layers.</summary>
internal static class NetworkSummary
{
    public static string Of(Network network)
    {
        string[][] rows =
        [
            ["layer", "kind", "output", "parameters"],
            .. network.Layers.Select(n => new[]
            {
                n.Name, Naming.KindOf(n.Layer), n.Type.Shape.ToString(), Number(n.ParameterCount),
            }),
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(c => rows.Max(r => r[c].Length))];
        var text = new StringBuilder();
        text.AppendLine(network.Name);
        foreach (string[] row in rows)
        {
            text.Append(row[0].PadRight(widths[0])).Append("  ");
            text.Append(row[1].PadRight(widths[1])).Append("  ");
            text.Append(row[2].PadRight(widths[2])).Append("  ");
            text.AppendLine(row[3].PadLeft(widths[3]));
        }

        long trained = network.Parameters.Where(p => p.IsTrainable).Sum(p => p.Type.Shape.Count);
        long statistics = network.Parameters.Where(p => p.Role == ParameterRole.Statistic)
            .Sum(p => p.Type.Shape.Count);
        text.Append(Number(network.ParameterCount)).Append(" parameters, ");
        text.Append(Number(trained)).Append(" of them trained");
        text.AppendLine(statistics > 0 ? $", and {Number(statistics)} running statistics" : "");
        return text.ToString();
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
