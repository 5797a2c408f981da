using System.Diagnostics;
using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Cli.Tests;

/// <summary>The samples run, and do what they say.</summary>
public class SampleTests
{
    [Test]
    public void MinimalRunsANetworkOnEveryFrame()
    {
        string folder = Directory.CreateTempSubdirectory("rtv-sample-").FullName;
        string model = Path.Combine(folder, "unet.onnx");
        string clip = Path.Combine(folder, "clip.mp4");
        OnnxModelFile.Save(ReferenceModels.UNet(size: 32), model);
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10:duration=1", clip);
        string output = Run("dotnet", Path.Combine(AppContext.BaseDirectory, "Minimal.dll"), model, clip);
        Assert.That(output, Does.Contain("10 of 10 frames"));
        Directory.Delete(folder, recursive: true);
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, error.Result);
        return output;
    }
}
