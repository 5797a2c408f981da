namespace RealtimeVision.Runtime.Live;

/// <summary>A component that is followed from frame to frame.</summary>
/// <param name="Id">The same from frame to frame, from 1 on, and never given twice; 0 until it has
/// been found often enough to be taken for a thing.</param>
/// <param name="Component">What was found of it in the newest frame.</param>
/// <param name="Age">Frames in which it was found.</param>
public readonly record struct TrackedComponent(long Id, MaskComponent Component, int Age);

/// <summary>
/// Gives components numbers that stay theirs: a component continues the one of its class whose box
/// it overlaps most, by intersection over union. Allocates nothing after its construction.
/// </summary>
/// <remarks>
/// Pairs are taken greedily, the best overlap first (as in SORT without its motion model: Bewley et
/// al., 2016). One that is not found keeps its number for a while, and where it was. What flickers
/// gets no number: one that is missing before it has its own is forgotten at once.
/// </remarks>
public sealed class ComponentTracker
{
    private readonly float _leastOverlap;
    private readonly int _patience;
    private readonly int _confirmation;
    private readonly Track[] _tracks;
    private readonly TrackedComponent[] _shown;
    private readonly Pair[] _pairs;
    private readonly int[] _trackOf;
    private int _count;
    private long _next = 1;

    /// <summary>Makes a tracker that follows nothing yet.</summary>
    /// <param name="most">How many components it follows at most.</param>
    /// <param name="leastOverlap">Intersection over union from which boxes are the same, above 0 to
    /// 1.</param>
    /// <param name="patience">Frames in a row in which one may be missing.</param>
    /// <param name="confirmation">Frames in a row in which one has to be found before it gets a
    /// number.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public ComponentTracker(
        int most = 64, float leastOverlap = 0.2f, int patience = 5, int confirmation = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(leastOverlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leastOverlap, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(patience);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(confirmation);
        _leastOverlap = leastOverlap;
        _patience = patience;
        _confirmation = confirmation;
        _tracks = new Track[most];
        _shown = new TrackedComponent[most];
        _pairs = new Pair[most * most];
        _trackOf = new int[most];
    }

    /// <summary>Intersection over union of two boxes, 0 to 1; 0 where one is empty.</summary>
    public static float Overlap(PixelBox a, PixelBox b)
    {
        int width = Math.Min(a.Right, b.Right) - Math.Max(a.X, b.X);
        int height = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Y, b.Y);
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        float both = (float)width * height;
        return both / (((float)a.Width * a.Height) + ((float)b.Width * b.Height) - both);
    }

    /// <summary>Forgets what it follows, as where a scene begins; numbers go on.</summary>
    public void Reset() => _count = 0;

    /// <summary>Takes the components of the next frame, of masks of one size.</summary>
    /// <param name="components">The components; those beyond what it follows are left out.</param>
    /// <returns>The same, in the same order, with their numbers; valid until the next
    /// call.</returns>
    public ReadOnlySpan<TrackedComponent> Update(ReadOnlySpan<MaskComponent> components)
    {
        int found = Math.Min(components.Length, _shown.Length);
        Match(components[..found]);
        for (int i = 0; i < found; i++)
        {
            if (_trackOf[i] >= 0)
            {
                ref Track track = ref _tracks[_trackOf[i]];
                int age = track.Age + 1;
                track = track with
                {
                    Id = track.Id == 0 ? NumberAt(age) : track.Id,
                    Last = components[i],
                    Age = age,
                    Missing = 0,
                };
                _shown[i] = new TrackedComponent(track.Id, components[i], track.Age);
            }
        }

        ForgetMissing();
        for (int i = 0; i < found; i++)
        {
            if (_trackOf[i] < 0)
            {
                var begun = new Track(NumberAt(1), components[i], 1, 0);
                _shown[i] = new TrackedComponent(begun.Id, components[i], 1);
                Begin(begun);
            }
        }

        return _shown.AsSpan(0, found);
    }

    /// <summary>The next number, for one that was found often enough to get it; else 0.</summary>
    private long NumberAt(int age) => age >= _confirmation ? _next++ : 0;

    /// <summary>Finds the track of each component, -1 where there is none.</summary>
    private void Match(ReadOnlySpan<MaskComponent> components)
    {
        int pairs = 0;
        for (int t = 0; t < _count; t++)
        {
            _tracks[t].Missing++;
            for (int i = 0; i < components.Length; i++)
            {
                float overlap = components[i].Class == _tracks[t].Last.Class
                    ? Overlap(components[i].Box, _tracks[t].Last.Box)
                    : 0;
                if (overlap >= _leastOverlap)
                {
                    _pairs[pairs++] = new Pair(overlap, t, i);
                }
            }
        }

        _pairs.AsSpan(0, pairs).Sort();
        _trackOf.AsSpan().Fill(-1);
        for (int p = 0; p < pairs; p++)
        {
            (_, int track, int component) = _pairs[p];
            if (_trackOf[component] < 0 && _tracks[track].Missing > 0)
            {
                _trackOf[component] = track;
                _tracks[track].Missing = 0;
            }
        }
    }

    private void ForgetMissing()
    {
        int kept = 0;
        for (int t = 0; t < _count; t++)
        {
            if (_tracks[t].Missing <= (_tracks[t].Id == 0 ? 0 : _patience))
            {
                _tracks[kept++] = _tracks[t];
            }
        }

        _count = kept;
    }

    /// <summary>Follows one more; where there is no room, in place of the longest missing.</summary>
    private void Begin(in Track begun)
    {
        if (_count < _tracks.Length)
        {
            _tracks[_count++] = begun;
            return;
        }

        int longest = 0;
        for (int t = 1; t < _count; t++)
        {
            longest = _tracks[t].Missing > _tracks[longest].Missing ? t : longest;
        }

        if (_tracks[longest].Missing > 0)
        {
            _tracks[longest] = begun;
        }
    }

    private record struct Track(long Id, MaskComponent Last, int Age, int Missing);

    private readonly record struct Pair(float Overlap, int Track, int Component)
        : IComparable<Pair>
    {
        // The best first; of equal ones the oldest track, so that the order is always the same.
        public int CompareTo(Pair other)
        {
            int byOverlap = other.Overlap.CompareTo(Overlap);
            return byOverlap != 0 ? byOverlap
                : Track != other.Track ? Track.CompareTo(other.Track)
                : Component.CompareTo(other.Component);
        }
    }
}
