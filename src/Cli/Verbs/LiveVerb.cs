using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Live;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv live</c>: models on a stream, drawn in a window or headless.</summary>
internal static class LiveVerb
{
    // Where "--show cursor" has it: a place of the street where there is something.
    private const int CursorX = 720;
    private const int CursorY = 285;

    private static readonly Option<string[]> Source = new("--source")
    {
        Description = "camera:0, a video file, a folder of pictures, a picture, a URL, or street[:seed=N,weather=W]; "
            + "several times for several streams side by side",
        Required = true,
    };

    private static readonly Option<string?> ViewOf = new("--view")
    {
        Description = "What is drawn over the video",
    };

    private static readonly Option<string[]> Show = new("--show")
    {
        Description = "What else is shown: split, objects, legend, graphs, inside, cursor, help, sources, models, devices or layers; "
            + "several times for several of them",
    };

    private static readonly Option<string[]> Models = new("--model")
    {
        Description = "A model's file, or a name of 'rtv models list'; what it is for is in the manifest beside it. One segmenter at most, and any number of classifiers; "
            + "without one, the video is shown as it comes, and a window has a menu to choose from",
    };

    private static readonly Option<string> Device = Verb.Device("auto");

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<VisionPriority[]> Priority = new("--priority")
    {
        Description = "Whose frames are next on the device: low, normal or high; several times for each source in turn, once for all",
    };

    private static readonly Option<string?> MemoryLimit = new("--memory-limit")
    {
        Description = "Most memory that the models of a stream may take on the device: bytes, or with K, M or G, as 512M",
    };

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

    // What can be shown beside the view, by the word for it.
    private static readonly Dictionary<string, Action<LiveRun>> Shown = new()
    {
        ["split"] = run => run.State.Split = 0.5f,
        ["objects"] = run => run.State.ShowObjects = true,
        ["legend"] = run => run.State.ShowLegend = true,
        ["graphs"] = run => run.State.ShowGraphs = true,
        ["inside"] = run => run.State.ShowInside = true,
        ["cursor"] = run => run.State.Cursor = (CursorX, CursorY),
        ["help"] = run => run.State.ShowHelp = true,
        ["sources"] = run => run.Open(ViewerRequest.Sources),
        ["models"] = run => run.Open(ViewerRequest.Models),
        ["devices"] = run => run.Open(ViewerRequest.Devices),
        ["layers"] = run => run.Open(ViewerRequest.Layers),
    };

    public static Command Create()
    {
        ViewOf.AcceptOnlyFromAmong([.. Views.All.Select(view => view.Id)]);
        Show.AcceptOnlyFromAmong([.. Shown.Keys]);
        Priority.AcceptOnlyFromAmong("low", "normal", "high");
        Pacing.AcceptOnlyFromAmong("every-frame", "realtime");
        Refine.AcceptOnlyFromAmong("on", "off");
        Positive(Frames);
        Positive(Width);
        Positive(Height);
        Positive(Rate);
        Verb.Require(
            MemoryLimit, text => text is null || ByteSize.TryParse(text, out _),
            "has to be an amount of memory, as 512M, 1.5G or 100000000");
        Verb.Require(Smoothing, s => s is >= 0 and < 1, "has to be at least 0 and below 1");
        var command = new Command("live", "Run models on a camera, video, URL or pictures and draw what they see")
        {
            Source, Models, ViewOf, Show, Device, Threads, Priority, MemoryLimit, Headless, Frames, Snapshot, Record, Pacing, Smoothing, Background,
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
        string[] specifications = parsed.GetRequiredValue(Source);
        bool headless = parsed.GetValue(Headless);
        StreetCamera.Register();
        var shelf = new SourceShelf(specifications, new SourceOptions
        {
            Width = parsed.GetValue(Width),
            Height = parsed.GetValue(Height),
            FrameRate = parsed.GetValue(Rate),

            // In a window it can be switched off: the stream begins anew by itself.
            Loop = headless && parsed.GetValue(Loop),
        });
        IReadOnlyList<IFrameSource> sources = shelf.CreateGiven();
        var outputs = new LiveOutputs(parsed.GetValue(Snapshot)?.FullName, parsed.GetValue(Record)?.FullName);
        string[] models = parsed.GetValue(Models) ?? [];
        var teaching = TeachArguments.PlanOf(parsed);
        if (teaching is not null && sources.Count > 1)
        {
            throw new UsageException("--teach takes one source");
        }

        if (models.Length == 0 && teaching is null && headless && sources.Count == 1)
        {
            using IFrameSource source = sources[0];
            Print(parsed, [PlainRun.Run(source, parsed.GetValue(Frames), outputs, cancellation)]);
            return Verb.Done;
        }

        ViewerSettings settings = headless ? new ViewerSettings() : ViewerSettings.Load(Verb.Say);
        var backgrounds = BackgroundChoices.Parse(parsed.GetValue(Background));
        using var modelShelf = new ModelShelf(models);
        using var run = await LiveRun.CreateAsync(
            sources,
            models,
            modelShelf,
            Options(parsed, sources, settings),
            backgrounds,
            parsed.GetValue(Refine) switch { "on" => true, "off" => false, _ => null },
            teaching,
            new LivePipelineOptions
            {
                FrameLimit = parsed.GetValue(Frames),
                FirstRetry = TimeSpan.FromSeconds(0.5),
                LongestRetry = TimeSpan.FromSeconds(headless ? 10 : 1),
            },
            outputs,
            shelf,
            Priorities(parsed, sources.Count),
            cancellation);
        Dress(run, parsed, settings);
        if (headless)
        {
            HeadlessLoop.Run(run, cancellation);
        }
        else
        {
            WindowLoop.Run(run, settings, ends: parsed.GetValue(Frames) is not null, cancellation);
        }

        run.Finish();
        Print(parsed, run.Report());
        return run.Error is null ? Verb.Done : Verb.Failed;
    }

    /// <summary>The priority of each source.</summary>
    private static VisionPriority[] Priorities(ParseResult parsed, int sources)
    {
        VisionPriority[] given = parsed.GetValue(Priority) ?? [];
        return given.Length <= 1
            ? [.. Enumerable.Repeat(given is [var all] ? all : VisionPriority.Normal, sources)]
            : given.Length == sources ? given
            : throw new UsageException($"--priority is given {given.Length} times for {sources} sources");
    }

    private static VisionOptions Options(
        ParseResult parsed, IReadOnlyList<IFrameSource> sources, ViewerSettings settings)
    {
        bool headless = parsed.GetValue(Headless);
        bool isSmoothingGiven = parsed.GetResult(Smoothing) is { Implicit: false };
        return new VisionOptions
        {
            Device = parsed.GetValue(Device)!,
            Threads = parsed.GetValue(Threads),
            MemoryLimit = ByteSize.TryParse(parsed.GetValue(MemoryLimit), out long limit) ? limit : null,
            Pace = parsed.GetValue(Pacing) switch
            {
                "every-frame" => Pace.EveryFrame,
                "realtime" => Pace.Realtime,
                _ => headless && !sources.Any(source => source.IsLive) ? Pace.EveryFrame : Pace.Realtime,
            },
            Smoothing = isSmoothingGiven || settings.Smoothing is null
                ? parsed.GetValue(Smoothing)
                : settings.Smoothing.Value,
            LabelHysteresis = 0.1f,
            KeepOnDevice = true,
            Confidence = !headless || parsed.GetValue(ViewOf) == Views.Confidence.Id
                || parsed.GetValue(Show)?.Contains("cursor") == true,
        };
    }

    /// <summary>Shows what the command line asks for, and in a window what it had before.</summary>
    private static void Dress(LiveRun run, ParseResult parsed, ViewerSettings settings)
    {
        ViewerState state = run.State;
        if (!parsed.GetValue(Headless))
        {
            View asked = state.View;
            settings.Apply(state);
            state.View = asked == Views.Video ? asked : state.View;
        }

        foreach (LiveStream stream in run.Streams)
        {
            stream.IsLooping = !parsed.GetValue(Headless) && (
                parsed.GetValue(Loop) || (settings.Loop && parsed.GetValue(Frames) is null));
        }

        state.View = parsed.GetValue(ViewOf) is { } view ? Views.Find(view)! : state.View;
        foreach (string what in parsed.GetValue(Show) ?? [])
        {
            Shown[what](run);
        }
    }

    private static void Print(ParseResult parsed, IReadOnlyList<LiveReport> reports)
    {
        if (!parsed.GetValue(Json))
        {
            Console.WriteLine(string.Join('\n', reports.Select(report => report.ToText())));
            return;
        }

        JsonObject json = reports[0].ToJson();
        if (reports.Count > 1)
        {
            json["streams"] = new JsonArray([.. reports.Select(report => report.ToJson())]);
        }

        Verb.Print(json);
    }
}
