namespace RealtimeVision.Cli.Tests;

/// <summary>What is wrong with a recipe is said by file, line and key.</summary>
[TestFixture]
public sealed class RecipeTests
{
    [TestCase("epochs: 2", "epocs: 2", "tiny.yaml:11: training.epocs: the key is not known; known are epochs")]
    [TestCase("epochs: 2", "epocs: 2", "training: 'epochs' is missing")]
    [TestCase("epochs: 2", "epochs: two", "tiny.yaml:11: training.epochs: a whole number belongs there")]
    [TestCase("epochs: 2", "epochs: 0", "tiny.yaml:11: training.epochs: 0 has to be at least 1")]
    [TestCase("type: adam", "type: adamm", "tiny.yaml:13: training.optimiser.type: 'adamm' is none of sgd, adam")]
    [TestCase("learning_rate: 0.02", "learning_rate: -1", "training.optimiser.learning_rate: -1 has to be above 0")]
    [TestCase("filters: 4, ", "", "tiny.yaml:5: model.layers[0]: layer 'conv2d': field 'filters' is missing")]
    [TestCase("kernel: 3", "kernel: x", "tiny.yaml:5: model.layers[0]: layer 'conv2d': field 'kernel': a whole number")]
    [TestCase("units: 2", "units: 3", "the network gives", "the data have 2 classes")]
    [TestCase("size: 4", "size: 64", "tiny.yaml:6: model.layers[1]")]
    [TestCase("batch_size: 8", "batch_size: 80", "training.batch_size: 80 is more than")]
    [TestCase("batch_size: 8", "batch_size: 8\n  batch_size: 9", "tiny.yaml:13", "duplicate")]
    [TestCase("type: classification", "type: segmentation", "task.type: needs masks")]
    [TestCase("folder: digits", "folder: missing", "missing: there is no such folder", "dataset-fashion-mnist")]
    [TestCase("folder: digits", "folder: digits, classes: [left, up]", "data.classes[1]: there is no class 'up'")]
    [TestCase("batch_size: 8", "batch_size: 8\n  augmentation: [{ type: cutout, side: -2 }]", "training.augmentation[0]")]
    [TestCase("batch_size: 8", "batch_size: 8\n  schedule: { type: step, epochs: 0 }", "tiny.yaml:13: training.schedule", "above 0")]
    [TestCase("type: classification", "type: classification, class_weights: even", "task.class_weights: one of balanced or a list of numbers")]
    [TestCase("type: classification", "type: classification, class_weights: [1]", "task.class_weights: has 1 weights, there are 2 classes")]
    [TestCase("model:", "model:\n  weights: x.safetensors", "model.weights: belongs to a network of the zoo")]
    [TestCase("task:", "  head: [{ layer: dense, units: 3 }]\ntask:", "the network gives", "the data have 2 classes")]
    [TestCase("task:", "  freeze: [dens, x]\ntask:", "model: ", "no layer whose name begins with 'x'")]
    [TestCase("name: tiny", "- tiny", "tiny.yaml:")]
    public void AMistakeIsNamedWithItsPlace(string right, string wrong, params string[] words)
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe(text => text.Replace(right, wrong));

        Rtv.Run("train", recipe, "--out", tiny.Out).FailsSaying(1, words);
        Assert.That(Directory.Exists(tiny.Out), Is.False, "nothing is begun");
    }

    [Test]
    public void AMissingRecipeIsNamed() =>
        Rtv.Run("train", "/nowhere/at-all.yaml").FailsSaying(1, "at-all.yaml", "cannot be read");

    [Test]
    public void TheSchemaOfEditorsIsThatOfTheProgram()
    {
        string committed = File.ReadAllText(Path.Combine(Recipes, "recipe.schema.json"));

        string schema = Rtv.Run("train", "--schema").Exits(0).Output;

        Assert.That(
            committed, Is.EqualTo(schema),
            "./rtv train --schema >samples/recipes/recipe.schema.json makes it anew");
    }

    [TestCaseSource(nameof(RecipeNames))]
    public void ARecipeOfTheSamplesNamesItsSchema(string name)
    {
        string first = File.ReadLines(Path.Combine(Recipes, name)).First();

        Assert.That(first, Is.EqualTo("# yaml-language-server: $schema=recipe.schema.json"));
    }

    private static IEnumerable<string> RecipeNames() =>
        Directory.EnumerateFiles(Recipes, "*.yaml").Select(f => Path.GetFileName(f)).Order();

    private static string Recipes
    {
        get
        {
            string folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "RealtimeVision.sln")))
            {
                folder = Path.GetDirectoryName(folder)!;
            }

            return Path.Combine(folder, "samples", "recipes");
        }
    }
}
