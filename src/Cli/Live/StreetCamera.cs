using RealtimeVision.Media;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Live;

/// <summary><c>--source street</c>: the synthetic street camera as a kind of source.</summary>
internal static class StreetCamera
{
    public static void Register() => FrameSources.Register(new SourceKind(
        "street",
        "street or street:seed=3,weather=night, a synthetic street (weather clear, rain, fog, night or changing; "
        + "size, fps, start, frames)",
        (rest, options) => StreetSource.Parse(rest, From(options))));

    private static StreetSourceOptions From(SourceOptions asked)
    {
        var own = new StreetSourceOptions();
        int width = asked.Width ?? (asked.Height * own.Width / own.Height) ?? own.Width;
        return own with
        {
            Width = width,
            Height = asked.Height ?? (width * own.Height / own.Width),
            FrameRate = asked.FrameRate ?? own.FrameRate,
        };
    }
}
