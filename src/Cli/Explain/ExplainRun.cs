using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Explain;

/// <summary>
/// Explains pictures, one after the other, and writes what comes of it: a PNG a method and picture,
/// and the report.
/// </summary>
internal sealed class ExplainRun(Explainer explainer, Device device, string folder)
{
    /// <summary>Stands for the class that the model sees.</summary>
    public const string TopClass = "top";

    /// <summary>Name or number of the class, or <see cref="TopClass"/>.</summary>
    public required string Class { get; init; }

    /// <summary>The methods, in the order of the report.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The layer for methods that look at one; null for the model's default.</summary>
    public string? Layer { get; init; }

    /// <summary>Whether maps are measured.</summary>
    public bool HasCurves { get; init; }

    /// <summary>Explains a picture, or all of a folder.</summary>
    /// <returns>What <c>--json</c> tells.</returns>
    public JsonObject Explain(string input, CancellationToken cancellation)
    {
        string[] files = Files(input);
        int? named = Class == TopClass ? null : explainer.FindClass(Class);
        string? layer = (Layer is null ? explainer.DefaultLayer : explainer.FindLayer(Layer))?.Name;
        Directory.CreateDirectory(folder);
        var pictures = new List<ExplainedPicture>();
        var told = new JsonArray();
        foreach (string file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            var explained = new PictureExplanation(this, explainer, folder, file, UniqueName(file, files));
            pictures.Add(explained.Make(named, layer, cancellation));
            told.Add(explained.Json);
        }

        var filters = Methods.Contains(ExplainMethods.Filters)
            ? new FilterViews(explainer, folder).Make(Layer, cancellation) : [];
        string report = Path.Combine(folder, "report.html");
        new ExplainReport
        {
            Title = $"{explainer.Model.Manifest?.Name ?? explainer.Model.Name}, explained",
            Pictures = pictures,
            Filters = filters,
            Facts = Facts(layer),
        }.Write(report);
        Console.WriteLine($"{report}: {pictures.Count} pictures");
        return new JsonObject
        {
            ["model"] = explainer.Model.Name,
            ["layer"] = layer,
            ["device"] = device.Id,
            ["report"] = report,
            ["pictures"] = told,
            ["filters"] = new JsonArray([.. filters.Select(f => JsonValue.Create(f.Note))]),
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

    private IReadOnlyList<ReportFact> Facts(string? layer) =>
    [
        new("task", explainer.Task == ModelTask.Segmentation ? "segmentation" : "classification"),
        new("picture", string.Create(
            CultureInfo.InvariantCulture,
            $"{explainer.Width}x{explainer.Height}, {explainer.Channels} channels")),
        new("layer", layer ?? "none has maps"),
        new("device", device.Description),
    ];
}
