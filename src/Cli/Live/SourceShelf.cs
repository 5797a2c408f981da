using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Live;

/// <summary>The sources of a run: those on the command line, cameras, and the street.</summary>
internal sealed class SourceShelf(IReadOnlyList<string> specifications, SourceOptions options)
{
    private static readonly string[] Streets =
    [
        "street", "street:weather=rain", "street:weather=fog", "street:weather=night",
    ];

    private readonly List<string> _added = [];
    private volatile IReadOnlyList<CameraInfo> _cameras = [];

    /// <summary>The specifications of the command line.</summary>
    public IReadOnlyList<string> Given => specifications;

    /// <summary>Lists one more, as it was dropped on the window.</summary>
    public void Add(string specification)
    {
        if (!_added.Contains(specification))
        {
            _added.Add(specification);
        }
    }

    /// <summary>Looks for cameras, on another thread: it takes a process on some systems.</summary>
    public Task FindCamerasAsync() => Task.Run(() => _cameras = Cameras.List());

    /// <summary>
    /// What can be chosen: a specification, and what it is; of cameras those found last.
    /// </summary>
    public IReadOnlyList<(string Specification, string Detail)> List()
    {
        var list = new List<(string Specification, string Detail)>();
        foreach (string given in specifications.Distinct())
        {
            list.Add((given, "given"));
        }

        foreach (string added in _added)
        {
            list.Add((added, "added"));
        }


        foreach (string street in Streets)
        {
            list.Add((street, "synthetic"));
        }

        // Last, for they are found while the list is looked at.
        foreach (CameraInfo camera in _cameras)
        {
            list.Add((camera.Id, camera.Name));
        }

        return [.. list.DistinctBy(s => s.Specification)];
    }

    /// <summary>Makes the source of a specification.</summary>
    public IFrameSource Create(string specification) =>
        FrameSources.Create(specification, options);

    /// <summary>Makes the sources of the command line.</summary>
    /// <exception cref="SourceException">One is not understood, or not there.</exception>
    public IReadOnlyList<IFrameSource> CreateGiven()
    {
        foreach (string given in specifications)
        {
            if (!Path.Exists(given) && !given.Contains(':')
                && !FrameSources.Kinds.Any(kind => kind.Scheme == given))
            {
                throw new SourceException($"source '{given}': there is no such file or folder");
            }
        }

        return [.. specifications.Select(Create)];
    }
}
