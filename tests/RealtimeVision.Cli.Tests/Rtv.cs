using System.Diagnostics;
using System.Text.Json.Nodes;

namespace RealtimeVision.Cli.Tests;

/// <summary>
/// The command as a user runs it: a process with arguments, two streams and an exit code.
/// </summary>
public sealed record Rtv(int ExitCode, string Output, string Error)
{
    /// <summary>The JSON object that <c>--json</c> prints as the last line.</summary>
    public JsonObject Json => JsonNode.Parse(Output.TrimEnd().Split('\n')[^1])!.AsObject();

    public static Rtv Run(params string[] arguments) => RunWith([], arguments);

    /// <summary>Runs it with variables of the environment set.</summary>
    public static Rtv RunWith(Dictionary<string, string?> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Rtv(process.ExitCode, output, error.Result);
    }

    /// <summary>Starts it; the caller waits for it.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments);

    private static Process Start(Dictionary<string, string?> environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "rtv.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Fails the test, with what was printed, unless the exit code is that.</summary>
    public Rtv Exits(int code)
    {
        Assert.That(ExitCode, Is.EqualTo(code), $"stdout:\n{Output}\nstderr:\n{Error}");
        return this;
    }

    /// <summary>Fails the test unless it failed with one line that holds all these words.</summary>
    public void FailsSaying(int code, params string[] words)
    {
        Exits(code);
        foreach (string word in words)
        {
            Assert.That(Error, Does.Contain(word).IgnoreCase);
        }

        Assert.That(Error, Does.Not.Contain("   at "), "a message, not a stack trace");
    }
}
