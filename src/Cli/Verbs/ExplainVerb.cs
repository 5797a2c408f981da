using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Explain;
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
    private static readonly Argument<string> ModelPath = new("MODEL")
    {
        Description = "The model's file, a name of 'rtv models list', or zoo:NAME",
    };

    private static readonly Option<string?> Input = new("--input")
    {
        Description = "A picture, or a folder of pictures",
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

    private static readonly Option<string?> Layer = new("--layer")
    {
        Description = "The layer of activations, filters and grad-cam; see --layers",
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
        var command = new Command("explain", "Show what a model looks at, and what is inside it")
        {
            ModelPath, Input, Class, Methods, Layer, Layers, Curves, Out, Threads, DeviceId, Json,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
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
            ?? throw new UsageException("--input is needed: a picture, or a folder of pictures");
        var run = new ExplainRun(explainer, device, parsed.GetValue(Out)!)
        {
            Class = parsed.GetValue(Class)!,
            Methods = ExplainMethods.Expand(parsed.GetValue(Methods)!),
            Layer = parsed.GetValue(Layer),
            HasCurves = parsed.GetValue(Curves),
        };
        JsonObject told = run.Explain(input, cancellation);
        if (isJson)
        {
            Verb.Print(told);
        }

        return Verb.Done;
    }

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
