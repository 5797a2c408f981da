using System.Text;
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
    /// <returns>What the verb tells; null where it was stopped, and can go on.</returns>
    public JsonObject? Run(CancellationToken cancellation)
    {
        var before = Pretraining.Open(file, dataPlace, folder, device);
        var setup = TrainingSetup.Open(
            file, dataPlace,
            before is null ? null : ModelCard.Of(file, 0, before.Setup.Options.Normalization));
        bool goesOn = resumes && Resumption.HasCheckpoint(folder);
        using var pretrained = before?.CreateNetwork();
        if (before is not null && !goesOn)
        {
            // What does not fit is said before anything is trained.
            CreateNetwork(setup, pretrained).Dispose();
            Begin();
            if (!before.Train(pretrained!, resumes, cancellation))
            {
                return null;
            }
        }

        using var network = CreateNetwork(setup, pretrained);
        network.Manifest = Manifests.Create(
            file, setup.Sample, setup.Data.Train, setup.Options.Normalization);
        SayWhatIsTrained(setup, network);
        if (Train(setup, network, goesOn || (resumes && before is null), cancellation)
            is not { End: not TrainingEnd.Cancelled } result)
        {
            return null;
        }

        try
        {
            return Finish(setup, before, network, result, cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private Network CreateNetwork(TrainingSetup setup, Network? pretrained)
    {
        var network = RecipeModel.Create(file, setup.Data.Train, setup.Sample, pretrained);
        RecipeTask.RequireFit(file, network, setup.Data.Train);
        return network;
    }

    private TrainingResult Train(
        TrainingSetup setup, Network network, bool goesOn, CancellationToken cancellation)
    {
        var options = setup.Options with { Directory = folder, Recipe = file.Recipe.ToJson() };
        using var trainer = new Trainer(
            network, setup.Task, file.Recipe.Training.Optimiser.Create(), device, options);
        if (goesOn)
        {
            Resumption.Resume(trainer, file, folder);
        }

        Begin();
        return TrainingDisplay.Run(trainer, options.Epochs, () => trainer.Fit(
            setup.Data.Train, setup.Data.Validation, cancellation));
    }

    private void Begin()
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(
            Path.Combine(folder, "recipe.yaml"),
            stream => stream.Write(Encoding.UTF8.GetBytes(file.Text)));
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
        string[] unreadable =
            [.. result.Unreadable.Union(test?.Scores.Unreadable ?? []).Order(StringComparer.Ordinal)];
        if (unreadable.Length > 0)
        {
            Verb.Say(
                $"{unreadable.Length} samples cannot be read and are left out, the first is "
                + unreadable[0]);
        }

        var metrics = test?.Metrics ?? [];
        if (scratch is not null)
        {
            metrics.AddRange(scratch.Metrics, "from_scratch_");
        }

        if (file.Recipe.Output.Report)
        {
            ReportWriter.Create(
                setup, network, result with { Unreadable = unreadable }, test, scratch, scorer,
                device, threads, cancellation)
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
            ["skipped"] = setup.Data.LeftOut + unreadable.Length,
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
