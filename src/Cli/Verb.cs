using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Models;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Training;
using Spectre.Console;

namespace RealtimeVision.Cli;

/// <summary>
/// What all verbs share: exit codes (0 done, 1 failed, 2 wrong usage), errors as one message on the
/// error stream, and <c>--json</c>, which prints one object as the last line.
/// </summary>
internal static class Verb
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int WrongUsage = 2;

    /// <summary>Progress of what takes long; standard output is for results.</summary>
    public static IAnsiConsole Progress { get; } =
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

    /// <summary>Tells people what goes on, on the error stream.</summary>
    public static void Say(string message) => Console.Error.WriteLine($"rtv: {message}");

    public static async Task<int> InvokeAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                Console.Error.WriteLine($"rtv: {error.Message}");
            }

            Console.Error.WriteLine($"rtv: see '{Path(parsed)} --help'");
            return WrongUsage;
        }

        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,

            // Ctrl-C ends a run in good order; completing a long recording takes its time.
            ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
        };
        try
        {
            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("rtv: stopped");
            return Failed;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"rtv: {e.Message}");
            return WrongUsage;
        }
        catch (Exception e) when (IsExpected(e))
        {
            Console.Error.WriteLine($"rtv: {e.Message}");
            return Failed;
        }
    }

    /// <summary>
    /// Does work that may take longer than a second, with a progress bar where a person looks on.
    /// </summary>
    /// <param name="what">What is done.</param>
    /// <param name="work">Does it, and tells how much of it is done, 0 to 1.</param>
    public static T WithProgress<T>(string what, Func<IProgress<double>, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(new Report(_ => { }));
        }

        return Progress.Progress().AutoClear(true).Start(progress =>
        {
            var task = progress.AddTask(what, maxValue: 1);
            return work(new Report(done => task.Value = done));
        });
    }

    /// <summary>The option that every verb has.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "Print one JSON object as the last line of standard output" };

    public static Option<string> Device(string standard) => new("--device")
    {
        Description = "auto, cpu, cuda[:N], opencl[:N] or ilgpu-cpu",
        DefaultValueFactory = _ => standard,
    };

    public static Option<int?> Threads()
    {
        var option = new Option<int?>("--threads") { Description = "Threads of the CPU; one a core where not given" };
        Require(option, threads => threads is null or (>= 1 and <= 256), "has to be 1 to 256");
        return option;
    }

    /// <summary>Makes values that do not satisfy <paramref name="rule"/> wrong usage.</summary>
    public static void Require<T>(Option<T> option, Func<T?, bool> rule, string what) => option.Validators.Add(result =>
    {
        T? value;
        try
        {
            value = result.GetValueOrDefault<T>();
        }
        catch (InvalidOperationException)
        {
            // No value of that type at all, which the parser says better.
            return;
        }

        if (!rule(value))
        {
            result.AddError($"{option.Name} {what}");
        }
    });

    // Names of models and files stay as people write them; the output is for no web page.
    private static readonly System.Text.Json.JsonSerializerOptions Readable = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print(JsonObject json) => Console.Out.WriteLine(json.ToJsonString(Readable));

    public static JsonArray ToJson(Shape shape)
    {
        var array = new JsonArray();
        foreach (int size in shape.Sizes)
        {
            array.Add(size);
        }

        return array;
    }

    // Errors that name a cause outside the program. Anything else is a fault of ours and keeps its
    // stack trace.
    private static bool IsExpected(Exception e) => e
        is DeviceException or MemoryLimitException or ModelFormatException or ShapeException or InputException
        or SourceException or MediaException or UnsupportedOperatorsException or InvalidDataException or IOException
        or UnauthorizedAccessException or NotSupportedException or OutOfMemoryException or CatalogueException
        or RecipeException or DatasetException or DivergenceException or ExplainException;

    // Progress<T> tells from other threads, some of it after the work is over.
    private sealed class Report(Action<double> tell) : IProgress<double>
    {
        void IProgress<double>.Report(double value) => tell(value);
    }

    private static string Path(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "rtv" : $"rtv {parsed.CommandResult.Command.Name}";
}

/// <summary>Arguments that parse but make no sense together.</summary>
internal sealed class UsageException(string message) : Exception(message);
