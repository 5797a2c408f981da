using RealtimeVision.Media;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>What is explained: a picture, or a clip.</summary>
internal abstract class Subject
{
    /// <summary>Its file or folder.</summary>
    public required string File { get; init; }

    /// <summary>What its files begin with.</summary>
    public required string Name { get; init; }

    /// <summary>As the model sees it.</summary>
    public required Tensor Seen { get; init; }

    /// <summary>Itself.</summary>
    public abstract ExplainedView Original();

    /// <summary>A map over it.</summary>
    /// <param name="map">The map, of what the model sees.</param>
    /// <param name="most">The magnitude of the strongest colour.</param>
    /// <param name="name">Name of the view.</param>
    /// <param name="note">What it is of.</param>
    public abstract ExplainedView Draw(AttributionMap map, float most, string name, string note);
}

/// <summary>A picture, which is shown at its own size.</summary>
internal sealed class PictureSubject(Explainer explainer, Frame frame) : Subject
{
    public override ExplainedView Original() => new(
        "picture", new(frame.Pixels.ToArray(), frame.Width, frame.Height, frame.Format));

    public override ExplainedView Draw(AttributionMap map, float most, string name, string note)
    {
        AttributionMap over = explainer.OverFrame(map, frame.Width, frame.Height);
        byte[] rgb = AttributionPicture.Overlay(frame, over, most);
        return new(name, new(rgb, frame.Width, frame.Height, PixelFormat.Rgb24), note);
    }
}

/// <summary>A clip, whose frames are shown side by side as the model sees them.</summary>
internal sealed class ClipSubject(Explainer explainer) : Subject
{
    private const int Columns = 6;

    /// <summary>Index of the clip's first frame in its input.</summary>
    public required int First { get; init; }

    /// <summary>
    /// Probabilities of the classes after each frame of the input, up to the clip's last; empty where
    /// the network cannot follow a stream.
    /// </summary>
    public required IReadOnlyList<float[]> OverTime { get; init; }

    /// <summary>The class that captions tell of.</summary>
    public int Class { get; set; }

    public override ExplainedView Original() =>
        Show("clip", "", i => ColoursOf(i).Pixels.ToArray(), Caption);

    public override ExplainedView Draw(AttributionMap map, float most, string name, string note)
    {
        double all = Math.Max(map.Values.Sum(v => Math.Abs((double)v)), double.Epsilon);
        return Show(
            name, note,
            i => AttributionPicture.Overlay(ColoursOf(i), map.OfFrame(i), most),
            i => FormattableString.Invariant($"{First + i}: {Share(map, i, all):P0} of the map"));
    }

    /// <summary>How much of a map each frame has.</summary>
    public FrameLine Shares(AttributionMap map, string name)
    {
        double all = Math.Max(map.Values.Sum(v => Math.Abs((double)v)), double.Epsilon);
        return new(
            name, First, [.. Enumerable.Range(0, map.Frames).Select(i => Share(map, i, all))]);
    }

    /// <summary>Probabilities of those classes that are ever likely.</summary>
    public IReadOnlyList<FrameLine> Probabilities(int most) =>
    [
        .. Enumerable.Range(0, OverTime.Count == 0 ? 0 : explainer.Classes.Count)
            .OrderByDescending(c => OverTime.Max(o => o[c])).Take(most).Order()
            .Select(c => new FrameLine(
                explainer.Classes[c], 0, [.. OverTime.Select(o => (double)o[c])])),
    ];

    private static double Share(AttributionMap map, int frame, double all) =>
        map.OfFrame(frame).Values.Sum(v => Math.Abs((double)v)) / all;

    private ExplainedView Show(
        string name, string note, Func<int, byte[]> draw, Func<int, string> caption)
    {
        byte[][] frames = [.. Enumerable.Range(0, explainer.Frames).Select(draw)];
        (int width, int height) = (explainer.Width, explainer.Height);
        return new(name, TileSheet.Make(frames, width, height, Columns), note)
        {
            Frames =
            [
                .. frames.Select((rgb, i) =>
                    (new ReportPicture(rgb, width, height, PixelFormat.Rgb24), caption(i))),
            ],
        };
    }

    private string Caption(int frame) => First + frame < OverTime.Count
        ? FormattableString.Invariant(
            $"{First + frame}: {explainer.Classes[Class]} {OverTime[First + frame][Class]:P0}")
        : FormattableString.Invariant($"{First + frame}");

    private Frame ColoursOf(int index)
    {
        int size = explainer.Width * explainer.Height;
        float[] levels = explainer.Levels(Seen);
        var frame = new Frame();
        frame.Resize(explainer.Width, explainer.Height, PixelFormat.Rgb24);
        for (int i = 0; i < size * 3; i++)
        {
            int channel = Math.Min(i % 3, explainer.Channels - 1);
            float level = levels[(((index * size) + (i / 3)) * explainer.Channels) + channel];
            frame.Pixels[i] = (byte)Math.Round(255 * Math.Clamp(level, 0, 1));
        }

        return frame;
    }
}
