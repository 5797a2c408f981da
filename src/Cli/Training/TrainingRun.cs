using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>
/// Trains by a recipe, from its data to the files in its folder: the model, the recipe, the report.
/// </summary>
/// <param name="file">The recipe, as options have changed it.</param>
/// <param name="dataPlace">Where the data are instead; null where the recipe says.</param>
/// <param name="folder">Takes the results.</param>
/// <param name="device">Where it is trained.</param>
/// <param name="threads">Threads of the CPU, for the report; null for all.</param>
/// <param name="resumes">Whether the training in the folder goes on.</param>
internal sealed class TrainingRun(
    RecipeFile file, string? dataPlace, string folder, Device device, int? threads, bool resumes)
{
    /// <summary>The model's file.</summary>
    public string ModelPath { get; } = Path.Combine(folder, $"{file.Recipe.Name}.safetensors");

    /// <summary>Trains, saves and scores.</summary>
    /// <returns>What the verb tells; null where it was stopped.</returns>
    public JsonObject? Run(CancellationToken cancellation)
    {
        var before = Pretraining.Open(file, dataPlace, device);
        var setup = TrainingSetup.Open(
            file, dataPlace,
            before is null ? null : ModelCard.Of(file, 0, before.Setup.Options.Normalization));
        using var trained = before?.Train(isNeeded: !resumes, cancellation);
        using var network = RecipeModel.Create(file, setup.Data.Train, setup.Sample, trained);
        RecipeTask.RequireFit(file, network, setup.Data.Train);
        network.Manifest = Manifests.Create(
            file, setup.Sample, setup.Data.Train, setup.Options.Normalization);
        SayWhatIsTrained(setup, network);
        if (resumes)
        {
            RequireSameRecipe();
        }

        Directory.CreateDirectory(folder);
        AtomicFile.Write(
            Path.Combine(folder, "recipe.yaml"), stream => stream.Write(Encoding.UTF8.GetBytes(file.Text)));
        var options = setup.Options with { Directory = folder, Recipe = Canonical(file.Recipe) };
        TrainingResult result;
        using (var trainer = new Trainer(
            network, setup.Task, file.Recipe.Training.Optimiser.Create(), device, options))
        {
            if (resumes)
            {
                Resume(trainer);
            }

            result = TrainingDisplay.Run(trainer, options.Epochs, () => trainer.Fit(
                setup.Data.Train, setup.Data.Validation, cancellation));
        }

        return result.End == TrainingEnd.Cancelled
            ? null
            : Finish(setup, before, network, result, cancellation);
    }

    private void Resume(Trainer trainer)
    {
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
    private void RequireSameRecipe()
    {
        string last = Path.Combine(folder, "last.safetensors");
        if (File.Exists(last) && Checkpoint.LoadState(last).Recipe is { } then
            && Difference(JsonNode.Parse(then), JsonNode.Parse(Canonical(file.Recipe))) is { } key)
        {
            throw file.Error(
                key, $"is another than when the training in {folder} began; it can only go on with the "
                + "same recipe and options");
        }
    }

    private static string Canonical(Recipe recipe) =>
        JsonSerializer.Serialize(recipe, TrainingJson.Options);

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

    private JsonObject Finish(
        TrainingSetup setup, Pretraining? before, Network network, TrainingResult result,
        CancellationToken cancellation)
    {
        using var scorer = new Scorer(network, device, setup.Task, setup.Sample, setup.Scoring);
        var test = setup.Data.Test is { } part
            ? TestResult.Of(scorer, part, setup.Data.Series, cancellation)
            : null;
        var normalization = setup.Options.Normalization ?? setup.Data.Series?.Split.Normalization;
        NetworkFile.Save(network, ModelPath, ModelCard.Of(
            file, result.History.Count, normalization, test?.Metrics).ToJson());
        var scratch = before?.FromScratch(setup, cancellation);
        var metrics = test?.Metrics ?? [];
        if (scratch is not null)
        {
            metrics.AddRange(scratch.Metrics, "from_scratch_");
        }

        if (file.Recipe.Output.Report)
        {
            ReportWriter.Create(
                setup, network, result, test, scratch, scorer, device, threads, cancellation)
                .Write(Path.Combine(folder, "report.html"));
        }

        if (test is not null)
        {
            ScoreTable.Print(test);
        }

        var told = new JsonObject
        {
            ["epochs"] = result.History.Count,
            ["seconds"] = Math.Round(result.Seconds, 3),
            ["samples_per_s"] = Math.Round(result.SamplesPerSecond, 1),
            ["model"] = ModelPath,
        };
        ScoreTable.AddTo(told, metrics);
        return told;
    }

    private void SayWhatIsTrained(TrainingSetup setup, Network network) =>
        Verb.Say(
            $"{network.Name}: {network.ParameterCount:N0} parameters, {setup.Data.Train.Count:N0} "
            + $"samples to train with, {setup.Data.Validation?.Count ?? 0:N0} to validate, "
            + $"{setup.Data.Test?.Count ?? 0:N0} to test, on {device.Id}");
}
