namespace RealtimeVision.Runtime.Explain;

/// <summary>Names that a person may have meant.</summary>
internal static class NearNames
{
    private const int Told = 5;

    /// <summary>
    /// Those that have the name within them, then those that fewest changes of a letter lead to.
    /// </summary>
    public static IEnumerable<string> Of(string name, IEnumerable<string> names) =>
        names.OrderBy(n => n.Contains(name, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenBy(n => Distance(name, n))
            .Take(Told)
            .Select(n => $"'{n}'");

    // Levenshtein's distance, a row of its table at a time.
    private static int Distance(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.Length; j++)
            {
                int replaced = diagonal + (AreAlike(a[i - 1], b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static bool AreAlike(char a, char b) =>
        char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
