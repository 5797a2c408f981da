using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Bench;

/// <summary>
/// <c>rtv bench networks</c>: whole networks on one device, side by side with ONNX Runtime's CPU
/// provider: the same file, the same input, the same number of threads, measured in turns.
/// </summary>
internal static class NetworkBench
{
    private static readonly Option<string> Device = new("--device")
    {
        Description = "Device of ours",
        DefaultValueFactory = _ => "cpu",
    };

    private static readonly Option<int[]> Threads = new("--threads")
    {
        Description = "Numbers of threads to measure with",
        DefaultValueFactory = _ => [1, 2],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "onnxruntime: measure it too, and compare outputs",
    };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        Description = "Seconds for each measurement",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Networks whose name contains this",
    };

    private static readonly Option<bool> Steps = new("--steps")
    {
        Description = "Show what each step costs",
    };

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON object as the last line",
    };

    public static Command CreateCommand()
    {
        var command = new Command("networks", "Whole networks")
        {
            Device, Threads, Against, Seconds, Only, Steps, Json,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        bool compare = parsed.GetValue(Against) switch
        {
            null => false,
            "onnxruntime" => true,
            var other => throw new ArgumentException($"--against {other}: it is onnxruntime"),
        };
        var only = parsed.GetValue(Only) ?? [];
        var rows = new JsonArray();
        Console.WriteLine(compare
            ? "| network | threads | ours ms | ONNX Runtime ms | ratio | largest error |\n"
                + "| --- | --- | --- | --- | --- | --- |"
            : "| network | threads | ours ms |\n| --- | --- | --- |");
        foreach (var network in Network.All())
        {
            if (only.Length > 0
                && !only.Any(o => network.Name.Contains(o, StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (network.Missing is { } missing)
            {
                Console.WriteLine($"| {network.Name} | not measured: {missing} |");
                continue;
            }

            foreach (int threads in parsed.GetValue(Threads)!)
            {
                rows.Add(Measure(network, threads, parsed, compare));
            }
        }

        if (parsed.GetValue(Json))
        {
            Console.WriteLine(new JsonObject { ["networks"] = rows }.ToJsonString());
        }

        return 0;
    }

    private static JsonObject Measure(
        Network network, int threads, ParseResult parsed, bool compare)
    {
        using var device = DeviceList.Open(parsed.GetValue(Device)!, threads);
        using var model = ModelFile.Load(network.Path);
        using var session = new Session(model, device);
        var input = network.Input ?? ReferenceTensor.Random(1, network.Shape);
        var plan = session.GetPlan(new Shape([.. network.Shape.Select(s => (int)s)]));
        plan.SetInput(0, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(input.Floats));
        void Ours()
        {
            plan.Run();
            device.Synchronize();
        }

        var seconds = TimeSpan.FromSeconds(parsed.GetValue(Seconds));
        var row = new JsonObject { ["network"] = network.Name, ["threads"] = threads };
        if (compare)
        {
            using var reference = new OrtReference(network.Reference ?? network.Path, threads);
            var inputs = new Dictionary<string, ReferenceTensor>
            {
                [model.Inputs[0].Name] = network.Reference is null ? input : input.ChannelsFirst(),
            };
            double error = reference.Run(inputs)[model.Outputs[0].Name].RelativeError(Output());
            reference.Bind(inputs);
            var times = Measurement.Interleave(seconds, Ours, reference.Execute);
            double ratio = times[1].Median / times[0].Median;
            Console.WriteLine(
                $"| {network.Name} | {threads} | {times[0].Median:F3} | {times[1].Median:F3} "
                + $"| {ratio:F2} | {error:E1} |");
            (row["ours_ms"], row["onnxruntime_ms"]) = (times[0].Median, times[1].Median);
            (row["ratio"], row["error"]) = (ratio, error);
        }
        else
        {
            double median = Measurement.Interleave(seconds, Ours)[0].Median;
            Console.WriteLine($"| {network.Name} | {threads} | {median:F3} |");
            row["ours_ms"] = median;
        }

        if (parsed.GetValue(Steps))
        {
            foreach (var step in plan.DescribeSteps().OrderByDescending(s => s.Cost).Take(25))
            {
                Console.WriteLine(
                    $"    {step.Cost.TotalMilliseconds,8:F3} ms  {step.Algorithm,-24} {step.Node}");
            }
        }

        return row;

        float[] Output()
        {
            plan.Run();
            return plan.ReadOutput(0).As<float>().ToArray();
        }
    }

    /// <summary>A network to measure.</summary>
    /// <param name="Name">What the table calls it.</param>
    /// <param name="Path">Its file.</param>
    /// <param name="Shape">Shape of its input.</param>
    /// <param name="Missing">Why it cannot be measured; null where it can.</param>
    /// <param name="Reference">
    /// The same network as an ONNX file with the channels first, where <paramref name="Path"/> is
    /// none.
    /// </param>
    /// <param name="Input">What it is run on; null for random numbers.</param>
    private sealed record Network(
        string Name, string Path, long[] Shape, string? Missing = null, string? Reference = null,
        ReferenceTensor? Input = null)
    {
        public static IEnumerable<Network> All()
        {
            string folder = Directory.CreateTempSubdirectory("rtv-bench-").FullName;
            yield return Built("ResNet-18", ReferenceModels.ResNet18(), 1, 3, 224, 224);
            yield return Built("MobileNetV2", ReferenceModels.MobileNetV2(), 1, 3, 224, 224);
            yield return Built("U-Net 32-64-128", ReferenceModels.UNet(), 1, 3, 256, 256);
            yield return Fetched("PP-OCR detection", "ppocr-det.onnx", "ocr", 1, 3, 640, 640);
            yield return Fetched("PP-OCR classifier", "ppocr-cls.onnx", "ocr", 1, 3, 48, 192);
            yield return Selfie("selfie", 256, 256);
            yield return Selfie("selfie-landscape", 144, 256);
            Directory.Delete(folder, recursive: true);

            Network Built(string name, ModelProto model, params long[] shape)
            {
                string path = System.IO.Path.Combine(folder, $"{name}.onnx");
                OnnxModelFile.Save(model, path);
                return new Network(name, path, shape);
            }

            Network Selfie(string name, int height, int width)
            {
                var network = Fetched(name, $"{name}.tflite", "selfie", 1, height, width, 3);
                if (network.Missing is not null)
                {
                    return network;
                }

                string reference = System.IO.Path.Combine(folder, $"{name}.onnx");
                OnnxModelFile.Save(
                    TfLiteToOnnx.Convert(network.Path, channelsFirst: true), reference);
                return network with
                {
                    Reference = reference,
                    Input = Portrait.Create(height, width),
                };
            }
        }

        private static Network Fetched(string name, string file, string folder, params long[] shape)
        {
            string home = Environment.GetEnvironmentVariable("RTV_HOME")
                ?? Directory.GetCurrentDirectory();
            string path = System.IO.Path.Combine(home, ".cache", "models", folder, file);
            return new Network(
                name, path, shape, File.Exists(path) ? null : "./setup/models.sh fetches it");
        }
    }
}
