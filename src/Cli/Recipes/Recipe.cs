using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Recipes;

/// <summary>
/// A training as a file says it: what data, what network, how it learns, and what the model file
/// tells of itself. See docs/training.md.
/// </summary>
[Description("How rtv trains a network: data, model, task, training, and what the model file says of itself.")]
internal sealed record Recipe
{
    [Description("Names the model and its file.")]
    public required string Name { get; init; }

    [Description("What is trained, for people.")]
    public string? Description { get; init; }

    [Description("What first weights, order, augmentation and divisions depend on; 1 where it is not said.")]
    public ulong Seed { get; init; } = 1;

    [Description("The samples.")]
    public required DataRecipe Data { get; init; }

    [Description("The network: one of zoo, layers and file.")]
    public required ModelRecipe Model { get; init; }

    [Description("What the network learns.")]
    public required TaskRecipe Task { get; init; }

    [Description("A training on other classes before, from which all but the top is carried over.")]
    public PretrainingRecipe? Pretraining { get; init; }

    [Description("How it learns.")]
    public required TrainingRecipe Training { get; init; }

    [Description("What is written, and what the model file says of itself.")]
    public OutputRecipe Output { get; init; } = new();

    /// <summary>All that it says, what is not said included: equal for equal recipes.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TrainingJson.Options);
}

/// <summary>What is written, and what the model file says of itself.</summary>
internal sealed record OutputRecipe
{
    [Description("Whether report.html is written; true where it is not said.")]
    public bool Report { get; init; } = true;

    [Description("Names of the classes; those of the data where it is not said.")]
    public IReadOnlyList<string>? Labels { get; init; }

    [Description("A colour for each class, as #rrggbb or #rrggbbaa.")]
    public IReadOnlyList<string>? Palette { get; init; }

    [Description("Probability from which on a label counts.")]
    [Range(0.0, 1.0)]
    public double? Threshold { get; init; }

    [Description("SPDX identifier of the model's license.")]
    public string? License { get; init; }

    [Description("Where the model is from.")]
    public string? Source { get; init; }
}
