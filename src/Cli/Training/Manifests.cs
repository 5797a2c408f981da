using System.Globalization;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Training;

/// <summary>What a trained model says of itself, so that it can be used live.</summary>
internal static class Manifests
{
    /// <summary>The manifest of a model of pictures; null where it takes something else.</summary>
    /// <param name="file">The recipe.</param>
    /// <param name="input">Type of one sample: [H, W, C] of a picture, [T, H, W, C] of a clip.</param>
    /// <param name="data">Names the classes.</param>
    /// <param name="normalization">What inputs are normalised by.</param>
    /// <exception cref="RecipeException">Labels or palette do not suit the data.</exception>
    public static ModelManifest? Create(
        RecipeFile file, TensorType input, Dataset data, Normalization? normalization)
    {
        if (input.Shape.Rank is not (3 or 4) || file.Recipe.Task is RegressionRecipe)
        {
            return null;
        }

        var output = file.Recipe.Output;
        RequireOneEach(file, "output.labels", output.Labels?.Count, data);
        RequireOneEach(file, "output.palette", output.Palette?.Count, data);
        return new ModelManifest
        {
            Name = file.Recipe.Name,
            Task = file.Recipe.Task is SegmentationRecipe
                ? ModelTask.Segmentation
                : ModelTask.Classification,
            Input = new ManifestInput
            {
                Height = input.Shape[-3],
                Width = input.Shape[-2],
                Mean = ThreeOf(normalization?.Mean ?? [0]),
                Std = ThreeOf(normalization?.Deviation ?? [1]),

                // As the folders' pictures are: stretched.
                Letterbox = false,
            },
            Output = ModelOutput.Logits,
            Threshold = (float?)output.Threshold,
            Labels = output.Labels ?? data.ClassNames,
            Palette = output.Palette is null && file.Recipe.Data is StreetSegmentationData
                ? StreetParts.Palette
                : [.. (output.Palette ?? []).Select((c, i) => Colour(file, c, i))],
            License = output.License,
            Source = output.Source,
        };
    }

    private static IReadOnlyList<float> ThreeOf(IReadOnlyList<float> channels) =>
        channels.Count == 3 ? channels : [channels[0], channels[0], channels[0]];

    private static void RequireOneEach(RecipeFile file, string key, int? count, Dataset data)
    {
        if (count is { } given && given != data.ClassNames.Count)
        {
            throw file.Error(key, $"has {given} items, there are {data.ClassNames.Count} classes");
        }
    }

    private static uint Colour(RecipeFile file, string text, int index)
    {
        bool isHex = uint.TryParse(
            text.AsSpan(Math.Min(1, text.Length)), NumberStyles.AllowHexSpecifier,
            CultureInfo.InvariantCulture, out uint value);
        return isHex && text[0] == '#' && text.Length is 7 or 9
            ? text.Length == 7 ? (value << 8) | 0xFF : value
            : throw file.Error(
                $"output.palette[{index}]", $"'{text}' is no colour as #rrggbb or #rrggbbaa");
    }
}
