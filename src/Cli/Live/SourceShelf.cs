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

    /// <summary>The specifications of the command line.</summary>
    public IReadOnlyList<string> Given => specifications;

    /// <summary>What can be chosen: a specification, and what it is.</summary>
    public IReadOnlyList<(string Specification, string Detail)> List()
    {
        var list = new List<(string Specification, string Detail)>();
        foreach (string given in specifications.Distinct())
        {
            list.Add((given, "given"));
        }

        foreach (CameraInfo camera in Cameras.List())
        {
            list.Add((camera.Id, camera.Name));
        }

        foreach (string street in Streets)
        {
            list.Add((street, "synthetic"));
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
