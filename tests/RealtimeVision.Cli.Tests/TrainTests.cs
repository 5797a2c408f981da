namespace RealtimeVision.Cli.Tests;

[TestFixture]
public sealed class TrainTests
{
    [Test]
    public void ARecipeIsTrainedScoredAndSaved()
    {
        using var tiny = new TinyData();

        var run = Rtv.Run("train", tiny.Recipe(), "--out", tiny.Out, "--epochs", "3", "--json").Exits(0);

        var json = run.Json;
        Assert.Multiple(() =>
        {
            Assert.That(json["epochs"]!.GetValue<int>(), Is.EqualTo(3));
            Assert.That(json["seconds"]!.GetValue<double>(), Is.Positive);
            Assert.That(json["samples_per_s"]!.GetValue<double>(), Is.Positive);
            Assert.That(File.Exists(json["model"]!.GetValue<string>()));
            Assert.That(json["accuracy"]!.GetValue<double>(), Is.EqualTo(1));
            Assert.That(json["loss"]!.GetValue<double>(), Is.LessThan(0.5));
            Assert.That(File.Exists(Path.Combine(tiny.Out, "recipe.yaml")));
            Assert.That(run.Error, Does.Contain("epoch 3/3"));
            Assert.That(run.Output, Does.Contain("precision"));
        });
    }

    [Test]
    public void TheSameSeedGivesTheSameModelAtAnyNumberOfThreads()
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe();

        byte[] Train(string name, string threads, string seed)
        {
            Rtv.Run(
                "train", recipe, "--out", tiny.Path(name), "--threads", threads, "--seed", seed).Exits(0);
            return File.ReadAllBytes(tiny.Path($"{name}/tiny.safetensors"));
        }

        byte[] first = Train("a", "1", "5");
        Assert.That(Train("b", "2", "5"), Is.EqualTo(first));
        Assert.That(Train("c", "1", "6"), Is.Not.EqualTo(first));
    }
}
