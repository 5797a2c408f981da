using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;

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
            Number(openCl, @"LSTM +([\d.]+)"),
            Is.EqualTo(Number(cpu, @"LSTM +([\d.]+)")).Within(0.01));
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
    public void UNetLearnsStreets([Values("cpu", "opencl")] string device)
    {
        if (device == "opencl")
        {
            RequireOpenCl();
        }

        string output = Run(
            "UNet", "--samples", "20", "--width", "48", "--height", "32", "--filters", "4",
            "--epochs", "2", "--batch", "4", "--device", device, "--out", At("unet"));
        Assert.Multiple(() =>
        {
            Assert.That(output, Does.Contain("road").And.Contain("epoch 2: loss"));
            Assert.That(Number(output, @"mean IoU +([\d.]+)"), Is.GreaterThan(0.01));
            Assert.That(Picture.Load(At("unet/test0.png")).Width, Is.EqualTo(3 * 48));
        });
    }

    [Test]
    public void UNetLearnsPicturesAndMasksOfAFolder()
    {
        foreach (string folder in (string[])["pictures", "masks"])
        {
            Directory.CreateDirectory(At(folder));
        }

        for (int i = 0; i < 30; i++)
        {
            // Light to the right of a border, which is class 1.
            byte[] mask = [.. Enumerable.Range(0, 32 * 32).Select(p => (byte)(p % 32 > i ? 1 : 0))];
            Picture.SavePng(mask, 32, 32, PixelFormat.Gray8, At($"masks/{i}.png"));
            byte[] picture =
                [.. mask.SelectMany(m => Enumerable.Repeat((byte)(40 + (m * 160)), 3))];
            Picture.SavePng(picture, 32, 32, PixelFormat.Rgb24, At($"pictures/{i}.png"));
        }

        string output = Run(
            "UNet", "--data", _folder, "--classes", "dark,light", "--width", "32", "--height", "32",
            "--filters", "4", "--epochs", "20", "--batch", "4", "--out", At("unet"));
        Assert.That(Number(output, @"light +([\d.]+)"), Is.GreaterThan(0.8), output);
    }

    [Test]
    public void TransferCarriesOverToOtherClasses()
    {
        string output = Run(
            "Transfer", "--samples", "3000", "--filters", "8", "--examples", "10", "--tests",
            "100");
        double fromScratch = Number(output, @"from scratch ([\d.]+) %");
        Assert.Multiple(() =>
        {
            Assert.That(Regex.Count(output, "Ankle boot"), Is.EqualTo(3));
            Assert.That(fromScratch, Is.GreaterThan(60));
            Assert.That(Number(output, @"new head ([\d.]+) %"), Is.GreaterThan(fromScratch));
            Assert.That(Number(output, @"fine-tuned ([\d.]+) %"), Is.GreaterThan(60));
        });
    }

    [Test]
    public void TransferTrainsOnOpenCl()
    {
        RequireOpenCl();
        string output = Run(
            "Transfer", "--samples", "64", "--epochs", "1", "--batch", "16", "--filters", "4",
            "--examples", "4", "--few-epochs", "2", "--tests", "4", "--device", "opencl");
        Assert.That(Number(output, @"new head ([\d.]+) %"), Is.InRange(0, 100));
    }

    [Test]
    public void TransferTakesVgg16WithWeightsOfAFile()
    {
        using (var network = Zoo.Create("vgg16", new ZooOptions { IncludeTop = false }))
        {
            // As in torchvision: its names, and kernels [O, I, KH, KW].
            var names = WeightMapping.TorchvisionVgg(network).Names;
            var tensors = network.Parameters.Select(p =>
            {
                long[] shape = [.. p.Type.Shape.Sizes.ToArray().Select(s => (long)s)];
                return SafetensorsTensor.Create(
                    names[p.Name],
                    shape.Length == 4 ? [shape[3], shape[2], shape[0], shape[1]] : shape, p.Values);
            });
            Safetensors.Save(At("vgg16.safetensors"), tensors);
        }

        for (int i = 0; i < 12; i++)
        {
            Directory.CreateDirectory(At($"classes/{i % 2}"));
            byte[] picture = [.. Enumerable.Repeat((byte)((i % 2 * 150) + i), 32 * 32 * 3)];
            Picture.SavePng(picture, 32, 32, PixelFormat.Rgb24, At($"classes/{i % 2}/{i}.png"));
        }

        string output = Run(
            "Transfer", "--weights", At("vgg16.safetensors"), "--data", At("classes"), "--size",
            "32", "--examples", "3", "--few-epochs", "3");
        Assert.That(output, Does.Contain("new head: 1,026 parameters").And.Contain("precision"));
    }

    [Test]
    public void ArchitecturesAreCompared([Values("cpu", "opencl")] string device)
    {
        if (device == "opencl")
        {
            RequireOpenCl();
        }

        string networks = device == "cpu" ? "convnet,resnet20,se-resnet20,densenet40" : "resnet20";
        string output = Run(
            "Architectures", "--data", "synthetic", "--networks", networks, "--samples", "60",
            "--width", "25", "--epochs", "1", "--batch", "8", "--runs", "3", "--device", device);
        foreach (string network in networks.Split(','))
        {
            Assert.That(
                output,
                Does.Match($@"(?m)^{network} +[\d,]+ +[\d.]+ % +[\d.]+ +[\d.]+\s*$"));
        }
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
