using System.Numerics;

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
/// Boxes are expected to go on as they moved, and pairs are taken greedily, the best overlap first (as
/// in SORT: Bewley et al., 2016); what is left is compared once more with boxes grown by half, which
/// finds small things that move by more than their size (C-BIoU: Yang et al., 2023). One that is
/// not found keeps its number for a while. What flickers gets no number: one that is missing before
/// it has its own is forgotten at once.
/// </remarks>
public sealed class ComponentTracker
{
    // How much larger a box is in the second comparison, of its width and height on each side.
    private const float Growth = 0.5f;

    // What the newest step counts in the mean of how a thing moves.
    private const float NewestMotion = 0.5f;


    private readonly float _leastOverlap;
    private readonly int _patience;
    private readonly int _confirmation;
    private readonly Track[] _tracks;
    private readonly TrackedComponent[] _shown;
    private readonly Pair[] _pairs;
    private readonly int[] _trackOf;
    private readonly int[] _frames; // since a track was found before
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
        _frames = new int[most];
    }

    /// <summary>Intersection over union of two boxes, 0 to 1; 0 where one is empty.</summary>
    public static float Overlap(PixelBox a, PixelBox b) => Edges.Of(a).Overlap(Edges.Of(b));

    /// <summary>Forgets what it follows, as where a scene begins; numbers go on.</summary>
    public void Reset() => _count = 0;

    /// <summary>Takes the components of the next frame, of masks of one size.</summary>
    /// <param name="components">The components; those beyond what it follows are left out.</param>
    /// <returns>The same, in the same order, with their numbers; valid until the next
    /// call.</returns>
    public ReadOnlySpan<TrackedComponent> Update(ReadOnlySpan<MaskComponent> components)
    {
        int found = Math.Min(components.Length, _shown.Length);
        _trackOf.AsSpan().Fill(-1);
        for (int t = 0; t < _count; t++)
        {
            _tracks[t].Missing++;
        }

        Match(components[..found], growth: 0);
        Match(components[..found], Growth);
        for (int i = 0; i < found; i++)
        {
            if (_trackOf[i] >= 0)
            {
                ref Track track = ref _tracks[_trackOf[i]];
                int age = track.Age + 1;
                Edges box = Edges.Of(components[i].Box);
                Edges step = (box - track.Box) * (1f / _frames[_trackOf[i]]);
                track = track with
                {
                    Id = track.Id == 0 ? NumberAt(age) : track.Id,
                    Class = components[i].Class,
                    Box = box,
                    Motion = track.Age == 1 ? step
                        : (step * NewestMotion) + (track.Motion * (1 - NewestMotion)),
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
                var begun = new Track(
                    NumberAt(1), components[i].Class, Edges.Of(components[i].Box), default, 1, 0);
                _shown[i] = new TrackedComponent(begun.Id, components[i], 1);
                Begin(begun);
            }
        }

        return _shown.AsSpan(0, found);
    }

    /// <summary>The next number, for one that was found often enough to get it; else 0.</summary>
    private long NumberAt(int age) => age >= _confirmation ? _next++ : 0;

    /// <summary>Finds the track of each component that has none yet.</summary>
    private void Match(ReadOnlySpan<MaskComponent> components, float growth)
    {
        int pairs = 0;
        for (int t = 0; t < _count; t++)
        {
            if (_tracks[t].Missing == 0)
            {
                continue;
            }

            Edges expected = _tracks[t].Expected.Grown(growth);
            for (int i = 0; i < components.Length; i++)
            {
                float overlap = _trackOf[i] < 0 && components[i].Class == _tracks[t].Class
                    ? expected.Overlap(Edges.Of(components[i].Box).Grown(growth))
                    : 0;
                if (overlap >= _leastOverlap)
                {
                    _pairs[pairs++] = new Pair(overlap, t, i);
                }
            }
        }

        _pairs.AsSpan(0, pairs).Sort();
        for (int p = 0; p < pairs; p++)
        {
            (_, int track, int component) = _pairs[p];
            if (_trackOf[component] < 0 && _tracks[track].Missing > 0)
            {
                _trackOf[component] = track;
                _frames[track] = _tracks[track].Missing;
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

    /// <summary>A thing: where it was found last, and by how much it moved in a frame.</summary>
    private record struct Track(
        long Id, int Class, Edges Box, Edges Motion, int Age, int Missing)
    {
        /// <summary>Where it should be now.</summary>
        public readonly Edges Expected => Box + (Motion * Missing);
    }

    /// <summary>A box by its edges, which move apart from each other.</summary>
    private readonly record struct Edges(Vector4 Values)
    {
        public static Edges Of(PixelBox box) => new(new Vector4(box.X, box.Y, box.Right, box.Bottom));

        public static Edges operator +(Edges a, Edges b) => new(a.Values + b.Values);

        public static Edges operator -(Edges a, Edges b) => new(a.Values - b.Values);

        public static Edges operator *(Edges a, float factor) => new(a.Values * factor);

        public Edges Grown(float share)
        {
            float x = share * (Values.Z - Values.X);
            float y = share * (Values.W - Values.Y);
            return new Edges(Values + new Vector4(-x, -y, x, y));
        }

        public float Overlap(Edges other)
        {
            float width = MathF.Min(Values.Z, other.Values.Z) - MathF.Max(Values.X, other.Values.X);
            float height = MathF.Min(Values.W, other.Values.W) - MathF.Max(Values.Y, other.Values.Y);
            float both = width * height;
            return width > 0 && height > 0 ? both / (Area + other.Area - both) : 0;
        }

        private float Area => (Values.Z - Values.X) * (Values.W - Values.Y);
    }

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
