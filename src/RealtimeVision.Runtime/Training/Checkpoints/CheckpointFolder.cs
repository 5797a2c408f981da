using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// The checkpoints of a training: the last one, <c>last.safetensors</c>, and the best ones by their
/// score, <c>best-STEP.safetensors</c>. One process writes a folder at a time.
/// </summary>
/// <remarks>
/// Whenever a process dies, or the disk is full, what was saved before can be loaded: a file takes
/// the place of another only once it is whole and on the disk.
/// </remarks>
public sealed class CheckpointFolder
{
    private const string Extension = ".safetensors";
    private const string BestPrefix = "best-";

    private readonly int _keepBest;
    private readonly MetricDirection _direction;
    private readonly List<Entry> _best = [];
    private readonly List<string> _notices = [];

    /// <summary>
    /// Opens a folder, or makes one, and deletes what a process that died has left half-written.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="keepBest">How many of the best checkpoints are kept, 0 or more.</param>
    /// <param name="direction">Which scores are better.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="IOException">The folder cannot be made or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or read.</exception>
    public CheckpointFolder(
        string path, int keepBest = 1,
        MetricDirection direction = MetricDirection.LowerIsBetter)
    {
        _keepBest = Ranges.NotNegative(keepBest);
        _direction = direction;
        Path = Directory.CreateDirectory(path).FullName;
        DeleteLeftovers();
        foreach (string file in Directory.EnumerateFiles(Path, $"{BestPrefix}*{Extension}").Order())
        {
            if (TryReadState(file) is { } state)
            {
                _best.Add(new Entry(file, state.Step, state.Score));
            }
        }

        SortBest();
    }

    /// <summary>The folder, as a full path.</summary>
    public string Path { get; }

    /// <summary>The file of the last checkpoint, whether it is there or not.</summary>
    public string LastPath => System.IO.Path.Combine(Path, $"last{Extension}");

    /// <summary>The files of the best checkpoints, the best first.</summary>
    public IReadOnlyList<string> BestPaths => [.. _best.Select(entry => entry.Path)];

    /// <summary>What was cleaned up or passed over, in sentences.</summary>
    public IReadOnlyList<string> Notices => _notices;

    /// <summary>
    /// Saves a checkpoint as the last one and, where its score is among the best, as one of them.
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="score">
    /// Its score; null, or a number that is not finite, where it is none of the best.
    /// </param>
    /// <exception cref="NotFiniteNumberException">
    /// A tensor holds NaN or an infinity. Nothing is written.
    /// </exception>
    /// <exception cref="IOException">
    /// The disk is full or the folder cannot be written. What was there can be loaded still.
    /// </exception>
    public void Save(Checkpoint checkpoint, double? score = null)
    {
        score = score is { } number && double.IsFinite(number) ? number : null;
        checkpoint = checkpoint with { State = checkpoint.State with { Score = score } };
        try
        {
            // The best one first: a training that dies between the two takes up before it.
            if (score is { } better && IsAmongBest(checkpoint.State.Step, better))
            {
                string path = SaveBest(checkpoint, better);
                AtomicFile.Write(LastPath, stream => CopyTo(path, stream));
            }
            else
            {
                checkpoint.Save(LastPath);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"Cannot save the checkpoint of step {checkpoint.State.Step} in {Path}; those "
                + $"before it are as they were. {e.Message}", e);
        }
    }

    /// <summary>
    /// Loads the newest checkpoint that is whole, by its step. Damaged ones are passed over, and
    /// <see cref="Notices"/> says so.
    /// </summary>
    /// <returns>The checkpoint; null where there is none.</returns>
    public Checkpoint? LoadNewest()
    {
        var found = new List<Entry>(_best);
        if (File.Exists(LastPath) && TryReadState(LastPath) is { } state)
        {
            found.Insert(0, new Entry(LastPath, state.Step, state.Score));
        }

        return LoadFirst(found.OrderByDescending(entry => entry.Step));
    }

    /// <summary>
    /// Loads the best checkpoint that is whole, by its score. Damaged ones are passed over, and
    /// <see cref="Notices"/> says so.
    /// </summary>
    /// <returns>The checkpoint; null where there is none.</returns>
    public Checkpoint? LoadBest() => LoadFirst(_best);

    private static void CopyTo(string path, Stream destination)
    {
        using var source = File.OpenRead(path);
        source.CopyTo(destination, 1 << 20);
    }

    private Checkpoint? LoadFirst(IEnumerable<Entry> entries)
    {
        foreach (var entry in entries)
        {
            try
            {
                return Checkpoint.Load(entry.Path);
            }
            catch (ModelFormatException e)
            {
                PassOver(e);
            }
        }

        return null;
    }

    private bool IsAmongBest(long step, double score) =>
        _best.Count(other => other.Step != step && !_direction.IsBetter(score, other.Score))
            < _keepBest;

    private string SaveBest(Checkpoint checkpoint, double score)
    {
        long step = checkpoint.State.Step;
        string path = System.IO.Path.Combine(Path, $"{BestPrefix}{step:D9}{Extension}");
        checkpoint.Save(path);
        _best.RemoveAll(entry => entry.Path == path);
        _best.Add(new Entry(path, step, score));
        SortBest();
        while (_best.Count > _keepBest)
        {
            File.Delete(_best[^1].Path);
            _best.RemoveAt(_best.Count - 1);
        }

        return path;
    }

    // The best first, and the older of two that are as good.
    private void SortBest() => _best.Sort((a, b) =>
        _direction.IsBetter(a.Score ?? double.NaN, b.Score) ? -1
            : _direction.IsBetter(b.Score ?? double.NaN, a.Score) ? 1
            : a.Step.CompareTo(b.Step));

    private CheckpointState? TryReadState(string path)
    {
        try
        {
            return Checkpoint.LoadState(path);
        }
        catch (ModelFormatException e)
        {
            PassOver(e);
            return null;
        }
    }

    private void PassOver(ModelFormatException e)
    {
        string notice = $"A checkpoint was passed over. {e.Message}";
        if (!_notices.Contains(notice))
        {
            _notices.Add(notice);
        }
    }

    private void DeleteLeftovers()
    {
        foreach (string file in Directory.EnumerateFiles(Path, $"*{Extension}.*.tmp"))
        {
            try
            {
                File.Delete(file);
                _notices.Add($"{file} was half-written when a process died, and is deleted.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _notices.Add($"{file} is half-written and cannot be deleted: {e.Message}");
            }
        }
    }

    private readonly record struct Entry(string Path, long Step, double? Score);
}
