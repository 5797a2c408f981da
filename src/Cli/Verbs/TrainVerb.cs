using System.CommandLine;
using RealtimeVision.Cli.Recipes;
using RealtimeVision.Cli.Training;
using RealtimeVision.Kernels.Devices;

namespace RealtimeVision.Cli.Verbs;

/// <summary><c>rtv train</c>: trains a network by a recipe.</summary>
internal static class TrainVerb
{
    private static readonly Argument<string?> RecipePath = new("RECIPE")
    {
        Description = "The recipe, a YAML file; see samples/recipes",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Schema = new("--schema")
    {
        Description = "Print the JSON schema of recipes, for editors, and do nothing else",
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

    private static readonly Option<string?> Resume = new("--resume")
    {
        Description = "Go on with the training in this folder, as if it had never stopped",
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
            RecipePath, Epochs, Data, Out, Resume, Seed, Threads, DeviceId, BatchSize, Schema, Json,
        };
        command.SetAction((parsed, cancellation) =>
            Task.Run(() => Run(parsed, cancellation), CancellationToken.None));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(Schema))
        {
            Console.Out.Write(RecipeSchema.ToText());
            return Verb.Done;
        }

        var file = RecipeFile.Load(parsed.GetValue(RecipePath)
            ?? throw new UsageException("Required argument missing for command: 'train': RECIPE"));
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
        string folder = FolderOf(parsed, recipe.Name);
        bool resumes = parsed.GetValue(Resume) is not null;
        int? threads = parsed.GetValue(Threads);
        using var device = DeviceList.Open(parsed.GetValue(DeviceId)!, threads, Verb.Say);
        var run = new TrainingRun(
            file, parsed.GetValue(Data), folder, device, threads, resumes);
        if (run.Run(cancellation) is not { } told)
        {
            Verb.Say($"stopped; --resume {folder} with the same options goes on");
            return Verb.Failed;
        }

        if (parsed.GetValue(Json))
        {
            Verb.Print(told);
        }

        return Verb.Done;
    }

    private static string FolderOf(ParseResult parsed, string name)
    {
        string? folder = parsed.GetValue(Out);
        if (parsed.GetValue(Resume) is not { } resumed)
        {
            return folder is null ? NewFolder(name)
                : !Resumption.HasCheckpoint(folder)
                    && !Resumption.HasCheckpoint(Pretraining.FolderIn(folder)) ? folder
                : throw new UsageException(
                    $"there is a training in {folder}: --resume goes on with it");
        }

        return folder is not null ? throw new UsageException("--out and --resume exclude each other")
            : Directory.Exists(resumed) ? resumed
            : throw new DirectoryNotFoundException($"{resumed}: there is no such folder to resume");
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
