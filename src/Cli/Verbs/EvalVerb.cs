using System.CommandLine;
using System.Text.Json.Nodes;
using RealtimeVision.Cli.Models;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Cli.Training;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv eval</c>: scores a model on the test part of a recipe's data.</summary>
internal static class EvalVerb
{
    private static readonly Argument<string> ModelPath = new("MODEL")
    {
        Description = "The model's file",
    };

    private static readonly Option<string?> RecipePath = new("--recipe")
    {
        Description = "What says data and task; the recipe in the model's file where not given",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Where the data are, instead of the recipe's folder or file",
    };

    private static readonly Option<string> Part = new("--part")
    {
        Description = "Which part: test, validation or train",
        DefaultValueFactory = _ => "test",
    };

    private static readonly Option<int?> BatchSize = new("--batch-size")
    {
        Description = "Samples a batch, instead of the recipe's",
    };

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        Verb.Require(BatchSize, size => size is null or >= 1, "has to be at least 1");
        Verb.Require(
            Part, part => part is "test" or "validation" or "train",
            "has to be test, validation or train");
        var command = new Command("eval", "Score a model on the test part of a recipe's data")
        {
            ModelPath, RecipePath, Data, Part, BatchSize, Threads, DeviceId, Json,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string path = ModelStore.Resolve(parsed.GetRequiredValue(ModelPath));
        using var model = ModelFile.Load(path);
        var card = ModelCard.In(path);
        var file = parsed.GetValue(RecipePath) is { } given ? RecipeFile.Load(given)
            : card is not null ? card.RecipeOf(path)
            : throw new UsageException($"{path} does not say how it was trained: give --recipe");
        if (parsed.GetValue(BatchSize) is { } batch)
        {
            file = file.With(file.Recipe with
            {
                Training = file.Recipe.Training with { BatchSize = batch },
            });
        }

        card ??= ModelCard.ByManifest(file, model);

        // Data are divided by the seed that the model was trained with.
        file = file.With(file.Recipe with { Seed = card?.Seed ?? file.Recipe.Seed });
        using var device = DeviceList.Open(
            parsed.GetValue(DeviceId)!, parsed.GetValue(Threads), Verb.Say);
        var setup = TrainingSetup.Open(file, parsed.GetValue(Data), card);
        RecipeTask.RequireFit(file, model, setup.Data.Train);
        string part = parsed.GetValue(Part)!;
        var samples = part switch
        {
            "train" => setup.Data.Train,
            "validation" => setup.Data.Validation,
            _ => setup.Data.Test,
        };
        if (samples is null)
        {
            throw new DatasetException(file.Path, $"the recipe leaves no samples for {part}");
        }

        using var scorer = new Scorer(model, device, setup.Task, setup.Sample, setup.Scoring);
        var result = TestResult.Of(scorer, samples, setup.Data.Series, cancellation);
        ScoreTable.Print(result);
        if (parsed.GetValue(Json))
        {
            var told = new JsonObject
            {
                ["model"] = path, ["part"] = part, ["samples"] = samples.Count,
            };
            ScoreTable.AddTo(told, result.Metrics);
            Verb.Print(told);
        }

        return Verb.Done;
    }
}
