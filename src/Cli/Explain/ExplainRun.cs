using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>
/// Explains pictures, one after the other, or a clip, and writes what comes of it: a PNG a method
/// and picture, and the report.
/// </summary>
internal sealed class ExplainRun(Explainer explainer, Device device, string folder)
{
    /// <summary>Stands for the class that the model sees.</summary>
    public const string TopClass = "top";

    /// <summary>Name or number of the class, or <see cref="TopClass"/>.</summary>
    public required string Class { get; init; }

    /// <summary>The methods, in the order of the report.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The layers for methods that look at one; none for the model's default.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The channels of activations and filters; null for the first of them.</summary>
    public ChannelSet? Channels { get; init; }

    /// <summary>Index of a clip's last frame; null for the input's last.</summary>
    public int? LastFrame { get; init; }

    /// <summary>Frames a second that a video is taken at; null for its own.</summary>
    public double? FrameRate { get; init; }

    /// <summary>Whether maps are measured.</summary>
    public bool HasCurves { get; init; }

    /// <summary>Explains a picture, or all of a folder; of a network of clips a clip.</summary>
    /// <returns>What <c>--json</c> tells.</returns>
    public JsonObject Explain(string input)
    {
        bool isClip = explainer.Frames > 1;
        string[] files = isClip ? [input] : Files(input);
        int? named = Class == TopClass ? null : explainer.FindClass(Class);
        string[] layers = LayersOf();
        Directory.CreateDirectory(folder);
        var views = new ViewFolder(folder);
        var pictures = new List<ExplainedPicture>();
        var told = new JsonArray();
        foreach (string file in files)
        {
            Explanation explained = WorkBar.Run(PartsOf(layers.Length) + 1, bar =>
            {
                explainer.Progress = bar;
                Subject subject = isClip
                    ? ClipReader.Read(explainer, file, LastFrame, FrameRate, bar)
                    : ReadPicture(file, files, bar);
                var made = new Explanation(this, explainer, views, subject);
                pictures.Add(made.Make(named, layers, bar));
                return made;
            });
            Console.WriteLine($"{file}: {explained.Said}");
            told.Add(explained.Json);
        }

        IReadOnlyList<ExplainedView> filters = Methods.Contains(ExplainMethods.Filters)
            ? WorkBar.Run(Math.Max(1, Layers.Count), bar =>
            {
                explainer.Progress = bar;
                return new FilterViews(explainer, views).Make(Layers, Channels, bar);
            })
            : [];
        string report = Path.Combine(folder, "report.html");
        new ExplainReport
        {
            Title = $"{explainer.Model.Manifest?.Name ?? explainer.Model.Name}, explained",
            Pictures = pictures,
            Filters = filters,
            Facts = Facts(layers),
        }.Write(report);
        Console.WriteLine(
            $"{report}: {pictures.Count} {(isClip ? "clip" : pictures.Count == 1 ? "picture" : "pictures")}");
        return new JsonObject
        {
            ["model"] = explainer.Model.Name,
            ["layer"] = layers.FirstOrDefault(),
            ["device"] = device.Id,
            ["report"] = report,
            ["pictures"] = told,
            ["filters"] = new JsonArray([.. filters.Select(f => JsonValue.Create(f.Name))]),
        };
    }

    // Names that are wrong are told before anything long is done.
    private string[] LayersOf()
    {
        if (Layers.Count == 0)
        {
            return explainer.DefaultLayer is { } standard ? [standard.Name] : [];
        }

        foreach (ModelLayer layer in Layers.Select(explainer.FindLayer))
        {
            ChannelSet.Of(Channels, layer, 1);
        }

        return [.. Layers];
    }

    private int PartsOf(int layers) => Methods.Sum(method =>
        method == ExplainMethods.Filters ? 0
        : method == ExplainMethods.Activations || ExplainMethods.Find(method, null) is ClassActivation
            ? Math.Max(1, layers)
            : 1);

    private PictureSubject ReadPicture(string file, string[] files, WorkBar bar)
    {
        bar.Begin($"reading {Path.GetFileName(file)}");
        Frame frame = Picture.Load(file);
        return new PictureSubject(explainer, frame)
        {
            File = file, Name = UniqueName(file, files), Seen = explainer.Read(frame),
        };
    }

    // Two files may differ in their endings alone.
    private static string UniqueName(string file, string[] files)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        return files.Count(f => Path.GetFileNameWithoutExtension(f) == name) == 1
            ? name : Path.GetFileName(file);
    }

    private static string[] Files(string input)
    {
        if (!Directory.Exists(input))
        {
            return [input];
        }

        string[] files =
        [
            .. Directory.EnumerateFiles(input)
                .Where(f => Picture.Extensions.Contains(Path.GetExtension(f)))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0 ? files
            : throw new MediaException(
                $"{input}: the folder has no picture ({string.Join(", ", Picture.Extensions)}).");
    }

    private IReadOnlyList<ReportFact> Facts(string[] layers) =>
    [
        new("task", explainer.Task == ModelTask.Segmentation ? "segmentation" : "classification"),
        new(explainer.Frames > 1 ? "clip" : "picture", Size()),
        new("layer", layers.Length == 0 ? "none has maps" : string.Join(", ", layers)),
        new("score", "before softmax or sigmoid"),
        new("device", device.Description),
    ];

    private string Size()
    {
        string size = string.Create(
            CultureInfo.InvariantCulture,
            $"{explainer.Width}x{explainer.Height}, {explainer.Channels} channels");
        return explainer.Frames > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{explainer.Frames} frames of {size}") : size;
    }
}
