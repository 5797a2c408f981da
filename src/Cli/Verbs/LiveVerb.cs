using System.CommandLine;
using RealtimeVision.Cli.Live;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv live</c>: models on a stream, drawn in a window or headless.</summary>
internal static class LiveVerb
{
    private static readonly Option<string> Source = new("--source")
    {
        Description = "camera:0, a video file, a folder of pictures, a picture, a URL, or street[:seed=N,weather=W]",
        Required = true,
    };

    private static readonly Option<string[]> Models = new("--model")
    {
        Description = "A model's file, or a name of 'rtv models list'; what it is for is in the manifest beside it. One segmenter at most, and any number of classifiers; "
            + "without one, a headless run gives the source's own pictures",
    };

    private static readonly Option<string> Device = Verb.Device("auto");

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<bool> Headless = new("--headless") { Description = "Render without a window" };

    private static readonly Option<long?> Frames = new("--frames") { Description = "End after so many frames" };

    private static readonly Option<FileInfo?> Snapshot = new("--snapshot") { Description = "Write the last picture as PNG" };

    private static readonly Option<FileInfo?> Record = new("--record") { Description = "Record the pictures as MP4" };

    private static readonly Option<string?> Pacing = new("--pace")
    {
        Description = "every-frame loses none, realtime drops what comes too fast; "
            + "where not given, headless runs of files take every frame",
    };

    private static readonly Option<float> Smoothing = new("--smoothing")
    {
        Description = "How much of a mask is kept from frame to frame, 0 to below 1",
        DefaultValueFactory = _ => 0.5f,
    };

    private static readonly Option<string?> Background = new("--background")
    {
        Description = "What is behind: blur, blur:N (percent of the frame's height), #rrggbb, a picture's file or none",
    };

    private static readonly Option<string?> Refine = new("--refine")
    {
        Description = "Bring the mask to the frame's size with the frame's own edges; where not given, on with a "
            + "background effect and for models of persons",
    };

    private static readonly Option<bool> Loop = new("--loop") { Description = "Begin a file anew when it ends" };

    private static readonly Option<int?> Width = new("--width") { Description = "Width to ask the source for, pixels" };

    private static readonly Option<int?> Height = new("--height") { Description = "Height to ask the source for, pixels" };

    private static readonly Option<double?> Rate = new("--fps") { Description = "Frames a second to ask the source for" };

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        Pacing.AcceptOnlyFromAmong("every-frame", "realtime");
        Refine.AcceptOnlyFromAmong("on", "off");
        Positive(Frames);
        Positive(Width);
        Positive(Height);
        Positive(Rate);
        Verb.Require(Smoothing, s => s is >= 0 and < 1, "has to be at least 0 and below 1");
        var command = new Command("live", "Run models on a camera, video, URL or pictures and draw what they see")
        {
            Source, Models, Device, Threads, Headless, Frames, Snapshot, Record, Pacing, Smoothing, Background,
            Refine, Loop, Width, Height, Rate, Json,
        };
        TeachArguments.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static void Positive<T>(Option<T?> option)
        where T : struct, System.Numerics.INumber<T> =>
        Verb.Require(option, value => value is null || value > T.Zero, "has to be above 0");

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        string specification = parsed.GetRequiredValue(Source);
        StreetCamera.Register();
        if (!Path.Exists(specification) && !specification.Contains(':')
            && !FrameSources.Kinds.Any(kind => kind.Scheme == specification))
        {
            throw new SourceException($"source '{specification}': there is no such file or folder");
        }

        using var source = FrameSources.Create(specification, new SourceOptions
        {
            Width = parsed.GetValue(Width),
            Height = parsed.GetValue(Height),
            FrameRate = parsed.GetValue(Rate),
            Loop = parsed.GetValue(Loop),
        });
        bool headless = parsed.GetValue(Headless);
        var pace = parsed.GetValue(Pacing) switch
        {
            "every-frame" => Pace.EveryFrame,
            "realtime" => Pace.Realtime,
            _ => headless && !source.IsLive ? Pace.EveryFrame : Pace.Realtime,
        };
        var outputs = new LiveOutputs(parsed.GetValue(Snapshot)?.FullName, parsed.GetValue(Record)?.FullName);
        string[] models = parsed.GetValue(Models) ?? [];
        var teaching = TeachArguments.PlanOf(parsed);
        if (models.Length == 0 && teaching is null)
        {
            if (!headless)
            {
                throw new UsageException("--model is missing; only a --headless run can do without");
            }

            Print(parsed, PlainRun.Run(source, parsed.GetValue(Frames), outputs, cancellation));
            return Verb.Done;
        }

        var backgrounds = BackgroundChoices.Parse(parsed.GetValue(Background));
        using var run = await LiveRun.CreateAsync(
            source,
            models,
            new VisionOptions
            {
                Device = parsed.GetValue(Device)!,
                Threads = parsed.GetValue(Threads),
                Pace = pace,
                Smoothing = parsed.GetValue(Smoothing),
                LabelHysteresis = 0.1f,
            },
            backgrounds,
            parsed.GetValue(Refine) switch { "on" => true, "off" => false, _ => null },
            teaching,
            new LivePipelineOptions { FrameLimit = parsed.GetValue(Frames) },
            outputs,
            cancellation);
        if (headless)
        {
            HeadlessLoop.Run(run, cancellation);
        }
        else
        {
            WindowLoop.Run(run, cancellation);
        }

        run.Finish();
        Print(parsed, run.Report());
        return run.Error is null ? Verb.Done : Verb.Failed;
    }

    private static void Print(ParseResult parsed, LiveReport report)
    {
        if (parsed.GetValue(Json))
        {
            Verb.Print(report.ToJson());
        }
        else
        {
            Console.WriteLine(report.ToText());
        }
    }
}
