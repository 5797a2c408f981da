using System.Diagnostics;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Live;

/// <summary>What the teacher does in the background, and tells of it.</summary>
public sealed partial class Teacher
{
    // All guarded by the gate. The lesson that was tried last is not tried again where it failed.
    private CancellationTokenSource? _current;
    private Lesson? _tried;
    private string? _problem;
    private TimeSpan? _trainingTime;
    private int _epoch;
    private int _epochs;
    private bool _isDisposed;

    /// <summary>
    /// Waits until nothing is trained any more; for programs that have nothing else to do, such as
    /// tests and scripts.
    /// </summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for as long as
    /// it takes.</param>
    /// <returns>False where the time has passed.</returns>
    public bool WaitUntilTrained(TimeSpan timeout)
    {
        long end = timeout == Timeout.InfiniteTimeSpan
            ? long.MaxValue
            : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
        {
            while (!_isDisposed && (_current is not null || IsWanted()))
            {
                long left = Math.Min(end - Environment.TickCount64, int.MaxValue);
                if (left <= 0 || !Monitor.Wait(_gate, (int)left))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private void Work()
    {
        LowPriority.Enter();
        using var device = new CpuDevice(1);
        while (WaitForLesson() is { } lesson)
        {
            TaughtHead? head = null;
            string? problem = null;
            long begin = Stopwatch.GetTimestamp();
            try
            {
                head = HeadTraining.Run(
                    FeatureCount, lesson.Ready(Options.LeastFrames), Options, device, Tell,
                    _current!.Token);
            }
            catch (OperationCanceledException)
            {
                // What is taught has changed meanwhile, or the teacher ends.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                problem = $"training failed: {e.Message}";
            }

            Finish(lesson, head, problem, Stopwatch.GetElapsedTime(begin));
        }
    }

    /// <summary>Waits for a lesson to learn, and begins it; null where the teacher ends.</summary>
    private Lesson? WaitForLesson()
    {
        lock (_gate)
        {
            while (!_isDisposed && !IsWanted())
            {
                Monitor.Wait(_gate);
            }

            if (_isDisposed)
            {
                return null;
            }

            _current = new CancellationTokenSource();
            _tried = _lesson;
            (_epoch, _epochs) = (0, 0);
            return _lesson;
        }
    }

    /// <summary>Lets the head label frames, unless something else is taught by now.</summary>
    private void Finish(Lesson lesson, TaughtHead? head, string? problem, TimeSpan time)
    {
        LiveWeights? live = Prepare(head);
        lock (_gate)
        {
            _current!.Dispose();
            _current = null;
            _trainingTime = live is null ? _trainingTime : time;
            if (live is null && problem is null)
            {
                // Cut short: were it undone to, it would have to be learnt after all.
                _tried = null;
            }

            if (_lesson == lesson)
            {
                _problem = problem;
                if (live is not null)
                {
                    _lesson = lesson with { Live = live, IsLearnt = true };
                    _live = live;
                }
            }

            Monitor.PulseAll(_gate);
        }
    }

    private bool IsWanted() => !_lesson.IsLearnt && _lesson != _tried
        && _lesson.Ready(Options.LeastFrames).Count >= 2;

    private void Tell(int epoch, int epochs)
    {
        lock (_gate)
        {
            (_epoch, _epochs) = (epoch, epochs);
        }
    }

    private TeachingStatus MakeStatus()
    {
        string[] labels = _live?.Head.Labels ?? [];
        List<TaughtClass> classes =
        [
            .. _lesson.Classes.Select(c => new TaughtClass(
                c.Name, c.Count + (c.Name == _taking ? _take!.Count : 0), labels.Contains(c.Name))),
        ];
        if (_taking is { } taking && _lesson.IndexOf(taking) < 0)
        {
            classes.Add(new TaughtClass(taking, _take!.Count, false));
        }

        bool isTraining = _current is not null || IsWanted();
        return new TeachingStatus
        {
            Classes = classes,
            Collecting = _taking,
            Collected = _take?.Seen ?? 0,
            IsTraining = isTraining,
            Epoch = isTraining ? _epoch : 0,
            Epochs = isTraining ? _epochs : 0,
            IsLive = _live is not null,
            Accuracy = _live?.Head.Accuracy,
            TrainingTime = _trainingTime,
            UndoDepth = _past.Count,
            Advice = Advise(classes),
            Problem = _problem,
        };
    }

    /// <summary>What is missing for a classifier of all classes; null where nothing is.</summary>
    private string? Advise(List<TaughtClass> classes)
    {
        if (classes.Find(c => c.Frames < Options.LeastFrames && c.Name != _taking) is { } few)
        {
            return $"'{few.Name}' has {few.Frames} frame{(few.Frames == 1 ? "" : "s")}, "
                + $"{Options.LeastFrames} are needed";
        }

        return classes.Count switch
        {
            0 => "two classes are needed, none is taught",
            1 => $"two classes are needed, only '{classes[0].Name}' is taught",
            _ => null,
        };
    }
}
