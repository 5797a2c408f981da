using System.Text.Json.Nodes;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>
/// Trains by a recipe, from its data to the files in its folder: the model, the recipe, the report.
/// </summary>
internal sealed class TrainingRun(RecipeFile file, string? dataPlace, string folder, Device device, int? threads)
{
    /// <summary>The model's file.</summary>
    public string ModelPath { get; } = Path.Combine(folder, $"{file.Recipe.Name}.safetensors");

    /// <summary>Trains, saves and scores.</summary>
    /// <returns>What the verb tells; null where it was stopped.</returns>
    public JsonObject? Run(CancellationToken cancellation)
    {
        var setup = TrainingSetup.Open(file, dataPlace);
        using var network = RecipeModel.Create(file, setup.Data.Train, setup.Sample);
        RecipeTask.RequireFit(file, network, setup.Data.Train);
        network.Manifest = Manifests.Create(
            file, setup.Sample, setup.Data.Train, setup.Options.Normalization);
        SayWhatIsTrained(setup, network);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "recipe.yaml"), file.Text);
        TrainingResult result;
        using (var trainer = new Trainer(
            network, setup.Task, file.Recipe.Training.Optimiser.Create(), device, setup.Options))
        {
            result = TrainingDisplay.Run(trainer, setup.Options.Epochs, () => trainer.Fit(
                setup.Data.Train, setup.Data.Validation, cancellation));
        }

        if (result.End == TrainingEnd.Cancelled)
        {
            return null;
        }

        return Finish(setup, network, result, cancellation);
    }

    private JsonObject Finish(
        TrainingSetup setup, Network network, TrainingResult result, CancellationToken cancellation)
    {
        using var scorer = new Scorer(network, device, setup.Task, setup.Sample, setup.Scoring);
        var test = setup.Data.Test is { } part
            ? TestResult.Of(scorer, part, setup.Data.Series, cancellation)
            : null;
        var metrics = test?.Metrics ?? [];
        var normalization = setup.Options.Normalization ?? setup.Data.Series?.Split.Normalization;
        var card = new ModelCard
        {
            Recipe = file.Text,
            Epochs = result.History.Count,
            Seed = file.Recipe.Seed,
            Mean = normalization?.Mean,
            Deviation = normalization?.Deviation,
            Metrics = metrics,
        };
        NetworkFile.Save(network, ModelPath, card.ToJson());
        if (file.Recipe.Output.Report)
        {
            ReportWriter.Create(
                setup, network, result, test, scorer, device, threads, cancellation)
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
