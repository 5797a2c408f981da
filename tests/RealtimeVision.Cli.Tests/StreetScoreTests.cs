using RealtimeVision.Cli.Live;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Street;

namespace RealtimeVision.Cli.Tests;

/// <summary>What is told of models on the street, where the truth is known.</summary>
public class StreetScoreTests
{
    private const int Width = 160;
    private const int Height = 90;
    private string _folder = "";

    [OneTimeSetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("rtv-street-").FullName;

    [OneTimeTearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void TruthIsRightAtAnySize()
    {
        using var source = Street();
        foreach (int part in (int[])[1, 2, 5])
        {
            using var score = new MaskScore(source);
            Assert.That(score.MeanIoU, Is.Null);
            int width = Width / part, height = Height / part;
            for (int frame = 0; frame < 20; frame += 5)
            {
                byte[] mask = Part(TruthOf(source, frame), part);
                Assert.That(score.TryAdd(frame, mask, width, height, waits: true), Is.True);
            }

            score.Complete();
            Assert.That(score.MeanIoU, Is.EqualTo(1).Within(1e-12), $"a mask of {width}x{height}");
        }
    }

    [Test]
    public void IoUFallsAsTheMaskIsShifted()
    {
        using var source = Street();
        double? last = 1;
        foreach (int shift in (int[])[1, 4, 16])
        {
            using var score = new MaskScore(source);
            byte[] truth = TruthOf(source, 3);
            byte[] mask = [.. truth[shift..], .. truth[..shift]];
            score.TryAdd(3, mask, Width, Height, waits: true);
            score.Complete();
            Assert.That(score.MeanIoU, Is.LessThan(last!.Value).And.GreaterThan(0));
            last = score.MeanIoU;
        }
    }

    [Test]
    public void ItIsThatOfAllPixelsSoFar()
    {
        using var source = Street();
        using var score = new MaskScore(source);
        score.TryAdd(0, TruthOf(source, 0), Width, Height, waits: true);
        score.TryAdd(1, Enumerable.Repeat(byte.MaxValue, Width * Height).ToArray(), Width, Height, waits: true);
        score.Complete();

        byte[] right = TruthOf(source, 0), wrong = TruthOf(source, 1);
        double[] ious = [.. Enumerable.Range(0, StreetClasses.Count)
            .Select(c => (Right: right.Count(p => p == c), All: right.Count(p => p == c) + wrong.Count(p => p == c)))
            .Where(n => n.All > 0)
            .Select(n => n.Right / (double)n.All)];
        Assert.That(score.MeanIoU, Is.EqualTo(ious.Average()).Within(1e-12));
    }

    [Test]
    public void LiveTellsWhatApplies()
    {
        using var segmenter = new Sequential("areas", new Shape(18, 32, 3), new Conv2D(StreetClasses.Count, 3));
        using var weather = new Sequential(
            "weather", new Shape(16, 16, 3), new GlobalAveragePooling2D(), new Dense(4));
        using var motion = new Sequential(
            "motion", new Shape(5, 16, 16, 3),
            new TimeDistributed(new GlobalAveragePooling2D()), new Lstm(4), new Dense(4));
        using var stranger = new Sequential(
            "stranger", new Shape(16, 16, 3), new GlobalAveragePooling2D(), new Dense(2));
        string areas = Save(segmenter, ModelTask.Segmentation, StreetClasses.Names);

        var json = Live(
            areas, Save(weather, ModelTask.Classification, StreetClasses.WeatherNames),
            Save(motion, ModelTask.Classification, StreetClasses.MotionNames)).Json;
        foreach (string score in (string[])["mean_iou", "weather_accuracy", "motion_accuracy"])
        {
            Assert.That(json[score]!.GetValue<double>(), Is.InRange(0, 1), score);
        }

        // In a headless run every frame counts, so that it is the same number again.
        var alone = Live(areas, Save(stranger, ModelTask.Classification, ["cat", "dog"])).Json;
        Assert.That(alone["mean_iou"]!.ToJsonString(), Is.EqualTo(json["mean_iou"]!.ToJsonString()));
        Assert.That(alone.ContainsKey("weather_accuracy"), Is.False);
        Assert.That(alone.ContainsKey("motion_accuracy"), Is.False);
    }

    private static StreetSource Street() => new(new() { Seed = 3, Width = Width, Height = Height });

    private static byte[] TruthOf(StreetSource source, long frame)
    {
        var truth = new byte[Width * Height];
        source.ReadTruth(frame, truth);
        return truth;
    }

    // The middle of each square, at the lower right of its two or four where it has no middle.
    private static byte[] Part(byte[] mask, int part) =>
    [
        .. from y in Enumerable.Range(0, Height / part)
           from x in Enumerable.Range(0, Width / part)
           select mask[(((y * part) + (part / 2)) * Width) + (x * part) + (part / 2)],
    ];

    private static Rtv Live(params string[] models) => Rtv.Run([
        "live", "--headless", "--json", "--device", "cpu", "--frames", "12",
        "--source", "street:seed=3,size=64x36", .. models.SelectMany(m => (string[])["--model", m])]).Exits(0);

    private string Save(Network network, ModelTask task, IReadOnlyList<string> labels)
    {
        network.Initialise(2);
        network.Manifest = new ModelManifest { Name = network.Name, Task = task, Labels = labels };
        string path = Path.Combine(_folder, network.Name + ".safetensors");
        NetworkFile.Save(network, path);
        return path;
    }
}
