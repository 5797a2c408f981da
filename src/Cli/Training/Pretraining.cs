using RealtimeVision.Cli.Recipes;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Cli.Training;

/// <summary>
/// The training on other classes before that of a recipe, and the one from scratch beside it.
/// </summary>
internal sealed class Pretraining
{
    private readonly PretrainingRecipe _recipe;
    private readonly Device _device;

    private Pretraining(PretrainingRecipe recipe, TrainingSetup setup, Device device)
    {
        _recipe = recipe;
        Setup = setup;
        _device = device;
    }

    /// <summary>What is trained before.</summary>
    public TrainingSetup Setup { get; }

    /// <summary>Makes ready for the pretraining of a recipe; null where it has none.</summary>
    /// <exception cref="RecipeException">The data have no such classes.</exception>
    public static Pretraining? Open(RecipeFile file, string? dataPlace, Device device)
    {
        if (file.Recipe.Pretraining is not { } recipe)
        {
            return null;
        }

        if (file.Recipe.Data is not LabelledData data)
        {
            throw file.Error("pretraining", "needs data with labels");
        }

        var training = file.Recipe.Training;
        var before = WithoutTransfer(file);
        before = before.With(before.Recipe with
        {
            Data = data with { Classes = recipe.Classes, PerClass = null, Validation = 0 },
            Training = training with
            {
                Epochs = recipe.Epochs,
                BatchSize = recipe.BatchSize ?? training.BatchSize,
                EarlyStopping = null,
            },
        });
        return new Pretraining(recipe, TrainingSetup.Open(before, dataPlace), device);
    }

    /// <summary>Trains on the other classes.</summary>
    /// <param name="isNeeded">False where weights come from a checkpoint anyway.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled: nothing of it is
    /// kept.</exception>
    public Network Train(bool isNeeded, CancellationToken cancellation)
    {
        var network = RecipeModel.Create(Setup.File, Setup.Data.Train, Setup.Sample);
        if (isNeeded)
        {
            RecipeTask.RequireFit(Setup.File, network, Setup.Data.Train);
            Verb.Say($"pretraining on {Setup.Data.Train.Count:N0} samples of other classes");
            Fit(Setup, network, cancellation);
        }

        return network;
    }

    /// <summary>
    /// Trains the same network from scratch on the same samples; null where that is not asked for.
    /// </summary>
    public TestResult? FromScratch(TrainingSetup setup, CancellationToken cancellation)
    {
        if (!_recipe.Compare || setup.Data.Test is not { } test)
        {
            return null;
        }

        Verb.Say("from scratch, to compare");
        using var network = RecipeModel.Create(
            WithoutTransfer(setup.File), setup.Data.Train, setup.Sample);
        Fit(setup, network, cancellation);
        using var scorer = new Scorer(network, _device, setup.Task, setup.Sample, setup.Scoring);
        return TestResult.Of(scorer, test, setup.Data.Series, cancellation);
    }

    private static RecipeFile WithoutTransfer(RecipeFile file) => file.With(file.Recipe with
    {
        Pretraining = null,
        Model = file.Recipe.Model with { Head = null, Cut = null, Freeze = [] },
    });

    private void Fit(TrainingSetup setup, Network network, CancellationToken cancellation)
    {
        using var trainer = new Trainer(
            network, setup.Task, setup.File.Recipe.Training.Optimiser.Create(), _device,
            setup.Options);
        var result = TrainingDisplay.Run(trainer, setup.Options.Epochs, () => trainer.Fit(
            setup.Data.Train, setup.Data.Validation, cancellation));
        if (result.End == TrainingEnd.Cancelled)
        {
            throw new OperationCanceledException(cancellation);
        }
    }
}
