using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>What the PNG of a snapshot says of itself.</summary>
internal static class SnapshotFacts
{
    /// <summary>Keywords and texts; the keywords are those that the PNG specification names.</summary>
    public static IReadOnlyDictionary<string, string> Of(LiveRun run)
    {
        ViewerState state = run.State;
        var json = new JsonObject
        {
            ["streams"] = new JsonArray([.. run.Streams.Select(stream => new JsonObject
            {
                ["source"] = stream.Source.Name,
                ["model"] = stream.Engine.ModelName,
                ["device"] = stream.Engine.DeviceId,
                ["frame"] = stream.View.Frame?.Index,
                ["time"] = stream.View.Frame?.Timestamp.TotalSeconds,
                ["smoothing"] = stream.View.Smoothing,
                ["background"] = stream.View.Background,
            })]),
            ["view"] = state.View.Id,
            ["opacity"] = Math.Round(state.Opacity, 2),
            ["split"] = state.Split,
        };
        return new Dictionary<string, string>
        {
            ["Software"] = "rtv live",
            ["Creation Time"] = DateTimeOffset.Now.ToString("R", CultureInfo.InvariantCulture),
            ["Source"] = string.Join(", ", run.Streams.Select(s => s.Source.Name)),
            ["Description"] = json.ToJsonString(),
        };
    }
}
