using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Live;
using RealtimeVision.Cli.Models;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Verbs;

/// <summary>
/// <c>rtv predict</c>: labels, or masks, of pictures, seen as <c>rtv live</c> sees frames.
/// </summary>
internal static class PredictVerb
{
    private const double MaskOpacity = 0.5;

    private static readonly Argument<string> ModelPath = new("MODEL")
    {
        Description = "The model's file, or a name of 'rtv models list'",
    };

    private static readonly Argument<string[]> Files = new("FILE")
    {
        Description = "Pictures", Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder of the masks: NAME.mask.png of class indices, NAME.overlay.png in colour",
        DefaultValueFactory = _ => "predictions",
    };

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        var command = new Command("predict", "Predict labels or masks of pictures")
        {
            ModelPath, Files, Out, Threads, DeviceId, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var model = ModelFile.Load(ModelStore.Resolve(parsed.GetRequiredValue(ModelPath)));
        bool isClassifier = VisionModels.IsClassifier(model, Verb.Say);
        var options = new VisionOptions
        {
            Segmenter = isClassifier ? null : ModelChoice.FromModel(model),
            Classifiers = isClassifier ? [model] : [],
            Device = parsed.GetValue(DeviceId)!,
            Threads = parsed.GetValue(Threads),
            Pace = Pace.EveryFrame,
        };
        using var engine = await VisionEngine.CreateAsync(options, null, cancellation);
        string folder = parsed.GetValue(Out)!;
        if (!isClassifier)
        {
            Directory.CreateDirectory(folder);
        }

        var told = new JsonArray();
        foreach (string file in parsed.GetRequiredValue(Files))
        {
            // Each picture is a scene of its own: nothing is carried over from the one before.
            engine.ResetScene();
            engine.Submit(Picture.Load(file), cancellation);
            var result = Wait(engine, cancellation);
            var prediction = isClassifier ? Labels(result) : Masks(result, model.Manifest, folder, file);
            prediction.Insert(0, "file", file);
            told.Add(prediction);
        }

        if (parsed.GetValue(Json))
        {
            Verb.Print(new JsonObject { ["model"] = model.Name, ["predictions"] = told });
        }

        return Verb.Done;
    }

    private static VisionResult Wait(VisionEngine engine, CancellationToken cancellation)
    {
        while (true)
        {
            engine.WaitForNews(TimeSpan.FromSeconds(1), cancellation);
            cancellation.ThrowIfCancellationRequested();
            while (engine.TryGetEvent(out var happened))
            {
                Verb.Say(happened.Message);
            }

            if (engine.TryGetLatest(out var result))
            {
                return result;
            }

            if (engine.IsDrained)
            {
                throw new InvalidDataException("the picture could not be processed");
            }
        }
    }

    private static JsonObject Labels(VisionResult result)
    {
        Console.WriteLine(string.Join("  ", result.Labels.Select(l => string.Create(
            CultureInfo.InvariantCulture, $"{l.Text} {l.Probability:0.0000}"))));
        return new JsonObject
        {
            ["labels"] = new JsonArray([.. result.Labels.Select(l => new JsonObject
            {
                ["label"] = l.Text, ["index"] = l.Index, ["probability"] = l.Probability,
            })]),
        };
    }

    private static JsonObject Masks(
        VisionResult result, ModelManifest? manifest, string folder, string file)
    {
        string name = Path.Combine(folder, Path.GetFileNameWithoutExtension(file));
        byte[] mask = result.Mask.ToArray();
        if (result.MaskKind == MaskKind.Probability)
        {
            // As a recipe's masks are: 1 where the model finds its class.
            byte least = (byte)Math.Clamp(Math.Ceiling(result.Threshold * 255), 1, 255);
            mask = [.. mask.Select(p => (byte)(p >= least ? 1 : 0))];
        }

        Picture.SavePng(mask, result.MaskWidth, result.MaskHeight, PixelFormat.Gray8, $"{name}.mask.png");
        SaveOverlay(result, mask, manifest, $"{name}.overlay.png");
        Console.WriteLine($"{file}: {name}.mask.png, {name}.overlay.png");
        var counts = mask.CountBy(c => c).OrderBy(c => c.Key).ToArray();
        return new JsonObject
        {
            ["mask"] = $"{name}.mask.png",
            ["overlay"] = $"{name}.overlay.png",
            ["shares"] = new JsonObject(counts.Select(c => KeyValuePair.Create<string, JsonNode?>(
                NameOf(manifest, c.Key, result.MaskKind),
                Math.Round((double)c.Value / mask.Length, 6)))),
        };
    }

    private static string NameOf(ModelManifest? manifest, int index, MaskKind kind) =>
        kind == MaskKind.Classes && index < manifest?.Labels.Count ? manifest.Labels[index]
        : index.ToString(CultureInfo.InvariantCulture);

    private static void SaveOverlay(
        VisionResult result, byte[] mask, ModelManifest? manifest, string path)
    {
        var palette = new Palette();
        VisionModels.Paint(palette, manifest?.Palette);
        Frame frame = result.Frame;
        int channels = Frame.ChannelsOf(frame.Format);
        var pixels = new byte[frame.Width * frame.Height * 3];
        for (int y = 0; y < frame.Height; y++)
        {
            int row = y * result.MaskHeight / frame.Height * result.MaskWidth;
            for (int x = 0; x < frame.Width; x++)
            {
                int index = mask[row + (x * result.MaskWidth / frame.Width)];
                var (red, green, blue, alpha) = palette[index];
                double share = MaskOpacity * alpha / 255;
                int from = ((y * frame.Width) + x) * channels, to = ((y * frame.Width) + x) * 3;
                pixels[to] = Mix(frame.Pixels[from], red, share);
                pixels[to + 1] = Mix(frame.Pixels[from + (channels > 1 ? 1 : 0)], green, share);
                pixels[to + 2] = Mix(frame.Pixels[from + (channels > 1 ? 2 : 0)], blue, share);
            }
        }

        Picture.SavePng(pixels, frame.Width, frame.Height, PixelFormat.Rgb24, path);
    }

    private static byte Mix(byte picture, byte colour, double share) =>
        (byte)Math.Round((picture * (1 - share)) + (colour * share));
}
