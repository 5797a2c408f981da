using System.Globalization;
using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Cli.Explain;

/// <summary>Channels of a layer as people write them: <c>0-63</c>, <c>3,7,12-15</c>, <c>all</c>.</summary>
internal sealed class ChannelSet
{
    private const string All = "all";

    private readonly (int First, int Last)[] _ranges;

    private ChannelSet((int First, int Last)[] ranges) => _ranges = ranges;

    /// <summary>Reads it; null where it is none.</summary>
    public static ChannelSet? TryParse(string text)
    {
        if (text.Equals(All, StringComparison.OrdinalIgnoreCase))
        {
            return new([]);
        }

        var ranges = new List<(int, int)>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !TryNumber(ends[0], out int first)
                || !TryNumber(ends[^1], out int last) || last < first)
            {
                return null;
            }

            ranges.Add((first, last));
        }

        return new([.. ranges]);
    }

    /// <summary>The channels of a layer, each once, in their order.</summary>
    /// <param name="asked">What was asked for; null for the first of them.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="most">How many where nothing was asked for.</param>
    /// <exception cref="ExplainException">The layer has no such channel.</exception>
    public static int[] Of(ChannelSet? asked, ModelLayer layer, int most)
    {
        int count = layer.Shape.Rank == 0 ? 0 : layer.Shape[-1];
        if (asked is null)
        {
            return [.. Enumerable.Range(0, Math.Min(most, count))];
        }

        foreach ((_, int last) in asked._ranges)
        {
            if (last >= count)
            {
                throw new ExplainException(
                    $"layer '{layer.Name}' {layer.Shape} has {count} channels, 0 to {count - 1}: "
                    + $"there is no {last}");
            }
        }

        return asked._ranges.Length == 0
            ? [.. Enumerable.Range(0, count)]
            : [
                .. asked._ranges.SelectMany(r => Enumerable.Range(r.First, r.Last - r.First + 1))
                    .Distinct().Order(),
            ];
    }

    /// <summary>What a report says of them: <c>channels 0 to 15 of 128</c>.</summary>
    public static string Tell(int[] channels, int count)
    {
        if (channels.Length == count)
        {
            return $"all {count} channels, row by row";
        }

        bool isRun = channels[^1] - channels[0] == channels.Length - 1;
        string which = channels.Length == 1 ? $"channel {channels[0]}"
            : isRun ? $"channels {channels[0]} to {channels[^1]}"
            : "channels " + string.Join(", ", channels);
        return $"{which} of {count}, row by row";
    }

    private static bool TryNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
