using RealtimeVision.Cli.Models;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>What <c>rtv live</c> teaches, and how.</summary>
/// <param name="Backbone">The model whose features are taught on.</param>
/// <param name="Options">How the teacher goes about it.</param>
/// <param name="Script">What frames teach; null where keys say so.</param>
/// <param name="Save">Where to save the classifier at the end; null for nowhere.</param>
internal sealed record TeachingPlan(
    string Backbone, TeacherOptions Options, TeachingScript? Script, string? Save);

/// <summary>The teacher of one <c>rtv live</c>.</summary>
internal sealed class LiveTeaching : IDisposable
{
    private static readonly string[] Names =
        [.. Enumerable.Range(1, 9).Select(number => $"class {number}")];

    private readonly TeachingPlan _plan;
    private readonly bool _waits;

    /// <summary>Loads the backbone.</summary>
    /// <param name="plan">What is taught.</param>
    /// <param name="pace">
    /// At <see cref="Pace.EveryFrame"/> a script waits until what was taught is live; in real time
    /// nothing waits for it.
    /// </param>
    /// <exception cref="UsageException">The model cannot be taught on.</exception>
    public LiveTeaching(TeachingPlan plan, Pace pace)
    {
        _plan = plan;
        _waits = pace == Pace.EveryFrame;
        try
        {
            Teacher = new Teacher(ModelStore.Resolve(plan.Backbone), plan.Options);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"--teach {plan.Backbone}: {e.Message}");
        }
    }

    public Teacher Teacher { get; }

    /// <summary>Where the classifier was saved; null where it was not.</summary>
    public string? Saved { get; private set; }

    /// <summary>Whether keys say what is taught.</summary>
    public bool IsByKeys => _plan.Script is null;

    /// <summary>Lets a frame teach what the script says, or the number that is held.</summary>
    /// <exception cref="InvalidOperationException">There are too many classes.</exception>
    public void Observe(VisionResult result, int? held)
    {
        if (_plan.Script is not { } script)
        {
            if (held is { } number)
            {
                Teacher.Collect(Names[number - 1], result);
            }
            else
            {
                Teacher.Release();
            }

            return;
        }

        if (script.ClassOf(result.Frame.Index) is { } name)
        {
            Teacher.Collect(name, result);
            return;
        }

        Teacher.Release();
        if (_waits)
        {
            Teacher.WaitUntilTrained(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Learns what is left, and saves the classifier where that was asked for.</summary>
    /// <exception cref="InvalidDataException">There is none to save.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Finish()
    {
        Teacher.Release();
        if (_plan.Save is { } path)
        {
            Teacher.WaitUntilTrained(Timeout.InfiniteTimeSpan);
            try
            {
                Teacher.Save(path);
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidDataException($"{path} is not written: {e.Message}", e);
            }

            Saved = path;
        }
    }

    public void Dispose() => Teacher.Dispose();
}
