using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Explain;
using RealtimeVision.Cli.Live;
using RealtimeVision.Cli.Models;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using Spectre.Console;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// <c>rtv explain</c>: which pixels count for a class, what layers give and what their filters look
/// for, as pictures and one report.
/// </summary>
internal static class ExplainVerb
{
    private const StringSplitOptions SplitAs =
        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private static readonly Argument<string> ModelPath = new("MODEL")
    {
        Description = "The model's file, a name of 'rtv models list', or zoo:NAME",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "A picture, or a folder of pictures; for a network of clips a video, or a folder of frames",
    };

    private static readonly Option<string> Class = new("--class")
    {
        Description = "Name or number of the class; 'top' for the one that the model sees",
        DefaultValueFactory = _ => ExplainRun.TopClass,
    };

    private static readonly Option<string[]> Methods = new("--method")
    {
        Description = $"{string.Join(", ", ExplainMethods.Names)}, or {ExplainMethods.All}; may be repeated",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [new GradCam().Name],
    };

    private static readonly Option<string[]> Layer = new("--layer")
    {
        Description = "The layers of activations, filters and grad-cam, with commas between them; see --layers",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> Channels = new("--channels")
    {
        Description = "Channels of activations and filters: 0-63, 3,7,12-15 or all; the first 64 and 16 where not given",
    };

    private static readonly Option<int?> LastFrame = new("--frame")
    {
        Description = "Index of the frame that the clip ends with; the input's last where not given",
    };

    private static readonly Option<double?> FrameRate = new("--rate")
    {
        Description = "Frames a second that a video is taken at: those that the network was trained with",
    };

    private static readonly Option<bool> Layers = new("--layers")
    {
        Description = "List the model's layers, and do nothing else",
    };

    private static readonly Option<bool> Curves = new("--curves")
    {
        Description = "Measure maps by curves of deletion and insertion",
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder of the pictures and of report.html",
        DefaultValueFactory = _ => "explanations",
    };

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        Verb.Require(
            Methods, methods => methods?.All(ExplainMethods.IsKnown) != false,
            $"is {string.Join(", ", ExplainMethods.Names)} or {ExplainMethods.All}");
        Verb.Require(
            Channels, channels => channels is null || ChannelSet.TryParse(channels) is not null,
            "is numbers and ranges such as 0-63 or 3,7,12-15, or all");
        Verb.Require(LastFrame, frame => frame is null or >= 0, "is 0 or more");
        Verb.Require(FrameRate, rate => rate is null or (> 0 and <= 1000), "is more than 0, at most 1000");
        var command = new Command("explain", "Show what a model looks at, and what is inside it")
        {
            ModelPath, Input, Class, Methods, Layer, Channels, Layers, LastFrame, FrameRate, Curves, Out,
            Threads, DeviceId, Json,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        StreetCamera.Register();
        using var model = ModelFile.Load(ModelStore.Resolve(parsed.GetRequiredValue(ModelPath)));
        using var device = DeviceList.Open(
            parsed.GetValue(DeviceId)!, parsed.GetValue(Threads), Verb.Say);
        using var explainer = new Explainer(model, device);
        if (model.Manifest is null)
        {
            Verb.Say(
                $"{model.Name} has no manifest: taken to be of {explainer.Task.ToString().ToLowerInvariant()}, "
                + "for pictures from 0 to 1");
        }

        bool isJson = parsed.GetValue(Json);
        if (parsed.GetValue(Layers))
        {
            ListLayers(explainer, isJson);
            return Verb.Done;
        }

        string input = parsed.GetValue(Input)
            ?? throw new UsageException(explainer.Frames > 1
                ? "--input is needed: a video, or a folder of frames"
                : "--input is needed: a picture, or a folder of pictures");
        if (explainer.Frames == 1 && (parsed.GetValue(LastFrame) ?? parsed.GetValue(FrameRate)) is not null)
        {
            throw new UsageException(
                $"--frame and --rate are for networks of clips; {model.Name} sees single pictures");
        }

        explainer.Cancellation = cancellation;
        var run = new ExplainRun(explainer, device, parsed.GetValue(Out)!)
        {
            Class = parsed.GetValue(Class)!,
            Methods = ExplainMethods.Expand(parsed.GetValue(Methods)!),
            Layers = [.. parsed.GetValue(Layer)!.SelectMany(l => Names(l, explainer)).Distinct()],
            Channels = parsed.GetValue(Channels) is { } channels ? ChannelSet.TryParse(channels) : null,
            LastFrame = parsed.GetValue(LastFrame),
            FrameRate = parsed.GetValue(FrameRate),
            HasCurves = parsed.GetValue(Curves),
        };
        JsonObject told = run.Explain(input);
        if (isJson)
        {
            Verb.Print(told);
        }

        return Verb.Done;
    }

    // A file's own names may have commas in them.
    private static string[] Names(string layers, Explainer explainer) =>
        explainer.Layers.Any(l => l.Name == layers) ? [layers] : layers.Split(',', SplitAs);

    private static void ListLayers(Explainer explainer, bool isJson)
    {
        ModelLayer? standard = explainer.DefaultLayer;
        if (isJson)
        {
            Verb.Print(new JsonObject
            {
                ["model"] = explainer.Model.Name,
                ["layers"] = new JsonArray([.. explainer.Layers.Select(l => new JsonObject
                {
                    ["name"] = l.Name, ["operator"] = l.Operator, ["shape"] = Verb.ToJson(l.Shape),
                })]),
                ["default"] = standard?.Name,
            });
            return;
        }

        var table = new Table().RoundedBorder().AddColumns("Layer", "Operator", "Output");
        foreach (ModelLayer layer in explainer.Layers)
        {
            table.AddRow(
                new Text(layer == standard ? $"{layer.Name} (default)" : layer.Name),
                new Text(layer.Operator), new Text(layer.Shape.ToString()));
        }

        AnsiConsole.Write(table);
    }
}
