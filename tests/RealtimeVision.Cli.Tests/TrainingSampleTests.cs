using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Cli.Tests;

/// <summary>The samples that train: small runs of each, and what they print.</summary>
public class TrainingSampleTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rtv-sample-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void ForecastBeatsItsBaselines()
    {
        string output = Run("Forecast", "--epochs", "8", "--report", At("forecast.html"));
        double lstm = Number(output, @"LSTM +([\d.]+)");
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("10,451 parameters"));
            Assert.That(Number(output, @"persistence +([\d.]+)"), Is.EqualTo(1.364));
            Assert.That(Number(output, @"seasonal naive +([\d.]+)"), Is.EqualTo(2.010));
            Assert.That(lstm, Is.LessThan(0.6));
            Assert.That(File.ReadAllText(At("forecast.html")), Does.Contain("<svg"));
        });
    }

    [Test]
    public void ForecastGivesTheSameNumbersAtAnyNumberOfThreads()
    {
        string[] arguments = ["--epochs", "1", "--units", "8", "--report", At("forecast.html")];
        string one = Run("Forecast", [.. arguments, "--threads", "1"]);
        string two = Run("Forecast", [.. arguments, "--threads", "2"]);
        Assert.That(Number(two, @"LSTM +([\d.]+)"), Is.EqualTo(Number(one, @"LSTM +([\d.]+)")));
    }

    [Test]
    public void ForecastTrainsOnOpenCl()
    {
        RequireOpenCl();
        string[] arguments =
        [
            "--epochs", "1", "--units", "4", "--window", "24", "--batch", "64",
            "--report", At("forecast.html"),
        ];
        string cpu = Run("Forecast", arguments);
        string openCl = Run("Forecast", [.. arguments, "--device", "opencl"]);
        Assert.That(
            Number(openCl, @"LSTM +([\d.]+)"), Is.EqualTo(Number(cpu, @"LSTM +([\d.]+)")).Within(0.01));
    }

    [Test]
    public void ConvNetLearnsAndIsSaved()
    {
        string output = Run(
            "ConvNet", "--samples", "2000", "--epochs", "3", "--model", At("convnet.safetensors"));
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("402,442 parameters"));
            Assert.That(output, Does.Contain("Ankle boot"));
            Assert.That(Number(output, @"accuracy ([\d.]+) %, saved"), Is.GreaterThan(70));
        });
        using var network = NetworkFile.Load(At("convnet.safetensors"));
        Assert.That(network.Manifest?.Labels, Has.Count.EqualTo(10));
    }

    [Test]
    public void ConvNetTrainsOnPicturesOfItsOwn([Values("cpu", "opencl")] string device)
    {
        if (device == "opencl")
        {
            RequireOpenCl();
        }

        string output = Run(
            "ConvNet", "--data", "synthetic", "--samples", "200", "--epochs", "2", "--batch", "16",
            "--filters", "8", "--device", device, "--model", At("convnet.safetensors"));
        Assert.That(Number(output, @"accuracy ([\d.]+) %, saved"), Is.GreaterThan(15));
    }

    [Test]
    public void WrongOptionsAreNamed()
    {
        var (code, _, error) = Start("Forecast", "--epoch", "1");
        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.StartWith("usage:").And.Contain("[--epochs 30]"));
        (code, _, error) = Start("Forecast", "--data", At("none.csv"));
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("none.csv").And.Not.Contain("   at "));
    }

    private static void RequireOpenCl()
    {
        if (!DeviceList.Find().Any(d => d.Kind == "opencl" && d.Problem is null))
        {
            Assert.Ignore("needs an OpenCL device: PoCL is one");
        }
    }

    private static double Number(string output, string pattern)
    {
        var match = Regex.Match(output, pattern);
        Assert.That(match.Success, output);
        return double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Run(string sample, params string[] arguments)
    {
        var (code, output, error) = Start(sample, arguments);
        Assert.That(code, Is.Zero, error);
        return output;
    }

    private static (int Code, string Output, string Error) Start(
        string sample, params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, $"{sample}.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private string At(string name) => Path.Combine(_folder, name);
}
