using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
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

    [Test]
    public void GameSeesItsOwnStreet()
    {
        string output = RunSample(
            "Game", StreetSegmenter, "--headless", "--frames", "6", "--device", "cpu", "--budget", "100000");
        Assert.That(output, Does.Contain("Failed = 0"));
        Assert.That(Number(output, @"Processed = (\d+)"), Is.GreaterThan(2));
        Assert.That(Number(output, @"road: ([\d.]+)"), Is.InRange(15, 60));
    }

    [Test]
    public void GameTellsWhatTheNetworkCostsIt()
    {
        string folder = Directory.CreateTempSubdirectory("rtv-sample-").FullName;
        string model = Path.Combine(folder, "unet.onnx");
        OnnxModelFile.Save(ReferenceModels.UNet(size: 32), model);
        string output = RunSample("Game", model, "--headless", "--frames", "400", "--device", "cpu");
        Directory.Delete(folder, recursive: true);
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("Failed = 0"));
            Assert.That(Number(output, @"Processed = (\d+)"), Is.GreaterThan(10));
            Assert.That(output, Does.Match(@"tick ms: p50 [\d.]+, p95 [\d.]+, p99 [\d.]+, max [\d.]+"));
            Assert.That(Number(output, @"tick cpu ms: p50 ([\d.]+)"), Is.GreaterThan(0), "on Linux");
            Assert.That(output, Does.Contain("collections: 0 of gen 0, 0 of gen 1, 0 of gen 2"));
        });
    }

    [Test]
    public void RobotSteersAlmostAsByTheTruth()
    {
        string output = RunSample("Robot", StreetSegmenter, "12", "cpu");
        Assert.That(Number(output, @"(\d+) commands"), Is.GreaterThan(9));
        Assert.That(Number(output, @"root mean square ([\d.]+)"), Is.LessThan(2));
    }

    [Test]
    public void SamplesSayHowTheyAreUsed([Values("Game", "Minimal", "Robot", "WebApi")] string name)
    {
        using var process = Start("dotnet", Path.Combine(AppContext.BaseDirectory, $"{name}.dll"));
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.EqualTo(2));
        Assert.That(error, Does.StartWith($"usage: {name} "));
    }

    [Test]
    public void SamplesAreShortWithAllThatTheyCompile(
        [Values("Game", "Minimal", "Robot", "WebApi")] string name)
    {
        string folder = Repository.PathOf("samples", name);
        var shared = XDocument.Load(Path.Combine(folder, $"{name}.csproj")).Descendants("Compile")
            .Select(c => Path.Combine(folder, (string)c.Attribute("Include")!));
        Assert.That(
            Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories).Concat(shared)
                .Sum(f => File.ReadAllLines(f).Length),
            Is.LessThan(150));
    }

    internal static string StreetSegmenter => Repository.PathOf("models", "street-segmenter.safetensors");

    internal static Process Start(string program, params string[] arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static double Number(string output, string pattern)
    {
        var match = Regex.Match(output, pattern);
        Assert.That(match.Success, Is.True, $"{pattern} in\n{output}");
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string RunSample(string name, params string[] arguments) =>
        Run("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), .. arguments]);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, error.Result);
        return output;
    }
}
