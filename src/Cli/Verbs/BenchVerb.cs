using System.CommandLine;
using System.Diagnostics;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// <c>rtv bench</c>: hands over to the program in bench/, which knows ONNX Runtime; the library and
/// this command do not.
/// </summary>
internal static class BenchVerb
{
    private const string Home = "RTV_HOME";

    public static Command Create()
    {
        var command = new Command(
            "bench",
            "Measure operators and networks, against ONNX Runtime where asked; 'bench --help' has more")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.Options.Clear();
        command.SetAction((parsed, cancellation) => RunAsync([.. parsed.UnmatchedTokens], cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        string? home = Environment.GetEnvironmentVariable(Home);
        string project = Path.Combine(home ?? "", "bench", "RealtimeVision.Bench");
        if (home is null || !Directory.Exists(project))
        {
            Console.Error.WriteLine("rtv: bench runs in a clone of the repository, by its script ./rtv");
            return Verb.Failed;
        }

        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        string[] all = ["run", "--configuration", "Release", "--project", project, "--", .. arguments];
        foreach (string argument in all)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        await process.WaitForExitAsync(cancellation);
        return process.ExitCode;
    }
}
