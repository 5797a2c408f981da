using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>What a model is for, and its colours.</summary>
internal static class VisionModels
{
    /// <summary>
    /// True for a classifier, false for a segmenter: by the manifest, else guessed by the output
    /// and said aloud.
    /// </summary>
    public static bool IsClassifier(Model model, Action<string> say)
    {
        if (model.Manifest is { } manifest)
        {
            return manifest.Task == ModelTask.Classification;
        }

        bool isClassifier = model.Outputs[0].Dimensions.Count < 3;
        say($"{model.Name} has no manifest: by its output it is a {(isClassifier ? "classifier" : "segmenter")}");
        return isClassifier;
    }

    /// <summary>Whether it is persons that the model finds, by its labels.</summary>
    public static bool IsOfPersons(Model model) =>
        model.Manifest?.Labels.Contains("person", StringComparer.OrdinalIgnoreCase) == true;

    /// <summary>
    /// The labels to show: all of a classifier that is alone, of several the best of each with the
    /// model's name.
    /// </summary>
    public static void List(
        List<ViewerLabel> shown, IReadOnlyList<VisionClassification> classifications)
    {
        bool isAlone = classifications.Count == 1;
        for (int i = 0; i < classifications.Count; i++)
        {
            IReadOnlyList<VisionLabel> labels = classifications[i].Labels;
            for (int k = 0; k < (isAlone ? labels.Count : Math.Min(labels.Count, 1)); k++)
            {
                shown.Add(new ViewerLabel(
                    labels[k].Text, labels[k].Probability,
                    isAlone ? null : classifications[i].Model));
            }
        }
    }

    /// <summary>Puts a manifest's colours, 0xRRGGBBAA, into a palette.</summary>
    public static void Paint(Palette palette, IReadOnlyList<uint>? colours)
    {
        for (int i = 0; i < (colours?.Count ?? 0); i++)
        {
            uint rgba = colours![i];
            palette[i] = ((byte)(rgba >> 24), (byte)(rgba >> 16), (byte)(rgba >> 8), (byte)rgba);
        }
    }
}
