using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace RealtimeVision.Runtime.Training;

/// <summary>What a checkpoint holds beside tensors: where the training was.</summary>
public sealed record CheckpointState
{
    /// <summary>
    /// Where the training was: the next batch, what schedule and early stopping remember, the
    /// epochs that are done. Read when the checkpoint is saved.
    /// </summary>
    public required TrainerProgress Progress { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>The text of the recipe, if there is one.</summary>
    public string? Recipe { get; init; }

    /// <summary>The score by which the best are kept; null where there is none.</summary>
    public double? Score { get; init; }

    /// <summary>Steps up to then, over all epochs.</summary>
    [JsonIgnore]
    public long Step => Progress.Steps;

    /// <summary>
    /// SHA-256 of <see cref="Recipe"/> in UTF-8, in hexadecimal: tells whether a training goes on
    /// with the recipe that it started with. Null without a recipe.
    /// </summary>
    [JsonIgnore]
    public string? RecipeHash =>
        Recipe is null ? null
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Recipe)));
}
