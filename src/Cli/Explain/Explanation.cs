using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Explain;

/// <summary>One picture or clip, explained by all methods that were asked for.</summary>
internal sealed class Explanation(
    ExplainRun run, Explainer explainer, ViewFolder folder, Subject subject)
{
    private const int MostMaps = 64;
    private const int MostTold = 3;
    private const int MostLines = 4;

    private readonly List<ExplainedView> _views = [];
    private readonly List<ExplainedCurve> _deletion = [];
    private readonly List<ExplainedCurve> _insertion = [];
    private readonly List<FrameLine> _shares = [];
    private readonly JsonObject _files = [];

    /// <summary>What <c>--json</c> tells of it.</summary>
    public JsonObject Json { get; } = [];

    /// <summary>What the model says, as a sentence.</summary>
    public string Said { get; private set; } = "";

    /// <summary>Explains it, and writes its pictures.</summary>
    /// <param name="named">The class; null for the one that the model sees.</param>
    /// <param name="layers">The layers for methods that look at one.</param>
    /// <param name="bar">Told of what is done.</param>
    public ExplainedPicture Make(int? named, IReadOnlyList<string> layers, WorkBar bar)
    {
        Prediction prediction = explainer.Predict(subject.Seen);
        int shown = named ?? prediction.Top;
        ClassTarget target = explainer.Target(prediction, shown);
        Said = Tell(prediction, target);
        if (target.Count == 0)
        {
            Verb.Say($"{subject.File}: no pixel is {explainer.Classes[shown]}: its maps are empty");
        }

        Begin(prediction, target);
        foreach (string method in run.Methods)
        {
            if (ExplainMethods.Find(method, null) is { } attribution)
            {
                foreach (AttributionMethod each in ByLayer(attribution, layers))
                {
                    bar.Begin($"{subject.Name}: {method}");
                    Attribute(each, prediction, target, layers.Count);
                }
            }
            else if (method == ExplainMethods.Activations)
            {
                foreach (string layer in layers)
                {
                    bar.Begin($"{subject.Name}: {method} of {layer}");
                    ShowActivations(layer, layers.Count);
                }
            }
        }

        return new ExplainedPicture(Path.GetFileName(subject.File), Said, _views)
        {
            Deletion = _deletion,
            Insertion = _insertion,
            Probabilities = (subject as ClipSubject)?.Probabilities(MostLines) ?? [],
            FrameShares = _shares,
        };
    }

    private void Begin(Prediction prediction, ClassTarget target)
    {
        int shown = target.Class;
        Json["file"] = subject.File;
        Json["class"] = explainer.Classes[shown];
        Json["index"] = shown;
        Json["share"] = Math.Round(prediction.Shares[shown], 6);
        Json["files"] = _files;
        if (subject is ClipSubject clip)
        {
            clip.Class = shown;
            Json["first_frame"] = clip.First;
            Json["over_time"] = new JsonArray(
                [.. clip.OverTime.Select(o => JsonValue.Create(Math.Round(o[shown], 6)))]);
        }

        _views.Add(subject.Original());
        if (explainer.Task == ModelTask.Segmentation && target.Count > 0)
        {
            ShowMask(target);
        }
    }

    private static IEnumerable<AttributionMethod> ByLayer(
        AttributionMethod method, IReadOnlyList<string> layers) => method is ClassActivation maps
        ? layers.Count == 0 ? [method] : layers.Select(l => maps with { Layer = l })
        : [method];

    private void Attribute(
        AttributionMethod method, Prediction prediction, ClassTarget target, int layers)
    {
        AttributionMap map = method.Attribute(explainer, subject.Seen, target);
        string? layer = (method as ClassActivation)?.Layer;
        string name = FileName(method.Name, layer, layers);
        float most = map.MagnitudeAt(AttributionPicture.Quantile);
        ExplainedView view = subject.Draw(map, most, method.Name, Note(prediction, target, layer)) with
        {
            Description = method.Description,
            Scale = ReportScale.Of(map.IsSigned, most, method.Unit),
        };
        Save(name, view);
        AttributionMap alone = map.OfFrame(map.Frames - 1);
        _files[$"{name}.map"] = folder.Save(
            $"{subject.Name}.{name}.map", AttributionPicture.Colours(alone), map.Width, map.Height);
        if (subject is ClipSubject clip)
        {
            _shares.Add(clip.Shares(map, method.Name));
        }

        if (run.HasCurves)
        {
            var deletion = PerturbationCurve.Deletion(explainer, subject.Seen, target, map);
            var insertion = PerturbationCurve.Insertion(explainer, subject.Seen, target, map);
            _deletion.Add(new(method.Name, deletion));
            _insertion.Add(new(method.Name, insertion));
            Json[$"{name}_deletion"] = Math.Round(deletion.Area, 6);
            Json[$"{name}_insertion"] = Math.Round(insertion.Area, 6);
        }
    }

    private void ShowMask(ClassTarget target)
    {
        ReadOnlySpan<float> weights = target.Weights.As<float>();
        Kernels.Graph.Shape shape = target.Weights.Shape;
        var mask = new float[shape.H * shape.W];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = weights[(i * shape.C) + target.Class];
        }

        var map = new AttributionMap(shape.W, shape.H, mask, isSigned: true);
        Save("mask", subject.Draw(map, 1, "mask", explainer.Classes[target.Class]) with
        {
            Description = "The pixels that the model finds to be of the class, in orange: the sum of "
                + "their scores is what is explained.",
        });
    }

    // Of a clip the maps of its last frame.
    private void ShowActivations(string layer, int layers)
    {
        ModelLayer found = explainer.FindLayer(layer);
        int[] channels = ChannelSet.Of(run.Channels, found, MostMaps);
        Tensor values = explainer.Activations(subject.Seen, layer)[0];
        Kernels.Graph.Shape shape = values.Shape;
        bool isOfFrames = shape.Rank == 4 && shape[0] == explainer.Frames;
        int width = shape.Rank == 4 ? shape.W : 1, height = shape.Rank == 4 ? shape.H : 1;
        float[] last = values.As<float>()[^(width * height * shape[-1])..].ToArray();
        string note = $"{layer}, {ChannelSet.Tell(channels, shape[-1])}";
        Save(
            FileName(ExplainMethods.Activations, layer, layers),
            new(
                ExplainMethods.Activations,
                TileSheet.Make(
                    [.. channels.Select(c => MapOf(last, c, shape[-1]))], width, height),
                isOfFrames && explainer.Frames > 1 ? $"{note}, at the last frame" : note)
            {
                Description = "What the layer gives, a map a channel.",
                Scale = new(false, "least of the map", "most of it"),
            });
    }

    private static byte[] MapOf(float[] values, int channel, int channels)
    {
        float least = float.PositiveInfinity, most = float.NegativeInfinity;
        for (int i = channel; i < values.Length; i += channels)
        {
            (least, most) = (Math.Min(least, values[i]), Math.Max(most, values[i]));
        }

        float scale = most > least ? 255 / (most - least) : 0;
        var levels = new byte[values.Length / channels];
        for (int i = 0; i < levels.Length; i++)
        {
            levels[i] = (byte)Math.Round((values[(i * channels) + channel] - least) * scale);
        }

        return AttributionPicture.Colours(levels);
    }

    private void Save(string what, ExplainedView view)
    {
        _files[what] = folder.Save($"{subject.Name}.{what}", view.Picture);
        _views.Add(view);
    }

    private static string FileName(string what, string? layer, int layers) =>
        layer is null || layers < 2 ? what : $"{what}.{ViewFolder.FileNameOf(layer)}";

    private string Note(Prediction prediction, ClassTarget target, string? layer)
    {
        string of = explainer.Task == ModelTask.Segmentation
            ? explainer.Classes[target.Class] : Share(prediction, target.Class);
        return layer is null ? of : $"{of}, by {layer}";
    }

    private string Tell(Prediction prediction, ClassTarget target)
    {
        string of = Share(prediction, target.Class);
        if (explainer.Task == ModelTask.Segmentation)
        {
            return target.Count == 0 ? $"{of} of the pixels" : string.Create(
                CultureInfo.InvariantCulture,
                $"{of} of the pixels, which it is {Sureness(prediction, target):P1} sure of");
        }

        string said = string.Join(", ", Enumerable.Range(0, prediction.Shares.Length)
            .OrderByDescending(c => prediction.Shares[c]).Take(MostTold)
            .Select(c => Share(prediction, c)));
        return target.Class == prediction.Top ? said : $"{said}; explained is {of}";
    }

    private static double Sureness(Prediction prediction, ClassTarget target)
    {
        ReadOnlySpan<float> weights = target.Weights.As<float>();
        ReadOnlySpan<float> probabilities = prediction.Probabilities.As<float>();
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * probabilities[i];
        }

        return sum / target.Count;
    }

    private string Share(Prediction prediction, int index) => string.Create(
        CultureInfo.InvariantCulture,
        $"{explainer.Classes[index]} {prediction.Shares[index]:P1}");
}
