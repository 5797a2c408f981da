using System.CommandLine;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Cli.Training;
using RealtimeVision.Kernels.Devices;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv train</c>: trains a network by a recipe.</summary>
internal static class TrainVerb
{
    private static readonly Argument<string> RecipePath = new("RECIPE")
    {
        Description = "The recipe, a YAML file; see samples/recipes",
    };

    private static readonly Option<int?> Epochs = new("--epochs")
    {
        Description = "Passes over the data, instead of the recipe's",
    };

    private static readonly Option<int?> BatchSize = new("--batch-size")
    {
        Description = "Samples a batch, instead of the recipe's",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "Where the data are, instead of the recipe's folder or file",
    };

    private static readonly Option<string?> Out = new("--out")
    {
        Description = "Folder of the results; a new one in runs/ where not given",
    };

    private static readonly Option<ulong?> Seed = new("--seed")
    {
        Description = "What all random numbers depend on, instead of the recipe's",
    };

    private static readonly Option<int?> Threads = Verb.Threads();

    private static readonly Option<string> DeviceId = Verb.Device("cpu");

    private static readonly Option<bool> Json = Verb.Json();

    public static Command Create()
    {
        Verb.Require(Epochs, epochs => epochs is null or >= 1, "has to be at least 1");
        Verb.Require(BatchSize, size => size is null or >= 1, "has to be at least 1");
        var command = new Command("train", "Train a network by a recipe")
        {
            RecipePath, Epochs, Data, Out, Seed, Threads, DeviceId, BatchSize, Json,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var file = RecipeFile.Load(parsed.GetRequiredValue(RecipePath));
        var recipe = file.Recipe;
        file = file.With(recipe with
        {
            Seed = parsed.GetValue(Seed) ?? recipe.Seed,
            Training = recipe.Training with
            {
                Epochs = parsed.GetValue(Epochs) ?? recipe.Training.Epochs,
                BatchSize = parsed.GetValue(BatchSize) ?? recipe.Training.BatchSize,
            },
        });
        string folder = parsed.GetValue(Out) ?? NewFolder(recipe.Name);
        using var device = DeviceList.Open(
            parsed.GetValue(DeviceId)!, parsed.GetValue(Threads), Verb.Say);
        var run = new TrainingRun(file, parsed.GetValue(Data), folder, device);
        if (run.Run(cancellation) is not { } told)
        {
            return Verb.Failed;
        }

        if (parsed.GetValue(Json))
        {
            Verb.Print(told);
        }

        return Verb.Done;
    }

    private static string NewFolder(string name)
    {
        string folder = Path.Combine("runs", name);
        for (int i = 2; Directory.Exists(folder); i++)
        {
            folder = Path.Combine("runs", $"{name}-{i}");
        }

        return folder;
    }
}
