using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Cli.Explain;

/// <summary>One picture, explained by all methods that were asked for.</summary>
internal sealed class PictureExplanation(
    ExplainRun run, Explainer explainer, string folder, string file, string name)
{
    private const int MostMaps = 64;

    private readonly List<ExplainedView> _views = [];
    private readonly List<ExplainedCurve> _deletion = [];
    private readonly List<ExplainedCurve> _insertion = [];
    private readonly JsonObject _files = [];

    /// <summary>What <c>--json</c> tells of it.</summary>
    public JsonObject Json { get; } = [];

    /// <summary>Explains it, and writes its pictures.</summary>
    /// <param name="named">The class; null for the one that the model sees.</param>
    /// <param name="layer">The layer for methods that look at one.</param>
    /// <param name="cancellation">Looked at between methods.</param>
    public ExplainedPicture Make(int? named, string? layer, CancellationToken cancellation)
    {
        Frame frame = Picture.Load(file);
        Tensor picture = explainer.Read(frame);
        Prediction prediction = explainer.Predict(picture);
        int shown = named ?? prediction.Top;
        ClassTarget target = explainer.Target(prediction, shown);
        string said = Tell(prediction, target);
        Console.WriteLine($"{file}: {said}");
        if (target.Count == 0)
        {
            Verb.Say($"{file}: no pixel is {explainer.Classes[shown]}: its maps are empty");
        }

        Json["file"] = file;
        Json["class"] = explainer.Classes[shown];
        Json["index"] = shown;
        Json["share"] = Math.Round(prediction.Shares[shown], 6);
        Json["files"] = _files;
        _views.Add(new ExplainedView(
            "picture", new(frame.Pixels.ToArray(), frame.Width, frame.Height, frame.Format)));
        foreach (string method in run.Methods)
        {
            cancellation.ThrowIfCancellationRequested();
            if (ExplainMethods.Find(method, layer) is { } attribution)
            {
                Attribute(attribution, frame, picture, target);
            }
            else if (method == ExplainMethods.Activations)
            {
                ShowActivations(picture, layer);
            }
        }

        return new ExplainedPicture(Path.GetFileName(file), said, _views)
        {
            Deletion = _deletion, Insertion = _insertion,
        };
    }

    private void Attribute(
        AttributionMethod method, Frame frame, Tensor picture, ClassTarget target)
    {
        AttributionMap map = method.Attribute(explainer, picture, target);
        AttributionMap over = explainer.OverFrame(map, frame.Width, frame.Height);
        byte[] overlay = AttributionPicture.Overlay(frame, over);
        Save(method.Name, overlay, frame.Width, frame.Height, Note(method, target));
        SaveFile($"{method.Name}.map", AttributionPicture.Colours(map), map.Width, map.Height);
        if (run.HasCurves)
        {
            var deletion = PerturbationCurve.Deletion(explainer, picture, target, map);
            var insertion = PerturbationCurve.Insertion(explainer, picture, target, map);
            _deletion.Add(new(method.Name, deletion));
            _insertion.Add(new(method.Name, insertion));
            Json[$"{method.Name}_deletion"] = Math.Round(deletion.Area, 6);
            Json[$"{method.Name}_insertion"] = Math.Round(insertion.Area, 6);
        }
    }

    private void ShowActivations(Tensor picture, string? layer)
    {
        if (layer is null)
        {
            return;
        }

        Tensor values = explainer.Activations(picture, layer)[0];
        var maps = new FeatureMaps(values.Shape, MostMaps, (double)explainer.Width / explainer.Height);
        var levels = new byte[maps.Width * maps.Height];
        maps.Draw(values.As<float>(), levels);
        Save(
            ExplainMethods.Activations, AttributionPicture.Colours(levels), maps.Width, maps.Height,
            maps.Shown < maps.Channels
                ? $"{layer}, {maps.Shown} of {maps.Channels} channels" : layer);
    }

    private void Save(string what, byte[] rgb, int width, int height, string note)
    {
        SaveFile(what, rgb, width, height);
        _views.Add(new ExplainedView(what, new(rgb, width, height, PixelFormat.Rgb24), note));
    }

    private void SaveFile(string what, byte[] rgb, int width, int height)
    {
        string path = Path.Combine(folder, $"{name}.{what}.png");
        Picture.SavePng(rgb, width, height, PixelFormat.Rgb24, path);
        _files[what] = path;
    }

    private string Note(AttributionMethod method, ClassTarget target)
    {
        string of = explainer.Classes[target.Class];
        return method is ClassActivation { Layer: { } layer } ? $"{of}, by {layer}" : of;
    }

    private string Tell(Prediction prediction, ClassTarget target)
    {
        string said = Share(prediction, target.Class);
        return explainer.Task == ModelTask.Segmentation ? $"{said} of the pixels"
            : target.Class == prediction.Top ? said
            : $"{Share(prediction, prediction.Top)}, {said}";
    }

    private string Share(Prediction prediction, int index) => string.Create(
        CultureInfo.InvariantCulture,
        $"{explainer.Classes[index]} {prediction.Shares[index]:P1}");
}
