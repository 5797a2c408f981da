using System.CommandLine;
using RealtimeVision.Bench;

var root = new RootCommand(
    "Measures networks, operators and training steps, against ONNX Runtime where asked")
{
    NetworkBench.CreateCommand(),
    OperatorBench.CreateCommand(),
    TrainingBench.CreateCommand(),
    StreetFrames.CreateCommand(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"rtv bench: {error.Message}");
    }

    return 2;
}

return await parsed.InvokeAsync();
