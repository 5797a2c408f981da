using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Which checkpoints a folder keeps, and what it loads.</summary>
public sealed class CheckpointFolderTests
{
    [Test]
    public void TheLastAndTheBestAreKept()
    {
        using var directory = new TemporaryDirectory();
        var folder = new CheckpointFolder(directory.File("run"), keepBest: 2);
        double[] losses = [5, 3, 4, double.NaN, 2, 9];
        for (int i = 0; i < losses.Length; i++)
        {
            folder.Save(CheckpointProgram.Make(i + 1, 10), losses[i]);
        }

        foreach (var opened in (CheckpointFolder[])[folder, new(folder.Path, keepBest: 2)])
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(opened.LoadNewest()?.State.Step, Is.EqualTo(6));
                Assert.That(opened.LoadNewest()?.State.Score, Is.EqualTo(9));
                Assert.That(opened.LoadBest()?.State.Step, Is.EqualTo(5));
                Assert.That(opened.BestPaths.Select(Steps), Is.EqualTo([5, 2]));
                Assert.That(opened.Notices, Is.Empty);
                Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(3));
            }
        }
    }

    [Test]
    public void HigherScoresMayBeTheBetterOnes()
    {
        using var directory = new TemporaryDirectory();
        var folder = new CheckpointFolder(directory.Path, 1, MetricDirection.HigherIsBetter);
        double[] accuracies = [0.1, 0.5, 0.5, 0.3];
        for (int i = 0; i < accuracies.Length; i++)
        {
            folder.Save(CheckpointProgram.Make(i + 1, 10), accuracies[i]);
        }

        Assert.That(folder.LoadBest()?.State.Step, Is.EqualTo(2), "the older of two as good");
    }

    [Test]
    public void WithoutAScoreOnlyTheLastIsKept()
    {
        using var directory = new TemporaryDirectory();
        var folder = new CheckpointFolder(directory.Path);
        folder.Save(CheckpointProgram.Make(1, 10));
        folder.Save(CheckpointProgram.Make(2, 10));

        Assert.That(Directory.GetFiles(directory.Path), Is.EqualTo([folder.LastPath]));
        Assert.That(folder.LoadBest(), Is.Null);
        Assert.That(new CheckpointFolder(directory.File("empty")).LoadNewest(), Is.Null);
    }

    [Test]
    public void AStepThatIsSavedAgainTakesThePlaceOfItself()
    {
        using var directory = new TemporaryDirectory();
        var folder = new CheckpointFolder(directory.Path, 1);
        folder.Save(CheckpointProgram.Make(1, 10), 1);
        folder = new CheckpointFolder(directory.Path, 1);
        folder.Save(CheckpointProgram.Make(1, 10), 2);

        Assert.That(folder.BestPaths, Has.Count.EqualTo(1));
        Assert.That(folder.LoadBest()?.State.Score, Is.EqualTo(2));
    }

    [Test]
    public void DamagedOnesArePassedOver()
    {
        using var directory = new TemporaryDirectory();
        var folder = new CheckpointFolder(directory.Path, 3);
        for (int step = 1; step <= 3; step++)
        {
            folder.Save(CheckpointProgram.Make(step, 10), step);
        }

        Damage(folder.LastPath);
        Damage(folder.BestPaths[2]);
        File.WriteAllBytes(folder.BestPaths[0], [1, 2, 3]);

        folder = new CheckpointFolder(directory.Path, 3);
        Assert.That(folder.LoadNewest()?.State.Step, Is.EqualTo(2));
        Assert.That(folder.LoadBest()?.State.Step, Is.EqualTo(2));
        Assert.That(folder.Notices, Has.Count.EqualTo(3));
        Assert.That(folder.Notices, Has.One.Contains("last.safetensors"));

        folder.Save(CheckpointProgram.Make(4, 10), 4);
        Assert.That(folder.LoadNewest()?.State.Step, Is.EqualTo(4));
    }

    [Test]
    public void WhatACrashLeftIsDeleted()
    {
        using var directory = new TemporaryDirectory();
        string leftover = directory.Write("last.safetensors.0123.tmp", [1, 2, 3]);
        string other = directory.Write("notes.tmp", [1]);

        var folder = new CheckpointFolder(directory.Path);

        Assert.That(File.Exists(leftover), Is.False);
        Assert.That(File.Exists(other), Is.True, "what is not the folder's stays");
        Assert.That(folder.Notices, Has.One.Contains("0123"));
    }

    [Test]
    public void NaNLeavesTheFolderAsItWas()
    {
        using var directory = new TemporaryDirectory();
        var folder = new CheckpointFolder(directory.Path);
        folder.Save(CheckpointProgram.Make(1, 10), 5);
        var bad = new Checkpoint(
            [SafetensorsTensor.Create("w", [1], [float.NaN])],
            new CheckpointState { Progress = new TrainerProgress { Steps = 2 } });

        Assert.That(() => folder.Save(bad, 1), Throws.TypeOf<NotFiniteNumberException>());
        Assert.That(() => folder.Save(bad), Throws.TypeOf<NotFiniteNumberException>());
        Assert.That(folder.LoadNewest()?.State.Step, Is.EqualTo(1));
        Assert.That(Directory.GetFiles(directory.Path), Has.Length.EqualTo(2));
    }

    private static int Steps(string path) =>
        int.Parse(Path.GetFileNameWithoutExtension(path).Split('-')[1]);

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
