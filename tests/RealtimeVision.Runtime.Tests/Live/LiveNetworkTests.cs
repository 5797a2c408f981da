using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Networks of this library on frames: alone, several together, and on streams.</summary>
public sealed class LiveNetworkTests
{
    private const int Side = 8;
    private const int Steps = 4;

    [Test]
    public async Task AStreamSaysWhatTheWholeClipDoes([Values] VisionWorker worker)
    {
        using Network network = ClipNetwork();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network, Worker = worker });
        Frame[] frames = [.. Enumerable.Range(0, Steps).Select(i => Picture(60 + (8 * i)))];
        float[] expected = Whole(network, frames);

        for (int time = 0; time < 3; time++)
        {
            float[][] seen = [.. frames.Select(f => Probabilities(engine, f))];
            Assert.That(seen[^1], Is.EqualTo(expected).Within(1e-6f), $"time {time}");
            Assert.That(seen[0], Is.Not.EqualTo(seen[^1]).Within(1e-4f));
            engine.ResetScene();
        }
    }

    /// <summary>
    /// A frame costs what one frame of a clip costs: the multiplications of the stream's plan are
    /// the whole clip's by its length.
    /// </summary>
    [Test]
    public async Task AFrameOfAStreamCostsNoMoreThanItself()
    {
        using Network network = ClipNetwork();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network });
        Probabilities(engine, Picture(60));
        using var device = new CpuDevice(1);
        using var constants = new ConstantStore(device);
        using var variables = new VariableStore(device);
        var graph = new Graph();
        foreach (Value output in network.Build(
            graph, [graph.Input("clip", TensorType.Float(1, Steps, Side, Side, 3))]))
        {
            graph.Output(output, output.Name);
        }

        using ExecutionPlan clip = ExecutionPlan.Compile(graph, device, constants, variables);

        long perFrame = Products(engine.Networks.PlanOf(0)!);

        Assert.That(perFrame, Is.Positive);
        Assert.That(Products(clip), Is.EqualTo(Steps * perFrame));

        // What convolutions give and recurrent layers take: the rest of their cost is the same.
        static long Products(ExecutionPlan plan) => plan.Graph.Nodes.Sum(node =>
            (long)(node.Operator.Name switch
            {
                "Conv2D" => node.Outputs[0].Shape.Count,
                "Lstm" => node.Inputs[0]!.Shape.Count,
                _ => 0,
            }));
    }

    [Test]
    public async Task ACutBeginsAnew()
    {
        using Network network = ClipNetwork();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network });
        Frame dark = Picture(10);
        float[] first = Probabilities(engine, dark);
        Assert.That(Probabilities(engine, dark), Is.Not.EqualTo(first).Within(1e-4f));
        Probabilities(engine, Picture(200));
        Assert.That(Probabilities(engine, dark), Is.EqualTo(first));
    }

    [Test]
    public async Task EachStreamHasAStateOfItsOwn([Values] bool isDeviceShared)
    {
        using Network network = ClipNetwork();
        using var device = new CpuDevice(1);
        VisionOptions options = VisionModelTests.Options() with { Classifier = network };
        options = isDeviceShared ? options with { Device = device } : options;
        using VisionEngine left = await VisionEngine.CreateAsync(options);
        using VisionEngine right = await VisionEngine.CreateAsync(options);
        Frame[] frames = [.. Enumerable.Range(0, Steps).Select(i => Picture(60 + (8 * i)))];
        float[] expected = Whole(network, frames);
        float[] seen = [];
        foreach (Frame frame in frames)
        {
            // What the other stream sees in between changes nothing.
            seen = Probabilities(left, frame);
            Probabilities(right, Picture(90));
        }

        Assert.That(seen, Is.EqualTo(expected).Within(1e-6f));
    }

    [Test]
    public async Task AnotherSourceBeginsAnew()
    {
        using Network network = ClipNetwork();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network });
        float[] first = Probabilities(engine, Picture(60));
        Probabilities(engine, Picture(62));
        // As the viewer does when another source, which may look the same, takes over.
        engine.ResetScene();
        Assert.That(Probabilities(engine, Picture(60)), Is.EqualTo(first));

        Frame sought = Picture(60);
        sought.Index = 100;
        Probabilities(engine, sought);
        sought.Index = 3;
        Assert.That(Probabilities(engine, sought), Is.EqualTo(first), "an index that goes back");
    }

    [Test]
    public async Task ConfidenceIsTheProbabilityOfThePixelsClass([Values(0f, 0.5f)] float smoothing)
    {
        using Network network = Segmenter();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with
            {
                Segmenter = network,
                Confidence = true,
                Smoothing = smoothing,
            });
        VisionResult result = Process(engine, Picture(90));
        Assert.That(result.Confidence.Length, Is.EqualTo(result.Mask.Length));
        // Of four classes the best has a quarter at least.
        Assert.That(result.Confidence.ToArray(), Is.All.InRange(63, 255));
        Assert.That(result.Confidence.ToArray().Distinct().Count(), Is.GreaterThan(1));

        using VisionEngine without = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Segmenter = network, Smoothing = smoothing });
        VisionResult plain = Process(without, Picture(90));
        Assert.That(plain.Confidence.IsEmpty, Is.True);
        Assert.That(plain.Mask.SequenceEqual(result.Mask), Is.True);
    }

    [Test]
    public async Task ASegmenterAndSeveralClassifiersRunTogether()
    {
        using var directory = new TemporaryDirectory();
        string segmenter = Save(directory, Segmenter());
        string motion = Save(directory, ClipNetwork());
        string weather = Save(directory, Classifier());
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with
            {
                Segmenter = segmenter,
                Classifiers = [weather, motion],
            });
        Assert.That(engine.ModelName, Is.EqualTo("segmenter + weather + motion"));
        Assert.That(engine.Classifiers.Select(c => c.Name), Is.EqualTo(["weather", "motion"]));
        Assert.That(engine.TryGetEvent(out _), Is.False);
        for (int i = 0; i < 3; i++)
        {
            VisionResult result = Process(engine, Picture(90));
            Assert.That((result.MaskWidth, result.MaskHeight), Is.EqualTo((Side, Side)));
            Assert.That(result.MaskKind, Is.EqualTo(MaskKind.Classes));
            Assert.That(
                result.Classifications.Select(c => c.Model), Is.EqualTo(["weather", "motion"]));
            Assert.That(
                result.Classifications.Select(c => c.Labels.Sum(l => l.Probability)),
                Is.All.EqualTo(1).Within(1e-5));
            Assert.That(result.Classifications[0].Labels, Has.Count.EqualTo(3));
            Assert.That(
                result.Classifications[1].Labels.Select(l => l.Text),
                Is.EquivalentTo(["standing", "driving"]));
            Assert.That(result.Labels, Is.SameAs(result.Classifications[0].Labels));
            Assert.That(result.LabelRegion, Is.EqualTo(new PixelBox(0, 0, Side, Side)));
        }
    }

    [Test]
    public void ANetworkOfClipsIsNoSegmenter()
    {
        using Network network = ClipNetwork();
        network.Manifest = network.Manifest! with { Task = ModelTask.Segmentation };
        Assert.That(
            () => VisionEngine.CreateAsync(
                VisionModelTests.Options() with { Segmenter = network }),
            Throws.ArgumentException.With.Message.Contain("motion: a model of pictures takes"));
    }

    private static string Save(TemporaryDirectory directory, Network network)
    {
        using (network)
        {
            string path = directory.File(network.Name + ".safetensors");
            NetworkFile.Save(network, path);
            return path;
        }
    }

    private static Network ClipNetwork() => Named(
        new Sequential(
            "motion", new Shape(Steps, Side, Side, 3),
            new TimeDistributed(
                new Conv2D(4, 3) { Activation = Activation.Relu }, new GlobalAveragePooling2D()),
            new Lstm(5), new Dense(2)),
        ModelTask.Classification, "standing", "driving");

    private static Network Classifier() => Named(
        new Sequential(
            "weather", new Shape(Side, Side, 3),
            new Conv2D(4, 3) { Stride = 2 }, new GlobalAveragePooling2D(), new Dense(3)),
        ModelTask.Classification, "clear", "rain", "fog");

    private static Network Segmenter() => Named(
        new Sequential("segmenter", new Shape(Side, Side, 3), new Conv2D(4, 3)),
        ModelTask.Segmentation, "road", "sky", "car", "other");

    private static Network Named(Network network, ModelTask task, params string[] labels)
    {
        network.Initialise(5);
        network.Manifest = new ModelManifest { Name = network.Name, Task = task, Labels = labels };
        return network;
    }

    private static Frame Picture(int brightness)
    {
        var frame = new Frame();
        frame.Resize(Side, Side, PixelFormat.Rgb24);
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            frame.Pixels[i] = (byte)(brightness + (i * 31 % 16));
        }

        return frame;
    }

    private static float[] Whole(Network network, Frame[] frames)
    {
        using var device = new CpuDevice(1);
        using var session = new Session(network, device);
        float[] clip = [.. frames.SelectMany(f => f.Pixels.ToArray().Select(p => p / 255f))];
        var inputs = new Dictionary<string, Tensor>
        {
            [network.Inputs[0].Name] = Tensor.Of(new Shape(1, Steps, Side, Side, 3), clip),
        };
        float[] scores = session.Run(inputs)[network.Outputs[0].Name].As<float>().ToArray();
        float sum = scores.Sum(MathF.Exp);
        return [.. scores.Select(s => MathF.Exp(s) / sum)];
    }

    private static float[] Probabilities(VisionEngine engine, Frame frame) =>
        [.. Process(engine, frame).Labels.OrderBy(l => l.Index).Select(l => l.Probability)];

    private static VisionResult Process(VisionEngine engine, Frame frame)
    {
        engine.Submit(frame);
        VisionResult? result;
        while (!engine.TryGetLatest(out result))
        {
            Assert.That(engine.Accounting.Failed, Is.Zero);
            if (engine.Options.Worker == VisionWorker.None)
            {
                engine.Tick(TimeSpan.FromMilliseconds(1));
            }

            Thread.Yield();
        }

        return result;
    }
}
