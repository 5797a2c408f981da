using System.Globalization;
using System.Runtime.Versioning;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>Processes that die, and disks that are full, while checkpoints are written.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CheckpointCrashTests
{
    private const int Kills = 200;
    private const int AtOnce = 4;

    /// <summary>
    /// Processes save one checkpoint after the other, and go on with the newest of the one before.
    /// </summary>
    [Test]
    public void AProcessKilledAtAnyMomentLeavesACheckpoint()
    {
        using var directory = new TemporaryDirectory();
        int halfWritten = 0;
        Parallel.For(0, AtOnce, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, worker =>
        {
            string path = directory.File($"run{worker}");
            var random = new Random(worker);
            long saved = 0;
            for (int kill = 0; kill < Kills / AtOnce; kill++)
            {
                long told = SaveUntilKilled(path, random);
                Interlocked.Add(
                    ref halfWritten, Directory.GetFiles(path, "*.tmp").Length > 0 ? 1 : 0);
                var folder = new CheckpointFolder(path, keepBest: 2);
                var newest = folder.LoadNewest();

                Assert.That(newest, Is.Not.Null, $"after kill {kill}");
                CheckpointProgram.Check(newest);
                Assert.That(
                    newest.State.Step, Is.GreaterThanOrEqualTo(told).And.GreaterThan(saved));
                Assert.That(folder.Notices, Has.None.Contains("passed over"));
                Assert.That(folder.BestPaths, Has.Count.LessThanOrEqualTo(3));
                Assert.That(Directory.GetFiles(path, "*.tmp"), Is.Empty);
                saved = newest.State.Step;
            }
        });

        TestContext.Out.WriteLine($"{halfWritten} of {Kills} kills left a file half-written");
        Assert.That(halfWritten, Is.GreaterThan(Kills / 10), "kills that hit nothing show nothing");
    }

    [Test]
    public void AFullDiskLeavesTheLastCheckpoint()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("run");
        new CheckpointFolder(path).Save(CheckpointProgram.Make(5, 1000), 5);

        // 100 blocks of 512 bytes: the file system refuses the rest of a checkpoint of 400 kB.
        var (exitCode, output) = RunToEnd(
            CheckpointProgram.Once, path,
            "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(exitCode, Is.EqualTo(1), output);
            Assert.That(output, Does.Contain("checkpoint of step 6").And.Contain(path));
        }

        RequireOnlyStep5(path);
    }

    /// <summary>Three processes, on a file system that has room for one checkpoint.</summary>
    [Test]
    public void ADiskWithoutSpaceLeavesTheLastCheckpoint()
    {
        using var directory = new TemporaryDirectory();

        var (_, output) = RunToEnd(
            CheckpointProgram.Once, directory.Path,
            """
            unshare -Urm /bin/sh -c '
                mount -t tmpfs -o size=1000k none "$3" && "$0" "$@"; "$0" "$@"; "$0" "$@"
            ' "$0" "$@"
            """);

        if (!output.Contains("newest 0\n1\n"))
        {
            Assert.Ignore($"no file system can be mounted here: {output}");
        }

        string[] lines = output.Split('\n');
        Assert.That(lines[2], Is.EqualTo("newest 1"));
        Assert.That(lines[3], Does.Contain("checkpoint of step 2").And.Contain("No space left"));
        Assert.That(lines[4], Is.EqualTo("newest 1"));
    }

    [Test]
    public void AReadOnlyFolderLeavesTheLastCheckpoint()
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("run");
        new CheckpointFolder(path).Save(CheckpointProgram.Make(5, 1000), 5);
        MakeReadable(directory.Path, path);
        try
        {
            var (exitCode, output) = RunToEnd(CheckpointProgram.WithoutRights, path);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(exitCode, Is.EqualTo(1), output);
                Assert.That(output, Does.Contain("checkpoint of step 6").And.Contain("denied"));
            }
        }
        finally
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_000_000);
        }

        RequireOnlyStep5(path);
    }

    private static long SaveUntilKilled(string path, Random random)
    {
        using var process = CheckpointProgram.Start(CheckpointProgram.Loop, path);
        process.StandardOutput.ReadLine();
        string? first = process.StandardOutput.ReadLine();
        if (first is null)
        {
            Assert.Fail(process.StandardError.ReadToEnd());
        }

        // Spread over the time of some checkpoints, which is what is hit at random.
        Thread.Sleep(random.Next(0, 20));
        process.Kill();
        string[] rest = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();

        // What follows the last line break was cut off by the kill.
        return rest.Length > 1
            ? long.Parse(rest[^2], CultureInfo.InvariantCulture)
            : long.Parse(first!, CultureInfo.InvariantCulture);
    }

    private static (int ExitCode, string Output) RunToEnd(
        string name, string path, string? script = null)
    {
        using var process = CheckpointProgram.Start(name, path, script);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static void RequireOnlyStep5(string path)
    {
        var folder = new CheckpointFolder(path);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(folder.LoadNewest()?.State.Step, Is.EqualTo(5));
            Assert.That(folder.LoadBest()?.State.Step, Is.EqualTo(5));
            Assert.That(Directory.GetFiles(path), Has.Length.EqualTo(2));
            Assert.That(folder.Notices, Is.Empty);
        }
    }

    private static void MakeReadable(params string[] directories)
    {
        foreach (string path in directories)
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b101_101_101);
        }

        File.SetUnixFileMode(directories[0], (UnixFileMode)0b111_101_101);
    }
}
