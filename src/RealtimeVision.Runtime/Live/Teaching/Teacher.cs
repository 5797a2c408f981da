using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Learns new classes while a stream runs: frames that are shown of a class are collected, and a
/// head on the features of a frozen network is trained in the background, takes the old one's place
/// between two frames, and can be saved, and undone.
/// </summary>
/// <remarks>
/// <para>
/// It is given to an engine by <see cref="VisionOptions.Teacher"/> and outlives it, so that what was
/// taught survives a change of device or source: another engine goes on with it. The backbone runs
/// with the engine's models; what it makes of a frame is the result's <see
/// cref="VisionResult.Features"/>, and what the head says its last classification.
/// </para>
/// <para>
/// All members may be called by any thread and return at once, but for <see cref="Save"/>, which
/// writes a file. Training has a thread of its own, of low priority, and never holds up a frame.
/// The same frames and seed give the same head, bit for bit.
/// </para>
/// </remarks>
public sealed partial class Teacher : IDisposable
{
    private readonly object _gate = new();
    private readonly List<Lesson> _past = [];
    private readonly Thread _trainer;
    private Lesson _lesson = Lesson.Empty;
    private Take? _take;
    private string? _taking;
    private volatile LiveWeights? _live;

    /// <summary>Cuts a model at its features and makes ready to teach.</summary>
    /// <param name="backbone">
    /// A classifier, or another network of pictures: of this library, or of an ONNX or TFLite
    /// file. One that the program has made stays the program's, and outlives the teacher.
    /// </param>
    /// <param name="options">How it goes about it.</param>
    /// <exception cref="Import.ModelFormatException">The file is not what it should
    /// be.</exception>
    /// <exception cref="ArgumentException">The model has no features to teach on, or an option is out
    /// of its range.</exception>
    public Teacher(ModelChoice backbone, TeacherOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        Options = options ?? new TeacherOptions();
        Options.Check();
        Backbone = Backbone.Of(backbone, Options.Features);
        LiveHead = new LiveHead(Backbone.FeatureCount, Options);
        _trainer = new Thread(Work) { IsBackground = true, Name = "RealtimeVision teacher" };
        _trainer.Start();
    }

    /// <summary>What the teacher was made with.</summary>
    public TeacherOptions Options { get; }

    /// <summary>Name of the model whose features are taught on.</summary>
    public string BackboneName => Backbone.Network.Name;

    /// <summary>Numbers that the backbone makes of a frame.</summary>
    public int FeatureCount => Backbone.FeatureCount;

    /// <summary>What it is doing; a new object whenever it is asked for.</summary>
    public TeachingStatus Status
    {
        get
        {
            lock (_gate)
            {
                return MakeStatus();
            }
        }
    }

    internal Backbone Backbone { get; }

    internal LiveHead LiveHead { get; }

    /// <summary>The head that frames which begin now are labelled by; null without one.</summary>
    internal LiveWeights? Live => _live;

    /// <summary>
    /// Collects a frame for a class, which is new where its name is. Called for each result while
    /// the class is held; <see cref="Release"/> ends it, and so does another name. Allocates nothing
    /// but at the first frame.
    /// </summary>
    /// <param name="name">The class.</param>
    /// <param name="result">A result of an engine with this teacher. One without features, of a
    /// frame without the segment that the backbone looks at, is passed over.</param>
    /// <exception cref="ArgumentException">The name is empty, or the result is of an engine with
    /// another teacher.</exception>
    /// <exception cref="InvalidOperationException">There are as many classes as there can
    /// be.</exception>
    /// <exception cref="ObjectDisposedException">The teacher is disposed of.</exception>
    public void Collect(string name, VisionResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (!result.Features.IsEmpty)
        {
            Collect(name, result.Features);
        }
    }

    /// <summary>
    /// As <see cref="Collect(string, VisionResult)"/>, of features that the program has kept.
    /// </summary>
    /// <param name="name">The class.</param>
    /// <param name="features"><see cref="FeatureCount"/> numbers; frames with one that is not finite
    /// are passed over.</param>
    /// <inheritdoc cref="Collect(string, VisionResult)"/>
    public void Collect(string name, ReadOnlySpan<float> features)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (features.Length != FeatureCount)
        {
            throw new ArgumentException(
                $"{features.Length} features were given, {BackboneName} makes {FeatureCount} of a "
                + "frame",
                nameof(features));
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_taking != name)
            {
                EndTake();
                if (_lesson.IndexOf(name) < 0 && _lesson.Classes.Count == Options.MaxClasses)
                {
                    throw new InvalidOperationException(
                        $"there are {Options.MaxClasses} classes: no more can be taught "
                        + $"({nameof(TeacherOptions)}.{nameof(TeacherOptions.MaxClasses)})");
                }

                _taking = name;
                _take = new Take(FeatureCount, Options.FramesPerTake);
            }

            foreach (float feature in features)
            {
                if (!float.IsFinite(feature))
                {
                    return;
                }
            }

            _take!.Add(features);
        }
    }

    /// <summary>
    /// Ends collecting: where two classes have frames enough, a head is trained, and labels frames
    /// within seconds. Does nothing where nothing is collected, so that it may be called as long as
    /// no class is held.
    /// </summary>
    public void Release()
    {
        lock (_gate)
        {
            EndTake();
        }
    }

    /// <summary>
    /// Goes back by one change: a take, a class forgotten, a new name. The head of that moment is
    /// back with the next frame that begins, bit for bit. While frames are collected it drops them,
    /// and changes nothing else.
    /// </summary>
    /// <returns>False where there is nothing to undo.</returns>
    public bool Undo()
    {
        lock (_gate)
        {
            if (_taking is not null)
            {
                (_take, _taking) = (null, null);
                return true;
            }

            if (_past.Count == 0)
            {
                return false;
            }

            Become(_past[^1]);
            _past.RemoveAt(_past.Count - 1);
            return true;
        }
    }

    /// <summary>
    /// Forgets a class and its frames, at once; what is left is trained anew. Can be undone.
    /// </summary>
    /// <returns>False where there is no such class.</returns>
    public bool Forget(string name)
    {
        lock (_gate)
        {
            EndTake();
            int index = _lesson.IndexOf(name);
            if (index < 0)
            {
                return false;
            }

            TaughtHead? head = _lesson.Live?.Head;
            int label = head is null ? -1 : Array.IndexOf(head.Labels, name);
            if (label >= 0)
            {
                head = head!.Labels.Length > 2 ? head.Without(label) : null;
            }

            Change(new Lesson(
                [.. _lesson.Classes.Where((_, i) => i != index)], Prepare(head), IsLearnt: false));
            return true;
        }
    }

    /// <summary>Gives a class another name. Can be undone.</summary>
    /// <returns>False where there is no such class.</returns>
    /// <exception cref="ArgumentException">The new name is empty, or another class's.</exception>
    public bool Rename(string name, string newName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(newName);
        lock (_gate)
        {
            EndTake();
            if (_lesson.IndexOf(name) < 0 || name == newName)
            {
                return name == newName && _lesson.IndexOf(name) >= 0;
            }

            if (_lesson.IndexOf(newName) >= 0)
            {
                throw new ArgumentException($"there is a class '{newName}' already", nameof(newName));
            }

            TaughtHead? head = _lesson.Live?.Head;
            Change(new Lesson(
                [.. _lesson.Classes.Select(c => c.Name == name ? c with { Name = newName } : c)],
                Prepare(head?.Named([.. head.Labels.Select(l => l == name ? newName : l)])),
                _lesson.IsLearnt));
            return true;
        }
    }

    /// <summary>
    /// Writes backbone and head as one network, with a manifest that knows the classes' names: what
    /// loads models loads it, and it can be taught on again. An existing file is replaced once the
    /// new one is whole and on the disk.
    /// </summary>
    /// <param name="path">The file, by custom <c>NAME.safetensors</c>; NAME is the model's.</param>
    /// <exception cref="InvalidOperationException">There is no classifier yet; the message says what
    /// is missing.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        TaughtHead head = _live?.Head ?? throw new InvalidOperationException(
            $"there is no classifier to save: {Status.Advice ?? "it is being trained"}");
        using Network network = Backbone.With(
            Path.GetFileNameWithoutExtension(path), head, Options.HiddenUnits);
        NetworkFile.Save(network, path);
    }

    /// <summary>Stops training and releases the backbone. Engines with the teacher go first.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _current?.Cancel();
            Monitor.PulseAll(_gate);
        }

        _trainer.Join();
        Backbone.Dispose();
    }

    /// <summary>Seals what was collected, and learns it.</summary>
    private void EndTake()
    {
        if (_taking is not { } name)
        {
            return;
        }

        Take take = _take!;
        (_take, _taking) = (null, null);
        if (take.Count > 0)
        {
            take.Seal();
            Change(_lesson.With(name, take, Options.FramesPerClass));
        }
    }

    /// <summary>Goes on to another lesson, and remembers the one before.</summary>
    private void Change(Lesson next)
    {
        _past.Add(_lesson);
        if (_past.Count > Options.UndoDepth)
        {
            _past.RemoveAt(0);
        }

        Become(next);
    }

    /// <summary>Makes a lesson the present one, and sees to its head.</summary>
    private void Become(Lesson lesson)
    {
        _lesson = lesson;
        _live = lesson.Live;
        _problem = null;
        _current?.Cancel();
        Monitor.PulseAll(_gate);
    }

    private LiveWeights? Prepare(TaughtHead? head) => head is null ? null : LiveHead.Prepare(head);
}
