using System.Text.Json;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>
/// How a model was trained: stored in its file, so that it can be scored and used without anything
/// else.
/// </summary>
internal sealed record ModelCard
{
    /// <summary>The recipe's text.</summary>
    public required string Recipe { get; init; }

    /// <summary>Epochs that it was trained for.</summary>
    public required int Epochs { get; init; }

    /// <summary>The seed, which may be another than the recipe's.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What is taken off inputs, channel by channel; none for nothing.</summary>
    public IReadOnlyList<float>? Mean { get; init; }

    /// <summary>What inputs are then divided by.</summary>
    public IReadOnlyList<float>? Deviation { get; init; }

    /// <summary>Metrics of the test part.</summary>
    public MetricSet Metrics { get; init; } = [];

    /// <summary>The card of a model that a recipe makes.</summary>
    public static ModelCard Of(
        RecipeFile file, int epochs, Normalization? normalization, MetricSet? metrics = null) => new()
        {
            Recipe = file.Text,
            Epochs = epochs,
            Seed = file.Recipe.Seed,
            Mean = normalization?.Mean,
            Deviation = normalization?.Deviation,
            Metrics = metrics ?? [],
        };

    /// <summary>
    /// The card of a network of ours that no recipe made, such as one that was taught live: its
    /// manifest says what it takes. Null where there is none.
    /// </summary>
    public static ModelCard? ByManifest(RecipeFile file, Model model)
    {
        if (model is not Network { Manifest.Input: { Colour: ColourOrder.Rgb } input })
        {
            return null;
        }

        int channels = model.Inputs[0].Dimensions[^1].Size;
        return Of(file, epochs: 0, new([.. input.Mean.Take(channels)], [.. input.Std.Take(channels)]));
    }

    /// <summary>What inputs are normalised by; null for nothing.</summary>
    public Normalization? Normalization() =>
        Mean is { } mean && Deviation is { } deviation ? new Normalization(mean, deviation) : null;

    /// <summary>
    /// The recipe that the model was trained by; relative paths begin at the model's folder.
    /// </summary>
    /// <exception cref="RecipeException">This version does not know all that it says.</exception>
    public RecipeFile RecipeOf(string modelPath) => RecipeFile.Parse(Recipe, modelPath);

    public string ToJson() => JsonSerializer.Serialize(this, TrainingJson.Options);

    /// <summary>The card in a model's file; null where it has none.</summary>
    /// <exception cref="ModelFormatException">The file or its card is bad.</exception>
    public static ModelCard? In(string path)
    {
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            || !NetworkFile.ReadMetadata(path).TryGetValue(NetworkFile.TrainingKey, out string? json))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<ModelCard>(json, TrainingJson.Options);
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(
                "network", $"how it was trained cannot be read: {e.Message}", path,
                NetworkFile.TrainingKey, innerException: e);
        }
    }
}
