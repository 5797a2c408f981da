using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Bench;

/// <summary><c>rtv bench training</c>: whole training steps, forward to Adam.</summary>
internal static class TrainingBench
{
    private const int StepsShown = 400;

    private static readonly Option<string> Device = new("--device")
    {
        DefaultValueFactory = _ => "cpu",
    };

    private static readonly Option<int> Threads = new("--threads") { DefaultValueFactory = _ => 2 };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "Seconds for each measurement",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Steps to measure: convnet, unet, lstm; all where absent",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> Steps = new("--steps")
    {
        Description = "Show what each step of the plan costs",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON object as the last line",
    };

    public static Command CreateCommand()
    {
        Only.AcceptOnlyFromAmong("convnet", "unet", "lstm");
        var command = new Command("training", "Training steps")
        {
            Device, Threads, Seconds, Only, Steps, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var only = parsed.GetValue(Only) ?? [];
        var result = new JsonObject();
        Console.WriteLine("| training step | ms | best ms | loss |\n| --- | --- | --- | --- |");
        foreach (var make in TrainingStep.All)
        {
            var step = make();
            if (only.Length == 0 || only.Contains(step.Name))
            {
                result[$"{step.Name}_ms"] = Measure(step, parsed);
            }
        }

        if (parsed.GetValue(Json))
        {
            Console.WriteLine(result.ToJsonString());
        }

        return 0;
    }

    private static double Measure(TrainingStep step, ParseResult parsed)
    {
        using var device = DeviceList.Open(parsed.GetValue(Device)!, parsed.GetValue(Threads));
        using var constants = new ConstantStore(device);
        using var variables = new VariableStore(device);
        using var plan = ExecutionPlan.Compile(step.Graph, device, constants, variables);
        foreach (var (name, data) in step.Inputs)
        {
            plan.SetInput(plan.IndexOfInput(name), data);
        }

        var seconds = TimeSpan.FromSeconds(parsed.GetValue(Seconds));
        var time = Measurement.Interleave(seconds, () => plan.Run())[0];
        float loss = plan.ReadOutput(0).As<float>()[0];
        Console.WriteLine($"| {step.Name} | {time.Median:F3} | {time.Best:F3} | {loss:G4} |");
        if (parsed.GetValue(Steps))
        {
            var steps = plan.DescribeSteps();
            foreach (var s in steps.OrderByDescending(s => s.Cost).Take(StepsShown))
            {
                Console.WriteLine(
                    $"    {s.Cost.TotalMilliseconds,8:F3} ms  {s.Algorithm,-30} {s.Node}");
            }

            double total = steps.Sum(s => s.Cost.TotalMilliseconds);
            Console.WriteLine($"    {total,8:F3} ms  in {steps.Count} steps");
        }

        return time.Median;
    }
}
