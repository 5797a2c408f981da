using System.Globalization;

namespace RealtimeVision.Cli.Live;

/// <summary>Frames that teach a class, by their numbers; the last is among them.</summary>
internal readonly record struct TaughtFrames(long First, long Last, string Name);

/// <summary>What is taught when nobody is at the keys: frames of a stream, by their numbers.</summary>
internal sealed class TeachingScript
{
    private readonly TaughtFrames[] _parts;

    private TeachingScript(TaughtFrames[] parts) => _parts = parts;

    /// <summary>Reads <c>0-60:left,80-140:right</c>.</summary>
    /// <param name="text">The script.</param>
    /// <param name="mostClasses">As many classes can be taught.</param>
    /// <exception cref="UsageException">It is not that, two parts share frames, or there are more
    /// classes.</exception>
    public static TeachingScript Parse(string text, int mostClasses)
    {
        TaughtFrames[] parts =
        [
            .. text.Split(',', StringSplitOptions.TrimEntries).Select(ParsePart).OrderBy(p => p.First),
        ];
        for (int i = 1; i < parts.Length; i++)
        {
            if (parts[i].First <= parts[i - 1].Last)
            {
                throw new UsageException(
                    $"--teach-script: frame {parts[i].First} is of '{parts[i - 1].Name}' and of "
                    + $"'{parts[i].Name}'");
            }
        }

        int classes = parts.Select(p => p.Name).Distinct().Count();
        return classes <= mostClasses
            ? new TeachingScript(parts)
            : throw new UsageException(
                $"--teach-script: {classes} classes, of which {mostClasses} at most can be taught");
    }

    /// <summary>The class that a frame teaches; null where it teaches none.</summary>
    public string? ClassOf(long frame)
    {
        foreach (TaughtFrames part in _parts)
        {
            if (frame >= part.First && frame <= part.Last)
            {
                return part.Name;
            }
        }

        return null;
    }

    private static TaughtFrames ParsePart(string part)
    {
        int colon = part.IndexOf(':', StringComparison.Ordinal);
        string[] ends = colon < 0 ? [] : part[..colon].Split('-');
        return ends is [var from, var to] && Number(from) is { } first && Number(to) is { } last
            && first <= last && part.Length > colon + 1
            ? new TaughtFrames(first, last, part[(colon + 1)..].Trim())
            : throw new UsageException(
                $"--teach-script {part}: FIRST-LAST:NAME belongs there, the numbers of two frames and "
                + "the name of the class that they teach");

        static long? Number(string text) =>
            long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                ? number : null;
    }
}
