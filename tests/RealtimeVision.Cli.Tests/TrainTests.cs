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

    [Test]
    public void EvaluationTellsTheNumbersOfTheTraining()
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe();
        var trained = Rtv.Run("train", recipe, "--out", tiny.Out, "--json").Exits(0).Json;
        string model = trained["model"]!.GetValue<string>();

        var byRecipe = Rtv.Run("eval", model, "--recipe", recipe, "--json").Exits(0).Json;
        var byData = Rtv.Run("eval", model, "--data", tiny.Path("digits"), "--json").Exits(0).Json;

        foreach (string metric in new[] { "loss", "accuracy", "macro_f1" })
        {
            double expected = trained[metric]!.GetValue<double>();
            Assert.That(byRecipe[metric]!.GetValue<double>(), Is.EqualTo(expected), metric);
            Assert.That(byData[metric]!.GetValue<double>(), Is.EqualTo(expected), metric);
        }
    }

    [Test]
    public void AFolderWithATrainingIsNotWrittenOver()
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe();
        Rtv.Run("train", recipe, "--out", tiny.Out).Exits(0);

        Rtv.Run("train", recipe, "--out", tiny.Out).FailsSaying(2, "--resume");
        Rtv.Run("train", recipe, "--resume", tiny.Out, "--seed", "9").FailsSaying(1, "seed", "is another");
        Rtv.Run("train", recipe, "--resume", tiny.Path("nothing")).FailsSaying(1, "nothing", "no such folder");
    }

    [Test]
    public void PicturesGetLabels()
    {
        using var tiny = new TinyData();
        string model = Rtv.Run("train", tiny.Recipe(), "--out", tiny.Out, "--epochs", "3", "--json")
            .Exits(0).Json["model"]!.GetValue<string>();
        string[] files = [tiny.Picture("0.png", 0), tiny.Picture("1.png", 1)];

        var told = Rtv.Run(["predict", model, .. files, "--json"]).Exits(0).Json;

        var labels = told["predictions"]!.AsArray()
            .Select(p => p!["labels"]![0]!["label"]!.GetValue<string>());
        Assert.That(labels, Is.EqualTo(new[] { "left", "right" }));
    }

    [Test]
    public void MasksAreTrainedScoredAndDrawn()
    {
        using var tiny = new TinyData();
        var json = Rtv.Run("train", tiny.MaskRecipe(), "--out", tiny.Out, "--json").Exits(0).Json;
        string model = json["model"]!.GetValue<string>();

        Rtv.Run("predict", model, tiny.Path("pictures/3.png"), "--out", tiny.Path("masks-out"), "--json")
            .Exits(0);

        Assert.That(json["mean_iou"]!.GetValue<double>(), Is.GreaterThan(0.5));
        Assert.That(File.Exists(tiny.Path("masks-out/3.mask.png")));
        Assert.That(File.Exists(tiny.Path("masks-out/3.overlay.png")));
        Assert.That(File.ReadAllText(tiny.Path("out/report.html")), Does.Contain("Intersection over union").IgnoreCase);
    }

    [Test]
    public void AMaskOfAnotherSizeIsNamed()
    {
        using var tiny = new TinyData();
        string recipe = tiny.MaskRecipe();
        tiny.SaveGrey("masks/3.png", new byte[9 * 9], 9);

        Rtv.Run("train", recipe, "--out", tiny.Out).FailsSaying(1, "3.png");
    }

    [Test]
    public void AClassWithoutPicturesIsNamed()
    {
        using var tiny = new TinyData();
        Directory.CreateDirectory(tiny.Path("classes/empty"));
        Directory.CreateDirectory(tiny.Path("classes/full"));
        tiny.SaveGrey("classes/full/1.png", TinyData.Picture(0, 1), TinyData.Side);
        string recipe = tiny.Recipe(text => text.Replace(
            "type: mnist, folder: digits, class_names: [left, right]",
            "type: class_folder, folder: classes, size: 8, channels: 1"));

        Rtv.Run("train", recipe, "--out", tiny.Out).FailsSaying(1, "class 'empty' has no picture");
    }

    [Test]
    public void ASeriesIsForecastBesideItsBaselines()
    {
        using var tiny = new TinyData();
        var json = Rtv.Run("train", tiny.SeriesRecipe(), "--out", tiny.Out, "--json").Exits(0).Json;
        string model = json["model"]!.GetValue<string>();
        string csv = tiny.Path("next.csv");

        var told = Rtv.Run(
            "forecast", model, "--csv", tiny.Path("wave.csv"), "--steps", "5", "--out", csv, "--json")
            .Exits(0).Json;

        Assert.Multiple(() =>
        {
            Assert.That(File.ReadAllLines(csv), Has.Length.EqualTo(6));
            Assert.That(File.ReadAllLines(csv)[0], Is.EqualTo("step,height"));
            Assert.That(File.ReadAllText(tiny.Path("next.html")), Does.Contain("<svg"));
            Assert.That(told["mse"]!.GetValue<double>(), Is.EqualTo(json["mse"]!.GetValue<double>()));
            Assert.That(told["seasonal_naive_mse"]!.GetValue<double>(), Is.LessThan(0.01));
            Assert.That(told["persistence_mse"]!.GetValue<double>(), Is.GreaterThan(0.1));
        });
    }

    [Test]
    public void WhatOtherClassesTaughtIsCarriedOver()
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe(text => text.Replace(
            "class_names: [left, right]", "class_names: [left, right, a, b], classes: [right, left]")
            .Replace("task:", "  head: [{ layer: dense, units: 2 }]\n  freeze: [conv2d]\n"
                + "pretraining: { classes: [left, right], epochs: 2 }\ntask:"));

        var json = Rtv.Run("train", recipe, "--out", tiny.Out, "--json").Exits(0).Json;

        Assert.Multiple(() =>
        {
            Assert.That(json["accuracy"]!.GetValue<double>(), Is.EqualTo(1));
            Assert.That(json["from_scratch_accuracy"], Is.Not.Null);
        });
        string model = json["model"]!.GetValue<string>();
        var eval = Rtv.Run("eval", model, "--recipe", recipe, "--json").Exits(0).Json;
        Assert.That(eval["loss"]!.GetValue<double>(), Is.EqualTo(json["loss"]!.GetValue<double>()));
    }

    [Test]
    public void AModelOfOursIsTrainedFurther()
    {
        using var tiny = new TinyData();
        Rtv.Run("train", tiny.Recipe(), "--out", tiny.Out).Exits(0);
        string recipe = tiny.Recipe(text => text[..text.IndexOf("model:")]
            + "model: { file: out/tiny.safetensors, cut: flatten, freeze: [conv], "
            + "head: [{ layer: dense, units: 2 }] }\n" + text[text.IndexOf("task:")..]);

        Rtv.Run("train", recipe, "--out", tiny.Path("further"), "--json").Exits(0);
        Rtv.Run("train", tiny.Write("bad.yaml", File.ReadAllText(recipe).Replace("cut: flatten", "cut: x")))
            .FailsSaying(1, "bad.yaml", "no layer 'x'", "flatten");
    }

    [Test]
    public void AStoppedTrainingGoesOn()
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe(text => text.Replace("epochs: 2", "epochs: 400"));
        string whole = tiny.Path("whole");
        Rtv.Run("train", recipe, "--out", whole).Exits(0);

        var start = Rtv.Start("train", recipe, "--out", tiny.Out);
        SpinWait.SpinUntil(
            () => File.Exists(tiny.Path("out/last.safetensors")), TimeSpan.FromMinutes(1));
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{start.Id}"]))
        {
            kill.WaitForExit();
        }

        string error = start.StandardError.ReadToEnd();
        start.WaitForExit();
        Assert.That(start.ExitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain("--resume"));
        Rtv.Run("train", recipe, "--resume", tiny.Out).Exits(0);
        Assert.That(
            File.ReadAllBytes(tiny.Path("out/tiny.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(whole, "tiny.safetensors"))));
    }

    [Test]
    public void AStoppedPretrainingGoesOn()
    {
        using var tiny = new TinyData();
        string recipe = tiny.Recipe(text => text.Replace(
            "class_names: [left, right]", "class_names: [left, right, a, b], classes: [right, left]")
            .Replace("task:", "  head: [{ layer: dense, units: 2 }]\n  freeze: [conv2d]\n"
                + "pretraining: { classes: [left, right], epochs: 400, compare: false }\ntask:"));
        Rtv.Run("train", recipe, "--out", tiny.Path("whole")).Exits(0);

        var start = Rtv.Start("train", recipe, "--out", tiny.Out);
        SpinWait.SpinUntil(
            () => File.Exists(tiny.Path("out/pretraining/last.safetensors")),
            TimeSpan.FromMinutes(1));
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{start.Id}"]))
        {
            kill.WaitForExit();
        }

        string error = start.StandardError.ReadToEnd();
        start.WaitForExit();
        Assert.That(start.ExitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.Contain("--resume"));
        Assert.That(File.Exists(tiny.Path("out/last.safetensors")), Is.False, "only the pretraining began");
        Rtv.Run("train", recipe, "--out", tiny.Out).FailsSaying(2, "--resume");
        Rtv.Run("train", recipe, "--resume", tiny.Out).Exits(0);
        Assert.That(
            File.ReadAllBytes(tiny.Path("out/tiny.safetensors")),
            Is.EqualTo(File.ReadAllBytes(tiny.Path("whole/tiny.safetensors"))));
    }
}
