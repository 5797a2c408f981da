using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Runtime.Training;

/// <summary>What a checkpoint holds beside tensors: where the training was.</summary>
public sealed record CheckpointState
{
    /// <summary>Steps taken, over all epochs.</summary>
    public required long Step { get; init; }

    /// <summary>Epochs that are done.</summary>
    public required int Epoch { get; init; }

    /// <summary>The batch with which the loader goes on.</summary>
    public LoaderPosition Loader { get; init; }

    /// <summary>The seed of all random numbers.</summary>
    public ulong Seed { get; init; }

    /// <summary>What the learning rate's schedule remembers.</summary>
    public ScheduleState Schedule { get; init; } = ScheduleState.Initial;

    /// <summary>What early stopping remembers.</summary>
    public EarlyStoppingState EarlyStopping { get; init; } = EarlyStoppingState.Initial;

    /// <summary>The epochs that are done, in order.</summary>
    public IReadOnlyList<EpochEvent> History { get; init; } = [];

    /// <summary>The text of the recipe, if there is one.</summary>
    public string? Recipe { get; init; }

    /// <summary>The score by which the best are kept; null where there is none.</summary>
    public double? Score { get; init; }

    /// <summary>
    /// SHA-256 of <see cref="Recipe"/> in UTF-8, in hexadecimal: tells whether a training goes on
    /// with the recipe that it started with. Null without a recipe.
    /// </summary>
    [JsonIgnore]
    public string? RecipeHash =>
        Recipe is null ? null
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Recipe)));
}
