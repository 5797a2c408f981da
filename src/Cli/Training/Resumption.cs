using System.Text.Json.Nodes;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>Goes on with trainings that were stopped.</summary>
internal static class Resumption
{
    /// <summary>Whether a training in a folder has come to a checkpoint.</summary>
    public static bool HasCheckpoint(string folder) =>
        File.Exists(LastOf(folder))
        || (Directory.Exists(folder)
            && Directory.EnumerateFiles(folder, "best-*.safetensors").Any());

    /// <summary>Lets a trainer go on from the newest checkpoint of its folder.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    /// <exception cref="RecipeException">The training began with another recipe.</exception>
    public static void Resume(Trainer trainer, RecipeFile file, string folder)
    {
        RequireSameRecipe(file, folder);
        bool found = trainer.Resume();
        foreach (string notice in trainer.Notices)
        {
            Verb.Say(notice);
        }

        if (!found)
        {
            throw new InvalidDataException($"{folder} has no checkpoint to go on from");
        }

        Verb.Say(
            $"goes on in epoch {trainer.Progress.Epoch + 1}, after {trainer.Progress.Steps:N0} steps");
    }

    // Only then is what comes of it what an uninterrupted training would have come to.
    private static void RequireSameRecipe(RecipeFile file, string folder)
    {
        if (File.Exists(LastOf(folder)) && Checkpoint.LoadState(LastOf(folder)).Recipe is { } then
            && Difference(JsonNode.Parse(then), JsonNode.Parse(file.Recipe.ToJson())) is { } key)
        {
            throw file.Error(
                key, $"is another than when the training in {folder} began; it can only go on with the "
                + "same recipe and options");
        }
    }

    // The first key that differs; null where none does.
    private static string? Difference(JsonNode? a, JsonNode? b)
    {
        if (a is not JsonObject x || b is not JsonObject y)
        {
            return JsonNode.DeepEquals(a, b) ? null : (b ?? a)!.GetPath().TrimStart('$', '.');
        }

        return x.Select(f => f.Key).Union(y.Select(f => f.Key))
            .Select(k => x.ContainsKey(k) == y.ContainsKey(k) ? Difference(x[k], y[k]) : k)
            .FirstOrDefault(d => d is not null);
    }

    private static string LastOf(string folder) => Path.Combine(folder, "last.safetensors");
}
