using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>
/// What tests of checkpoints run in a process of its own, because it is killed, or limited as no
/// test process can be.
/// </summary>
internal static partial class CheckpointProgram
{
    public const string Loop = "checkpoint-loop";
    public const string Once = "checkpoint-once";
    public const string WithoutRights = "checkpoint-without-rights";

    private const int Nobody = 65534;

    /// <summary>Starts the program; its output is redirected.</summary>
    /// <param name="name">What it does.</param>
    /// <param name="folder">The folder of checkpoints.</param>
    /// <param name="script">
    /// A shell script that starts it as <c>"$0" "$@"</c>; null to start it itself.
    /// </param>
    public static Process Start(string name, string folder, string? script = null)
    {
        string[] command = ["dotnet", typeof(CheckpointProgram).Assembly.Location, name, folder];
        var start = script is null
            ? new ProcessStartInfo(command[0], command[1..])
            : new ProcessStartInfo("/bin/sh", ["-c", script, .. command]);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;

        // A limit of file sizes is one of the memory too that the runtime writes code through.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>A checkpoint whose tensors follow from its step.</summary>
    public static Checkpoint Make(long step, int count = 100_000) => new(
        [
            SafetensorsTensor.Create<float>(
                "weights", [count],
                [.. Enumerable.Range(0, count).Select(i => (float)(step + i))]),
            SafetensorsTensor.Create<int>("counter", [], [(int)step]),
        ],
        new CheckpointState { Progress = new TrainerProgress { Steps = step }, Seed = 7 });

    /// <summary>Fails unless a checkpoint is what was made for its step.</summary>
    public static void Check(Checkpoint checkpoint)
    {
        var weights = MemoryMarshal.Cast<byte, float>(checkpoint.Tensors[0].Bytes.Span);
        Assert.That(weights[0], Is.EqualTo(checkpoint.State.Step));
        Assert.That(weights[^1], Is.EqualTo(checkpoint.State.Step + weights.Length - 1));
    }

    /// <summary>Runs the program.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string name, string folder)
    {
        if (name == WithoutRights && Environment.IsPrivilegedProcess)
        {
            // No directory is read-only to root.
            if (SetUser(Nobody) != 0)
            {
                throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
            }
        }

        var checkpoints = new CheckpointFolder(folder, keepBest: 2);
        long step = checkpoints.LoadNewest()?.State.Step ?? 0;
        Console.WriteLine($"newest {step}");
        do
        {
            step++;
            try
            {
                checkpoints.Save(Make(step), score: -step);
            }
            catch (IOException e)
            {
                Console.WriteLine(e.Message);
                return 1;
            }

            Console.WriteLine(step.ToString(CultureInfo.InvariantCulture));
        }
        while (name == Loop);

        return 0;
    }

    [LibraryImport("libc", EntryPoint = "setuid", SetLastError = true)]
    private static partial int SetUser(int user);
}
