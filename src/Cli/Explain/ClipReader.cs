using RealtimeVision.Media;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>Reads a video or a folder of frames, and takes the clip that is explained.</summary>
internal static class ClipReader
{
    private const int MostFrames = 20_000;

    /// <summary>Reads it.</summary>
    /// <param name="explainer">A network of clips.</param>
    /// <param name="input">A video file, or a folder whose pictures are frames.</param>
    /// <param name="last">Index of the clip's last frame; null for the input's last.</param>
    /// <param name="rate">Frames a second that a video is taken at; null for its own.</param>
    /// <param name="bar">Told of progress.</param>
    /// <exception cref="ExplainException">There are fewer frames than the network sees.</exception>
    /// <exception cref="SourceException">The input cannot be read.</exception>
    public static ClipSubject Read(
        Explainer explainer, string input, int? last, double? rate, WorkBar bar)
    {
        bar.Begin($"reading {Path.GetFileName(input)}");
        using IFrameSource source = FrameSources.Open(
            input, new SourceOptions { FrameRate = rate }, explainer.Cancellation);
        if (source.IsLive)
        {
            throw new ExplainException(
                $"{input} is live: a network of clips is explained by a video or a folder of frames");
        }

        var clip = new Queue<Tensor>();
        var overTime = new List<float[]>();
        var frame = new Frame();
        bool canFollow = true;
        int count = 0;
        double? known = last + 1 ?? source.FrameCount;
        while (count <= (last ?? MostFrames) && source.Read(frame, explainer.Cancellation))
        {
            Tensor seen = explainer.Read(frame);
            clip.Enqueue(seen);
            if (clip.Count > explainer.Frames)
            {
                clip.Dequeue();
            }

            canFollow = canFollow && TryFollow(explainer, seen, overTime);
            count++;
            bar.Report(Math.Min(1, count / (known ?? double.PositiveInfinity)));
        }

        Require(explainer, input, last, count);
        return new ClipSubject(explainer)
        {
            File = input,
            Name = Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(input)),
            Seen = explainer.Clip([.. clip]),
            First = count - explainer.Frames,
            OverTime = overTime,
        };
    }

    private static void Require(Explainer explainer, string input, int? last, int count)
    {
        if (count > MostFrames)
        {
            throw new ExplainException(
                $"{input} has more than {MostFrames:N0} frames: say where the clip ends by --frame");
        }

        if (last >= count)
        {
            throw new ExplainException(
                $"{input} has {count} frames, 0 to {count - 1}: there is no {last}");
        }

        if (count < explainer.Frames)
        {
            throw new ExplainException(
                $"{explainer.Model.Name} sees clips of {explainer.Frames} frames; {input} has {count}"
                + (last is null ? "" : $" up to frame {last}"));
        }
    }

    private static bool TryFollow(Explainer explainer, Tensor seen, List<float[]> overTime)
    {
        try
        {
            overTime.Add(explainer.Follow(seen, isFirst: overTime.Count == 0));
            return true;
        }
        catch (ExplainException e)
        {
            Verb.Say($"no probability over time: {e.Message}");
            return false;
        }
    }
}
