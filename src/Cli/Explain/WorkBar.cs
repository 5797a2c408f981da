using Spectre.Console;

namespace RealtimeVision.Cli.Explain;

/// <summary>
/// Says what is being done, and how much of all of it is done; a bar where a person looks on.
/// </summary>
/// <param name="task">The bar; null where nobody looks on.</param>
/// <param name="parts">Number of parts of the work.</param>
internal sealed class WorkBar(ProgressTask? task, int parts) : IProgress<double>
{
    private int _begun;

    /// <summary>Does work of several parts, and shows a bar meanwhile.</summary>
    public static T Run<T>(int parts, Func<WorkBar, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(new WorkBar(null, parts));
        }

        return Verb.Progress.Progress().AutoClear(true).Start(
            progress => work(new WorkBar(progress.AddTask("explaining", maxValue: parts), parts)));
    }

    /// <summary>Begins the next part.</summary>
    /// <param name="what">What it is, for the person.</param>
    public void Begin(string what)
    {
        if (task is not null)
        {
            task.Description = Markup.Escape(what);
            task.Value = Math.Min(_begun, parts);
        }

        _begun++;
    }

    /// <inheritdoc/>
    public void Report(double value)
    {
        if (task is not null)
        {
            task.Value = Math.Min(_begun - 1 + value, parts);
        }
    }
}
