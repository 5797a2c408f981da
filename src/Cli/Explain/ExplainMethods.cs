using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Cli.Explain;

/// <summary>The methods that people name.</summary>
internal static class ExplainMethods
{
    /// <summary>What layers give.</summary>
    public const string Activations = "activations";

    /// <summary>What filters look for.</summary>
    public const string Filters = "filters";

    /// <summary>Stands for all methods.</summary>
    public const string All = "all";

    private static readonly AttributionMethod[] Attributions =
    [
        new Saliency(), new IntegratedGradients(), new SmoothGrad(), new GradCam(),
        new GradCamPlusPlus(), new Occlusion(),
    ];

    /// <summary>All names, in the order of a report.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Attributions.Select(m => m.Name), Activations, Filters];

    /// <summary>Whether a method is there.</summary>
    public static bool IsKnown(string name) => name == All || Names.Contains(name);

    /// <summary>The methods that were asked for, each once, in the order of a report.</summary>
    public static IReadOnlyList<string> Expand(IReadOnlyList<string> asked) =>
        asked.Contains(All) ? Names : [.. Names.Where(asked.Contains)];

    /// <summary>A method that gives a map; null for others.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="layer">The layer for those that look at one.</param>
    public static AttributionMethod? Find(string name, string? layer)
    {
        AttributionMethod? method = Array.Find(Attributions, m => m.Name == name);
        return method is ClassActivation maps ? maps with { Layer = layer } : method;
    }
}
