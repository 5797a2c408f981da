using System.Text;
using System.Text.Json.Nodes;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Logs that grow, are torn, and go on.</summary>
public sealed class TrainingLogTests
{
    [Test]
    public void ALineIsInTheFileWhenItIsAppended()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("log.jsonl");
        using var log = TrainingLog.Create(path);
        var metrics = new MetricSet();
        metrics.Add("validation_loss", 0.5);
        log.Append(new RunEvent(0, DateTimeOffset.UnixEpoch, 7, "cpu", "convnet.yaml"));
        log.Append(new StepEvent(1, 0, double.NaN, 0.001f, GradientNorm: 2, IsSkipped: true));
        log.Append(new NoticeEvent(1, "a step was skipped\n\"really\""));
        log.Append(new EpochRecord(2, 0, 0.1f, 0.5, 1, metrics, 1.5));

        string[] lines = Lines(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                lines.Select(line => (string?)JsonNode.Parse(line)!["event"]),
                Is.EqualTo(["run", "step", "notice", "epoch"]));
            Assert.That((string?)JsonNode.Parse(lines[1])!["loss"], Is.EqualTo("NaN"));
            Assert.That(
                (double?)JsonNode.Parse(lines[3])!["validation"]!["validation_loss"],
                Is.EqualTo(0.5));
        }

        var read = TrainingLog.Read(path);
        Assert.That(read, Has.Count.EqualTo(4));
        Assert.That(
            read[0],
            Is.EqualTo(new RunEvent(0, DateTimeOffset.UnixEpoch, 7, "cpu", "convnet.yaml")));
        Assert.That(
            read[1], Is.EqualTo(new StepEvent(1, 0, double.NaN, 0.001f, 2, IsSkipped: true)));
        Assert.That(read[2], Is.EqualTo(new NoticeEvent(1, "a step was skipped\n\"really\"")));
        Assert.That(((EpochRecord)read[3]).Validation, Is.EqualTo(metrics));
    }

    [Test]
    public void AfterResumeEachEpochIsThereOnce()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("log.jsonl");
        using (var log = TrainingLog.Create(path))
        {
            for (int step = 1; step <= 35; step++)
            {
                AppendStep(log, step);
            }
        }

        using (var log = TrainingLog.Resume(path, 20))
        {
            log.Append(new RunEvent(20, DateTimeOffset.UnixEpoch, 7));
            for (int step = 21; step <= 40; step++)
            {
                AppendStep(log, step);
            }
        }

        var read = TrainingLog.Read(path);
        Assert.That(
            read.OfType<EpochRecord>().Select(e => (e.Epoch, e.Step)),
            Is.EqualTo([(0, 10L), (1, 20L), (2, 30L), (3, 40L)]));
        Assert.That(
            read.OfType<StepEvent>().Select(e => e.Step),
            Is.EqualTo(Enumerable.Range(1, 40).Select(i => (long)i)));

        static void AppendStep(TrainingLog log, int step)
        {
            log.Append(new StepEvent(step, (step - 1) / 10, 1.0 / step, 0.1f));
            if (step % 10 == 0)
            {
                log.Append(new EpochRecord(step, (step / 10) - 1, 0.1f, 1, 0, [], 1));
            }
        }
    }

    [Test]
    public void ATornLastLineIsCutOff()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("log.jsonl");
        using (var log = TrainingLog.Create(path))
        {
            log.Append(new StepEvent(1, 0, 1, 0.1f));
            log.Append(new StepEvent(2, 0, 1, 0.1f));
        }

        byte[] whole = File.ReadAllBytes(path);
        int first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = 0; length <= whole.Length; length++)
        {
            File.WriteAllBytes(path, whole[..length]);
            int lines = length == whole.Length ? 2 : length >= first ? 1 : 0;
            Assert.That(TrainingLog.Read(path), Has.Count.InRange(lines, lines + 1));

            using (var log = TrainingLog.Resume(path, 2))
            {
                log.Append(new NoticeEvent(2, "on"));
            }

            Assert.That(Lines(path), Has.Length.EqualTo(lines + 1), $"{length} bytes");
            Assert.That(TrainingLog.Read(path), Has.Count.EqualTo(lines + 1), $"{length} bytes");
        }
    }

    [Test]
    public void WhatIsNoEventStaysWhereEventsFollow()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.Write(
            "log.jsonl",
            Encoding.UTF8.GetBytes(
                """
                {"event":"step","step":1,"epoch":0,"loss":1,"learning_rate":1}
                a remark
                {"event":"other","step":2,"more":[]}
                []
                {"event":"step","step":3,"epoch":0,"loss":1,"learning_rate":1}
                """));

        using (TrainingLog.Resume(path, 2))
        {
        }

        Assert.That(Lines(path), Has.Length.EqualTo(3));
        Assert.That(TrainingLog.Read(path), Has.Count.EqualTo(1));
    }

    [Test]
    public void ALogThatIsNotThereStartsEmpty()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("log.jsonl");
        using (var log = TrainingLog.Resume(path, 50))
        {
            log.Append(new NoticeEvent(50, "first"));
        }

        Assert.That(TrainingLog.Read(path), Has.Count.EqualTo(1));
        using (TrainingLog.Create(path))
        {
        }

        Assert.That(TrainingLog.Read(path), Is.Empty);
    }

    [Test]
    public void OthersReadWhileItGrows()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("log.jsonl");
        using var log = TrainingLog.Create(path);
        for (int i = 1; i <= 3; i++)
        {
            log.Append(new NoticeEvent(i, "a line"));
            Assert.That(TrainingLog.Read(path), Has.Count.EqualTo(i));
        }
    }

    private static string[] Lines(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        string text = reader.ReadToEnd();
        Assert.That(text, Is.Empty.Or.EndsWith("\n"));
        return text.Split('\n')[..^1];
    }
}
