using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Models;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using Spectre.Console;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// <c>rtv inspect</c>: nodes, shapes, parameters, work and memory of a model; every unsupported
/// operator.
/// </summary>
internal static class InspectVerb
{
    private static readonly Argument<string> Model = new("MODEL") { Description = "The model's file, a name of 'rtv models list', or zoo:NAME" };

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string[]> Shapes = new("--shape")
    {
        Description = "NAME=1x3x640x640: sizes of an input whose sizes the model leaves free",
    };

    private static readonly Option<string[]> Inputs = new("--input")
    {
        Description = "NAME=FILE.npy: an input; needed where its elements decide shapes",
    };

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        var command = new Command(
            "inspect", "Show a model's nodes, shapes, parameters, work and memory")
        {
            Model, DeviceId, Threads, Inputs, Shapes, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        bool json = parsed.GetValue(Json);
        using var device = DeviceList.Open(parsed.GetValue(DeviceId)!, parsed.GetValue(Threads), Verb.Say);
        using var model = ModelFile.Load(ModelStore.Resolve(parsed.GetRequiredValue(Model)));
        var inputs = RunInputs.Read(
            model, parsed.GetValue(Inputs) ?? [], parsed.GetValue(Shapes) ?? [], 0);
        Graph graph;
        try
        {
            graph = model.Instantiate([.. model.Inputs.Zip(inputs, InputSpec.Of)]);
        }
        catch (UnsupportedOperatorsException e)
        {
            return ReportUnsupported(e, json);
        }

        using var constants = new ConstantStore(device);
        using var plan = Verb.WithProgress("compiling", progress => ExecutionPlan.Compile(
            graph, device, constants, options: new CompileOptions { Progress = progress }));

        // Running statistics are no parameters, as the field counts them.
        long parameters = model is Network network ? network.ParameterCount
            : graph.Variables.Sum(v => v.Type.Shape.Count);
        long flops = graph.Nodes.Sum(n => n.Operator.Flops(n.InputTypes()));
        if (json)
        {
            Verb.Print(ToJson(model, plan, constants, parameters, flops));
        }
        else
        {
            Print(model, plan, device, constants, parameters, flops);
        }
        return Verb.Done;
    }

    private static JsonObject ToJson(
        Model model, ExecutionPlan plan, ConstantStore constants, long parameters, long flops) => new()
        {
            ["model"] = model.Name,
            ["inputs"] = Ports(plan.Inputs),
            ["outputs"] = Ports(plan.Outputs),
            ["parameters"] = parameters,
            ["flops"] = flops,
            ["arena_bytes"] = plan.ArenaBytes,
            ["constant_bytes"] = constants.Bytes,
            ["nodes"] = new JsonArray([.. plan.Graph.Nodes.Select(n => new JsonObject
        {
            ["name"] = n.Name,
            ["operator"] = n.Operator.Name,
            ["inputs"] = new JsonArray([.. n.Inputs.Select(i => i is null ? null : Verb.ToJson(i.Shape))]),
            ["shape"] = Verb.ToJson(n.Outputs[0].Shape),
        })]),
            ["steps"] = new JsonArray([.. plan.DescribeSteps().Select(s => new JsonObject
        {
            ["node"] = s.Node,
            ["operator"] = s.Operator,
            ["algorithm"] = s.Algorithm,
        })]),
            ["host_nodes"] = 0,
            ["unsupported"] = new JsonArray(),
        };

    private static JsonObject Ports(IReadOnlyList<PlanPort> ports) => new(ports.Select(
        p => KeyValuePair.Create<string, JsonNode?>(
            p.Name, new JsonObject { ["shape"] = Verb.ToJson(p.Type.Shape), ["type"] = p.Type.Element.ToString() })));

    private static void Print(
        Model model,
        ExecutionPlan plan,
        Device device,
        ConstantStore constants,
        long parameters,
        long flops)
    {
        var table = new Table().RoundedBorder().AddColumns("Node", "Operator", "Algorithm", "Output");
        var outputs = plan.Graph.Nodes.GroupBy(n => n.Name).ToDictionary(g => g.Key, g => g.First().Outputs[0].Shape);
        foreach (var step in plan.DescribeSteps())
        {
            table.AddRow(
                new Text(step.Node),
                new Text(step.Operator),
                new Text(step.Algorithm),
                new Text(outputs.TryGetValue(step.Node, out var shape) ? shape.ToString() : ""));
        }

        AnsiConsole.Write(table);
        Console.WriteLine($"{model.Name}");
        foreach (var input in plan.Inputs)
        {
            Console.WriteLine($"  input  {input.Name}: {input.Type}");
        }

        foreach (var output in plan.Outputs)
        {
            Console.WriteLine($"  output {output.Name}: {output.Type}");
        }

        Console.WriteLine($"  parameters  {parameters:N0}");
        Console.WriteLine($"  flops       {flops:N0} a run");
        Console.WriteLine($"  arena       {plan.ArenaBytes / 1048576.0:F1} MB");
        Console.WriteLine($"  weights     {constants.Bytes / 1048576.0:F1} MB as packed for {device.Id}");
        Console.WriteLine("  host nodes  none: what computes shapes was folded");
    }

    private static int ReportUnsupported(UnsupportedOperatorsException e, bool json)
    {
        Console.Error.WriteLine($"rtv: {e.Message}");
        if (json)
        {
            Verb.Print(new JsonObject
            {
                ["unsupported"] = new JsonArray([.. e.Operators.Select(o => new JsonObject
                {
                    ["operator"] = o.Operator,
                    ["node"] = o.Node,
                    ["reason"] = o.Reason,
                })]),
            });
        }

        return Verb.Failed;
    }
}
