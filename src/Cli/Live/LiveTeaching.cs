using System.Diagnostics;
using System.Globalization;
using RealtimeVision.Cli.Models;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>What <c>rtv live</c> teaches, and how.</summary>
/// <param name="Backbone">The model whose features are taught on.</param>
/// <param name="Options">How the teacher goes about it.</param>
/// <param name="Script">What frames teach; null where keys say so.</param>
/// <param name="Names">What the keys' classes are called, from 1 on.</param>
/// <param name="Save">Where to save the classifier at the end; null for nowhere.</param>
internal sealed record TeachingPlan(
    string Backbone, TeacherOptions Options, TeachingScript? Script, IReadOnlyList<string> Names,
    string? Save);

/// <summary>
/// The teacher of one <c>rtv live</c>: lets a script or held keys teach it, and shows what it does.
/// </summary>
internal sealed class LiveTeaching : IDisposable
{
    /// <summary>Classes that have a key.</summary>
    public const int Keys = 9;

    private static readonly TimeSpan ShownEvery = TimeSpan.FromMilliseconds(250);

    private readonly TeachingPlan _plan;
    private readonly bool _waits;
    private readonly string[] _names;
    private readonly TeachingView _view = new();
    private readonly TaughtThumbnails _thumbnails;
    private TimeSpan? _shown;

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
        _names =
        [
            .. plan.Names,
            .. Enumerable.Range(plan.Names.Count + 1, Math.Max(Keys - plan.Names.Count, 0))
                .Select(key => $"class {key}"),
        ];
        _thumbnails = new TaughtThumbnails(plan.Options.UndoDepth);
        try
        {
            Teacher = new Teacher(ModelStore.Resolve(plan.Backbone), plan.Options);
        }
        catch (ArgumentException e)
        {
            // The library names its option, people have another name for it.
            string said = e.Message.Replace(
                $"{nameof(TeacherOptions)}.{nameof(TeacherOptions.Features)}", "--teach-features",
                StringComparison.Ordinal);
            throw new UsageException($"--teach {plan.Backbone}: {said}");
        }
    }

    public Teacher Teacher { get; }

    /// <summary>Where the classifier was saved; null where it was not.</summary>
    public string? Saved { get; private set; }

    /// <summary>Whether keys say what is taught.</summary>
    public bool IsByKeys => _plan.Script is null;

    /// <summary>Lets a frame teach what the script says, or the number that is held.</summary>
    /// <param name="result">The frame, and what models say of it.</param>
    /// <param name="held">The number of the key that is held, from 1; null for none.</param>
    public void Observe(VisionResult result, int? held)
    {
        string? name = _plan.Script is { } script ? script.ClassOf(result.Frame.Index)
            : held is { } number ? _names[number - 1]
            : null;
        if (name is not null)
        {
            Teacher.Collect(name, result);
            if (!result.Features.IsEmpty)
            {
                _thumbnails.Collect(name, result.Frame);
            }

            return;
        }

        Teacher.Release();
        _thumbnails.Release();
        if (!IsByKeys && _waits)
        {
            Teacher.WaitUntilTrained(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Does what keys asked for.</summary>
    /// <param name="controller">The keys.</param>
    /// <param name="say">Is told what came of it.</param>
    public void Obey(ViewerController controller, Action<string> say)
    {
        if (IsByKeys && controller.HeldNumber is null)
        {
            // Also while the stream stands still and no frame comes.
            Teacher.Release();
            _thumbnails.Release();
        }

        if (controller.Take(ViewerRequest.UndoLesson))
        {
            if (Teacher.Undo())
            {
                _thumbnails.Undo();
                say("what was taught last is undone");
            }
            else
            {
                say("nothing was taught");
            }

            _shown = null;
        }

        if (controller.Take(ViewerRequest.SaveLesson))
        {
            string path = _plan.Save ?? Path.GetFullPath(
                string.Create(CultureInfo.InvariantCulture, $"rtv-{DateTime.Now:yyyyMMdd-HHmmss}.safetensors"));
            try
            {
                Teacher.Save(path);
                Saved = path;
                say($"saved {path}");
            }
            catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
            {
                say(e.Message);
            }
        }

        Show(controller.State);
    }

    /// <summary>Shows what the teacher is doing, some times a second.</summary>
    public void Show(ViewerState state)
    {
        state.Teaching ??= _view;
        TimeSpan now = Stopwatch.GetElapsedTime(0);
        if (_shown is { } shown && now - shown < ShownEvery)
        {
            return;
        }

        _shown = now;
        TeachingStatus status = Teacher.Status;
        _view.Classes.Clear();
        foreach (TaughtClass taught in status.Classes)
        {
            _view.Classes.Add(new TeachingRow(
                Array.IndexOf(_names, taught.Name, 0, Keys) + 1, taught.Name, taught.Frames, taught.IsLive,
                taught.Name == status.Collecting)
            {
                Thumbnail = _thumbnails.Of(taught.Name),
            });
        }

        for (int i = 0; IsByKeys && i < _plan.Names.Count; i++)
        {
            // What has a name has a row before it is shown.
            if (!_view.Classes.Exists(row => row.Key == i + 1))
            {
                _view.Classes.Add(new TeachingRow(i + 1, _names[i], 0, false, false));
            }
        }

        _view.Lines.Clear();
        _view.Lines.AddRange(status.ToString().Split("; "));
        if (IsByKeys && status.Classes.Count == 0)
        {
            _view.Lines.Add("T, then hold 1 to 9 to show a class");
        }
    }

    /// <summary>Learns what is left, and saves the classifier where that was asked for.</summary>
    /// <exception cref="InvalidDataException">There is none to save.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Finish(ViewerState state)
    {
        Teacher.Release();
        _shown = null;
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

        Show(state);
    }

    public void Dispose() => Teacher.Dispose();
}
