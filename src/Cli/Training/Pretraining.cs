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

    private Pretraining(
        PretrainingRecipe recipe, TrainingSetup setup, string folder, Device device)
    {
        _recipe = recipe;
        Setup = setup;
        Folder = folder;
        _device = device;
    }

    /// <summary>What is trained before.</summary>
    public TrainingSetup Setup { get; }

    /// <summary>Has its checkpoints and its log.</summary>
    public string Folder { get; }

    /// <summary>Where the pretraining of a training is kept.</summary>
    public static string FolderIn(string folder) => Path.Combine(folder, "pretraining");

    /// <summary>Makes ready for the pretraining of a recipe; null where it has none.</summary>
    /// <param name="file">The recipe.</param>
    /// <param name="dataPlace">Where the data are instead; null where the recipe says.</param>
    /// <param name="folder">The folder of the whole training.</param>
    /// <param name="device">Where it is trained.</param>
    /// <exception cref="RecipeException">The data have no such classes.</exception>
    public static Pretraining? Open(
        RecipeFile file, string? dataPlace, string folder, Device device)
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
        return new Pretraining(
            recipe, TrainingSetup.Open(before, dataPlace), FolderIn(folder), device);
    }

    /// <summary>The network with its first values.</summary>
    public Network CreateNetwork()
    {
        var network = RecipeModel.Create(Setup.File, Setup.Data.Train, Setup.Sample);
        RecipeTask.RequireFit(Setup.File, network, Setup.Data.Train);
        return network;
    }

    /// <summary>Trains the network on the other classes.</summary>
    /// <param name="network">Is given what it learns.</param>
    /// <param name="resumes">Whether the pretraining in its folder goes on.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <returns>False where it was stopped; it can go on where it was.</returns>
    /// <exception cref="InvalidDataException">There is nothing to go on from.</exception>
    public bool Train(Network network, bool resumes, CancellationToken cancellation)
    {
        Verb.Say($"pretraining on {Setup.Data.Train.Count:N0} samples of other classes");
        return Fit(Setup, network, Folder, resumes, cancellation) != TrainingEnd.Cancelled;
    }

    /// <summary>
    /// Trains the same network from scratch on the same samples; null where that is not asked for.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled: nothing of it is
    /// kept.</exception>
    public TestResult? FromScratch(TrainingSetup setup, CancellationToken cancellation)
    {
        if (!_recipe.Compare || setup.Data.Test is not { } test)
        {
            return null;
        }

        Verb.Say("from scratch, to compare");
        using var network = RecipeModel.Create(
            WithoutTransfer(setup.File), setup.Data.Train, setup.Sample);
        if (Fit(setup, network, null, resumes: false, cancellation) == TrainingEnd.Cancelled)
        {
            throw new OperationCanceledException(cancellation);
        }

        using var scorer = new Scorer(network, _device, setup.Task, setup.Sample, setup.Scoring);
        return TestResult.Of(scorer, test, setup.Data.Series, cancellation);
    }

    private static RecipeFile WithoutTransfer(RecipeFile file) => file.With(file.Recipe with
    {
        Pretraining = null,
        Model = file.Recipe.Model with { Head = null, Cut = null, Freeze = [] },
    });

    private TrainingEnd Fit(
        TrainingSetup setup, Network network, string? folder, bool resumes,
        CancellationToken cancellation)
    {
        var options = setup.Options with
        {
            Directory = folder,
            Recipe = folder is null ? null : setup.File.Recipe.ToJson(),
        };
        using var trainer = new Trainer(
            network, setup.Task, setup.File.Recipe.Training.Optimiser.Create(), _device, options);
        if (resumes)
        {
            Resumption.Resume(trainer, setup.File, folder!);
        }

        return TrainingDisplay.Run(trainer, options.Epochs, () => trainer.Fit(
            setup.Data.Train, setup.Data.Validation, cancellation)).End;
    }
}
