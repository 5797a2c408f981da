using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live.Teaching;

/// <summary>Pictures of three kinds, never the same twice, and what learns to tell them apart.</summary>
internal static class TeachingScene
{
    public const int Side = 16;

    /// <summary>The kinds, which are what the classes are called.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["reddish", "bluish", "striped"];

    /// <summary>A network of random convolutions: a backbone that knows nothing of the kinds.</summary>
    public static Network Backbone(string name = "backbone", ulong seed = 7)
    {
        var network = new Sequential(
            name, new Shape(Side, Side, 3),
            new Conv2D(16, 3) { Stride = 2, Activation = Activation.Relu },
            new GlobalAveragePooling2D(), new Dropout(0.2f), new Dense(5));
        network.Initialise(seed);
        network.Manifest = new ModelManifest
        {
            Name = name, Task = ModelTask.Classification, Labels = ["a", "b", "c", "d", "e"],
            Input = new ManifestInput { Mean = [0.4f, 0.4f, 0.4f], Std = [0.2f, 0.2f, 0.2f] },
        };
        return network;
    }

    public static VisionOptions Options(Teacher teacher) =>
        VisionModelTests.Options() with { Teacher = teacher };

    /// <summary>A picture of a kind; another for each number.</summary>
    public static Frame Picture(string kind, int number)
    {
        var frame = new Frame { Index = number };
        frame.Resize(Side, Side, PixelFormat.Rgb24);
        var random = new Random((number * 3) + Kinds.ToList().IndexOf(kind));
        int light = random.Next(40);
        Span<byte> pixels = frame.Pixels;
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % Side;
            int colour = i % 3;
            int value = kind switch
            {
                "reddish" => colour == 0 ? 170 : 80,
                "bluish" => colour == 2 ? 170 : 80,
                _ => ((x + number) & 1) == 0 ? 190 : 30,
            };
            pixels[i] = (byte)(value + light + random.Next(20));
        }

        return frame;
    }

    /// <summary>Lets an engine process a frame.</summary>
    public static VisionResult Process(this VisionEngine engine, Frame frame)
    {
        engine.Submit(frame);
        VisionResult? result;
        while (!engine.TryGetLatest(out result))
        {
            if (engine.Accounting.Failed > 0 && engine.TryGetEvent(out VisionEvent? happened))
            {
                Assert.Fail(happened.Message);
            }

            if (engine.Options.Worker == VisionWorker.None)
            {
                engine.Tick(TimeSpan.FromMilliseconds(1));
            }

            Thread.Yield();
        }

        return result;
    }

    /// <summary>Shows a teacher pictures of a kind, and waits until it has learnt them.</summary>
    public static void Teach(this VisionEngine engine, string kind, int first, int count)
    {
        Teacher teacher = engine.Options.Teacher!;
        for (int i = first; i < first + count; i++)
        {
            teacher.Collect(kind, engine.Process(Picture(kind, i)));
        }

        teacher.Release();
        Assert.That(teacher.WaitUntilTrained(TimeSpan.FromMinutes(2)), Is.True);
    }

    /// <summary>Share of new pictures that get the right label first.</summary>
    public static double Score(this VisionEngine engine, params IReadOnlyList<string> kinds)
    {
        int right = 0;
        int all = 0;
        for (int i = 10_000; i < 10_020; i++)
        {
            foreach (string kind in kinds)
            {
                VisionResult result = engine.Process(Picture(kind, i));
                right += result.Classifications[^1].Labels[0].Text == kind ? 1 : 0;
                all++;
            }
        }

        return (double)right / all;
    }

    /// <summary>The probabilities of a result by class, exactly.</summary>
    public static float[] Probabilities(this VisionResult result) =>
        [.. result.Classifications[^1].Labels.OrderBy(l => l.Index).Select(l => l.Probability)];

    /// <summary>Features as a backbone could make them: a cloud for each class.</summary>
    public static void CollectCloud(this Teacher teacher, string name, int seed, int count)
    {
        var random = new Random(seed);
        var features = new float[teacher.FeatureCount];
        for (int i = 0; i < count; i++)
        {
            for (int f = 0; f < features.Length; f++)
            {
                features[f] = (float)((100 * (((name[0] * 7) + f) % 5)) + (20 * random.NextDouble()));
            }

            teacher.Collect(name, features);
        }
    }
}
