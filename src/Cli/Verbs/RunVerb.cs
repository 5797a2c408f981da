using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Models;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv run</c>: runs a model on .npy inputs, or random ones, and measures it.</summary>
internal static class RunVerb
{
    private static readonly Argument<string> Model = new("MODEL") { Description = "The model's file, a name of 'rtv models list', or zoo:NAME" };

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string[]> Inputs = new("--input")
    {
        Description = "NAME=FILE.npy: an input; random numbers where none is given",
    };

    private static readonly Option<string[]> Shapes = new("--shape")
    {
        Description = "NAME=1x3x640x640: sizes of a random input whose sizes the model leaves free",
    };

    private static readonly Option<DirectoryInfo?> OutputDirectory = new("--output-dir")
    {
        Description = "Write each output as NAME.npy into this folder",
    };

    private static readonly Option<int> Repeat = new("--repeat")
    {
        Description = "Runs that are measured",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> WarmUp = new("--warmup")
    {
        Description = "Runs before those, the first one among them",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Of the random inputs, which are uniform in [-1, 1)",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        Verb.Require(Repeat, repeat => repeat > 0, "has to be at least 1");
        Verb.Require(WarmUp, warmUp => warmUp >= 0, "has to be at least 0");
        var command = new Command("run", "Run a model on .npy inputs or random ones, and measure it")
        {
            Model, DeviceId, Threads, Inputs, Shapes, OutputDirectory, Repeat, WarmUp, Seed, Json,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(parsed, cancellation)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        int repeat = parsed.GetValue(Repeat);
        int warmUp = parsed.GetValue(WarmUp);
        var loading = Stopwatch.StartNew();
        using var device = DeviceList.Open(
            parsed.GetValue(DeviceId)!, parsed.GetValue(Threads), Verb.Say);
        using var model = ModelFile.Load(ModelStore.Resolve(parsed.GetRequiredValue(Model)));
        var inputs = RunInputs.Read(
            model, parsed.GetValue(Inputs) ?? [], parsed.GetValue(Shapes) ?? [], parsed.GetValue(Seed));
        using var constants = new ConstantStore(device);
        using var plan = Verb.WithProgress("compiling", progress => ExecutionPlan.Compile(
            model.Instantiate([.. model.Inputs.Zip(inputs, InputSpec.Of)]),
            device,
            constants,
            options: new CompileOptions { Progress = progress },
            cancellation: cancellation));
        var given = model.Inputs.Zip(inputs).Where(pair => !pair.First.DecidesShapes);
        foreach (var (i, (_, input)) in given.Index())
        {
            plan.SetInput(i, input.Bytes);
        }

        double loadMs = loading.Elapsed.TotalMilliseconds;
        var times = new double[repeat];
        double first = Verb.WithProgress("running", progress =>
        {
            double firstMs = 0;
            for (int run = 0; run < warmUp + repeat; run++)
            {
                long start = Stopwatch.GetTimestamp();
                plan.Run(cancellation);
                device.Synchronize();
                double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                firstMs = run == 0 ? ms : firstMs;
                if (run >= warmUp)
                {
                    times[run - warmUp] = ms;
                }

                progress.Report((run + 1.0) / (warmUp + repeat));
            }

            return firstMs;
        });

        var outputs = model.Outputs.Select((o, i) => (Declaration: o, Value: plan.ReadOutput(i))).ToArray();
        if (parsed.GetValue(OutputDirectory) is { } directory)
        {
            directory.Create();
            foreach (var (declaration, value) in outputs)
            {
                RunInputs.Save(Path.Combine(directory.FullName, FileName(declaration.Name) + ".npy"), declaration, value);
            }
        }

        SayWhatIsNotFinite(outputs);
        Array.Sort(times);
        Report(parsed.GetValue(Json), device, loadMs, first, times, outputs);
        return Verb.Done;
    }

    /// <summary>
    /// A tensor's name as a file's: what is not a letter, digit, <c>_ . -</c> becomes <c>_</c>.
    /// </summary>
    public static string FileName(string name) => string.Concat(
        name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_'));

    private static void SayWhatIsNotFinite((TensorDeclaration Declaration, Tensor Value)[] outputs)
    {
        foreach (var (declaration, value) in outputs)
        {
            if (value.ElementType != ElementType.Float32)
            {
                continue;
            }

            int count = 0;
            foreach (float x in value.As<float>())
            {
                count += float.IsFinite(x) ? 0 : 1;
            }

            if (count > 0)
            {
                Verb.Say($"output '{declaration.Name}' holds {count} numbers that are NaN or infinite");
            }
        }
    }

    private static void Report(
        bool asJson,
        Device device,
        double loadMs,
        double first,
        double[] times,
        (TensorDeclaration Declaration, Tensor Value)[] outputs)
    {
        double median = Percentile(times, 0.5);
        double p95 = Percentile(times, 0.95);
        double peak = PeakMegabytes();
        if (asJson)
        {
            Verb.Print(new JsonObject
            {
                ["device"] = device.Id,
                ["load_ms"] = Math.Round(loadMs, 3),
                ["first_run_ms"] = Math.Round(first, 3),
                ["median_ms"] = Math.Round(median, 4),
                ["p95_ms"] = Math.Round(p95, 4),
                ["min_ms"] = Math.Round(times[0], 4),
                ["peak_mb"] = Math.Round(peak, 1),
                ["outputs"] = new JsonObject(outputs.Select(o => KeyValuePair.Create<string, JsonNode?>(
                    o.Declaration.Name, new JsonObject { ["shape"] = Verb.ToJson(o.Value.Shape) }))),
            });
            return;
        }

        Console.WriteLine($"{device.Id}: {device.Description}");
        Console.WriteLine($"load {loadMs:F0} ms, first run {first:F1} ms, peak memory {peak:F0} MB");
        Console.WriteLine($"{times.Length} runs: median {median:F3} ms, 95 % within {p95:F3} ms, best {times[0]:F3} ms");
        foreach (var (declaration, value) in outputs)
        {
            Console.WriteLine($"{declaration.Name}: {value}");
        }
    }

    private static double Percentile(double[] sorted, double fraction) =>
        sorted[Math.Clamp((int)Math.Ceiling(fraction * sorted.Length) - 1, 0, sorted.Length - 1)];

    private static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (1024.0 * 1024.0);
    }
}
