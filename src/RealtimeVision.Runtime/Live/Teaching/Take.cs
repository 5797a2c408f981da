namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The features of the frames that were collected in one go. Of more frames than it has room for it
/// keeps every second, then every fourth, and so on, so that it stands for all of the time that was
/// collected. All memory is taken when it is made; once sealed it never changes.
/// </summary>
/// <remarks>One thread writes it; any number may read it once it is sealed.</remarks>
internal sealed class Take
{
    private readonly int _features;
    private float[] _rows;
    private int _stride = 1;
    private int _skip;

    /// <summary>Makes an empty take.</summary>
    /// <param name="features">Numbers of a frame.</param>
    /// <param name="capacity">Frames that it has room for, at least 2.</param>
    public Take(int features, int capacity)
    {
        _features = features;
        _rows = new float[checked(features * capacity)];
        Capacity = capacity;
    }

    /// <summary>Frames that it has room for.</summary>
    public int Capacity { get; }

    /// <summary>Frames that it keeps.</summary>
    public int Count { get; private set; }

    /// <summary>Frames that it was given.</summary>
    public long Seen { get; private set; }

    /// <summary>How many frames, the last ones, are held out of training to score it.</summary>
    /// <remarks>
    /// Frames that follow one another are nearly the same. Were the held-out ones strewn among the
    /// others, their score would say how well those are remembered, and nothing else.
    /// </remarks>
    public int HeldOut => Count / 5;

    /// <summary>Adds the features of a frame.</summary>
    public void Add(ReadOnlySpan<float> features)
    {
        Seen++;
        if (_skip > 0)
        {
            _skip--;
            return;
        }

        if (Count == Capacity)
        {
            Thin();
        }

        features.CopyTo(_rows.AsSpan(Count * _features, _features));
        Count++;
        _skip = _stride - 1;
    }

    /// <summary>Gives back the memory that was not needed.</summary>
    public void Seal()
    {
        if (Count < Capacity)
        {
            _rows = _rows[..(Count * _features)];
        }
    }

    /// <summary>The features of a frame that is kept.</summary>
    public ReadOnlySpan<float> Row(int index) => _rows.AsSpan(index * _features, _features);

    private void Thin()
    {
        for (int i = 1; 2 * i < Count; i++)
        {
            Row(2 * i).CopyTo(_rows.AsSpan(i * _features, _features));
        }

        Count = (Count + 1) / 2;
        _stride *= 2;
    }
}

/// <summary>A class and the frames that teach it. Never changes.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Takes">Its frames, the oldest first; all sealed.</param>
internal sealed record ClassTakes(string Name, IReadOnlyList<Take> Takes)
{
    /// <summary>Frames that are kept.</summary>
    public int Count => Takes.Sum(t => t.Count);

    /// <summary>
    /// The class with one more take; the oldest ones give way where there are too many frames.
    /// </summary>
    public ClassTakes With(Take take, int mostFrames)
    {
        List<Take> takes = [.. Takes, take];
        while (takes.Count > 1 && takes.Sum(t => t.Count) > mostFrames)
        {
            takes.RemoveAt(0);
        }

        return this with { Takes = takes };
    }
}
