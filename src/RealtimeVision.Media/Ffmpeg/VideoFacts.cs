using System.Text.Json;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace RealtimeVision.Media;

/// <summary>
/// What a video file states about itself. All of it is optional and none of it is relied on.
/// </summary>
internal sealed record VideoFacts(double? FrameRate, long? FrameCount, TimeSpan? Duration)
{
    public static VideoFacts None { get; } = new(null, null, null);

    /// <summary>Asks ffprobe; a file that it cannot read states nothing.</summary>
    public static VideoFacts Probe(FfmpegInput input, CancellationToken cancellation)
    {
        try
        {
            Task<IMediaAnalysis> analysis = input.LocalPath is string path
                ? FFProbe.AnalyseAsync(Path.GetFullPath(path), cancellationToken: cancellation)
                : FFProbe.AnalyseAsync(new Uri(input.Address), cancellationToken: cancellation);
            return Of(analysis.GetAwaiter().GetResult());
        }
        catch (Exception e) when (e is FFMpegException or JsonException or FormatException)
        {
            return None;
        }
    }

    private static VideoFacts Of(IMediaAnalysis analysis)
    {
        if (analysis.PrimaryVideoStream is not VideoStream video)
        {
            return None;
        }

        // A stream that does not know how long it is (Matroska) has the length of the file.
        TimeSpan duration =
            video.Duration > TimeSpan.Zero ? video.Duration : analysis.Format.Duration;
        double rate = video.AverageFrameRate;
        return new VideoFacts(
            rate > 0 && double.IsFinite(rate) ? rate : null,
            CountOf(analysis.Json, video.Index),
            duration > TimeSpan.Zero ? duration : null);
    }

    // FFMpegCore does not model the number of frames, but keeps ffprobe's answer.
    private static long? CountOf(string json, int stream)
    {
        using JsonDocument answer = JsonDocument.Parse(json);
        foreach (JsonElement element in answer.RootElement.GetProperty("streams").EnumerateArray())
        {
            if (element.GetProperty("index").GetInt32() == stream
                && element.TryGetProperty("nb_frames", out JsonElement count)
                && long.TryParse(count.GetString(), out long frames))
            {
                return frames;
            }
        }

        return null;
    }
}
