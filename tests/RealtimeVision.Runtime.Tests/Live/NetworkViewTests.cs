using System.Diagnostics;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Tests.Explain;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>A look inside networks that run.</summary>
[NonParallelizable]
public sealed class NetworkViewTests
{
    private const int Side = 16;

    [Test]
    public async Task LookingCostsNothingWhenOff([Values] VisionWorker worker)
    {
        using Network network = Segmenter();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Segmenter = network, Worker = worker });
        NetworkView view = engine.Networks;
        byte[] before = Process(engine, Picture(1)).Mask.ToArray();
        ExecutionPlan plan = view.PlanOf(0)!;
        int steps = view.StepsOf(0).Count;

        view.Look = new NetworkLook { HasClassMap = true };
        NetworkSight sight = See(engine);
        Assert.That(sight.ClassMapWidth, Is.EqualTo(Side));
        Assert.That(Process(engine, Picture(1)).Mask.ToArray(), Is.EqualTo(before));
        Assert.That(view.PlanOf(0), Is.SameAs(plan), "while somebody looks");

        view.Look = null;
        Process(engine, Picture(2));
        Process(engine, Picture(2));
        view.TryGetLatest(out _);
        Assert.That(Process(engine, Picture(1)).Mask.ToArray(), Is.EqualTo(before));
        Assert.That(view.TryGetLatest(out _), Is.False);
        Assert.That(view.PlanOf(0), Is.SameAs(plan), "when nobody looks any more");
        Assert.That(view.HasInspector, Is.False);
        Assert.That(view.StepsOf(0), Has.Count.EqualTo(steps));
        Assert.That(view.StepsOf(0).Sum(s => s.Cost.Ticks), Is.Positive);
    }

    /// <summary>On a GPU runs are measured for who asks, and for nobody else.</summary>
    [TestCase("opencl")]
    [TestCase("ilgpu-cpu")]
    public async Task OperatorsAreTimedOnAGpuWhenSomebodyAsks(string device)
    {
        using Network network = Segmenter();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Segmenter = network, Device = device });
        NetworkView view = engine.Networks;
        byte[] before = Process(engine, Picture(1)).Mask.ToArray();
        ExecutionPlan plan = view.PlanOf(0)!;
        Assert.That(plan.DescribeSteps().Sum(s => s.Cost.Ticks), Is.Zero);

        view.StepsOf(0);
        Assert.That(Process(engine, Picture(1)).Mask.ToArray(), Is.EqualTo(before));

        Assert.That(plan.DescribeSteps().Select(s => s.Cost.Ticks), Has.Some.Positive);
        long[] measured = [.. plan.DescribeSteps().Select(s => s.Cost.Ticks)];
        Process(engine, Picture(1));
        Assert.That(plan.DescribeSteps().Select(s => s.Cost.Ticks), Is.EqualTo(measured));
    }

    [Test]
    public async Task ItShowsWhatTheExplainerDoes()
    {
        using Network network = Classifier();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network });
        NetworkView view = engine.Networks;
        Assert.That(view.Models.Select(m => m.Name), Is.EqualTo(["weather"]));
        Assert.That(
            view.LayersOf(0).Select(l => l.Name),
            Is.EqualTo(["conv2d", "global_average_pooling2d", "dense"]));
        view.Look = new NetworkLook { Layer = "conv2d", HasClassMap = true };
        Frame wide = Picture(3, 2 * Side);
        NetworkSight sight = See(engine, wide);
        using var device = new CpuDevice(1);
        using var explainer = new Explainer(network, device);
        Tensor picture = explainer.Read(wide);
        int top = explainer.Predict(picture).Top;
        Assert.That((sight.Class, sight.FrameIndex), Is.EqualTo((top, wide.Index)));
        Check(sight, explainer, picture, top);
        Assert.That(
            (sight.ClassMapWidth, sight.ClassMapHeight), Is.EqualTo((Side, Side / 2)),
            "the part that shows the frame");
        Assert.That(sight.Region, Is.EqualTo(new PixelBox(0, 0, 2 * Side, Side)));

        view.Class = (top + 1) % 3;
        while (sight.Class == top)
        {
            sight = See(engine, wide);
        }

        Check(sight, explainer, picture, (top + 1) % 3);
    }

    [Test]
    public async Task SeeingAllocatesNothing()
    {
        using Network network = Segmenter();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with
            {
                Segmenter = network,
                Worker = VisionWorker.None,
                Threads = 1,
            });
        engine.Networks.Look = new NetworkLook { HasClassMap = true };
        Frame frame = Picture(4);
        See(engine, frame);
        long seen = 0, first = 0, last = 0;
        for (int i = 0; i < 60; i++)
        {
            // Buffers come and go for a few frames; then they are the same ones.
            first = i == 20 ? GC.GetAllocatedBytesForCurrentThread() : first;
            engine.Submit(frame);
            do
            {
                engine.Tick(TimeSpan.FromMilliseconds(5));
            }
            while (!engine.TryGetLatest(out _));
            seen += engine.Networks.TryGetLatest(out _) ? 1 : 0;
            last = GC.GetAllocatedBytesForCurrentThread();
        }

        Assert.That(seen, Is.EqualTo(60));
        Assert.That(last - first, Is.Zero);
    }

    [Test]
    public async Task WhileNoFrameComesTheNewestIsSeen(
        [Values] VisionWorker worker, [Values] Pace pace, [Values] bool isTaken)
    {
        using Network network = Classifier();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network, Worker = worker, Pace = pace });
        Frame first = Picture(5), shown = Picture(6);
        first.Index = 4;
        shown.Index = 5;
        Process(engine, first);
        if (isTaken)
        {
            Process(engine, shown);
        }
        else
        {
            engine.Submit(shown);
            Wait(engine, () => engine.Accounting.Processed == 2);
        }

        Accounting before = engine.Accounting;
        using var device = new CpuDevice(1);
        using var explainer = new Explainer(network, device);
        Tensor picture = explainer.Read(shown);
        int top = explainer.Predict(picture).Top;
        foreach (int wanted in (int[])[top, (top + 1) % 3, (top + 2) % 3])
        {
            // The first look, another class, another layer's maps.
            engine.Networks.Class = wanted == top ? null : wanted;
            if (wanted != (top + 1) % 3)
            {
                engine.Networks.Look = new NetworkLook { Layer = "conv2d", HasClassMap = true };
            }

            NetworkSight? sight = null;
            Wait(engine, () =>
                engine.Networks.TryGetLatest(out sight) && sight.Class == wanted);
            Assert.That(sight!.FrameIndex, Is.EqualTo(5));
            float[] map = explainer.Attribute(
                new GradCam { Layer = "conv2d" }, picture, wanted).Values;
            float most = map.Max();
            Assert.That(
                sight.ClassMap.ToArray(),
                Is.EqualTo(map.Select(v => most > 0 ? 255 * v / most : 0)).Within(1));
        }

        Assert.That(engine.Accounting, Is.EqualTo(before), "no frame was made of it");
        engine.Networks.Look = null;
        Wait(engine, () => !engine.Networks.HasInspector);
        if (!isTaken)
        {
            Assert.That(engine.TryGetLatest(out _), Is.True);
        }

        Assert.That(Process(engine, Picture(7)).Classifications[0].Labels, Is.Not.Empty);
    }

    [Test]
    public async Task AFrameOfAStreamIsNotSeenTwice()
    {
        using Network network = Named(
            new Sequential(
                "motion", new Shape(3, Side, Side, 3),
                new TimeDistributed(
                    new Conv2D(4, 3) { Activation = Activation.Relu }, new GlobalAveragePooling2D()),
                new Lstm(4), new Dense(3)),
            ModelTask.Classification);
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network, Worker = VisionWorker.None });
        Process(engine, Picture(5));
        engine.Networks.Look = new NetworkLook { HasClassMap = true };
        Wait(engine, () => engine.Networks.TryGetLatest(out _));
        engine.Networks.Class = 2;
        for (int i = 0; i < 20; i++)
        {
            engine.Tick(TimeSpan.FromMilliseconds(1));
        }

        Assert.That(engine.Networks.TryGetLatest(out _), Is.False, "it would be taken for the next");
        Frame next = Picture(6);
        next.Index = 1;
        Process(engine, next);
        Assert.That(engine.Networks.TryGetLatest(out NetworkSight? sight), Is.True);
        Assert.That((sight!.Class, sight.FrameIndex), Is.EqualTo((2, 1L)));
    }

    [Test]
    public async Task AtEveryFrameTheNextOneIsSeen(
        [Values("cpu", "ilgpu-cpu", "opencl")] string device)
    {
        using Network network = Segmenter();
        VisionOptions options = VisionModelTests.Options() with { Pace = Pace.EveryFrame };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            options with { Segmenter = network, Device = device });
        foreach (string layer in (string[])["conv2d", "conv2d_1"])
        {
            engine.Networks.Look = new NetworkLook { Layer = layer };
            Process(engine, Picture(8));
            Assert.That(engine.Networks.TryGetLatest(out NetworkSight? sight), Is.True);
            Assert.That(sight!.Layer.Name, Is.EqualTo(layer));
        }
    }

    [Test]
    public async Task WhatCannotBeSeenIsSaid()
    {
        using var model = new HardModel
        {
            Manifest = new ModelManifest { Name = "hard", Task = ModelTask.Classification },
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = model });
        NetworkView view = engine.Networks;
        Assert.That(
            () => view.Look = new NetworkLook { Layer = "mea" },
            Throws.TypeOf<ExplainException>().With.Message.Contains("'mean'"));
        Assert.That(
            () => view.Look = new NetworkLook { Model = 1 },
            Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(view.Look, Is.Null);

        view.Look = new NetworkLook { Layer = "mean", HasClassMap = true };
        var time = Stopwatch.StartNew();
        while (view.Problem is null && time.Elapsed < TimeSpan.FromMinutes(1))
        {
            Assert.That(Process(engine, Picture(5)).Labels, Is.Not.Empty);
        }

        Assert.That(view.Problem, Does.Contain("maps"));
        view.Look = new NetworkLook { Layer = "mean" };
        Assert.That(view.Problem, Is.Null);
        Assert.That(See(engine).Histogram.ToArray().Sum(), Is.EqualTo(3));
    }

    [Test]
    public async Task NetworksOfClipsKeepTheirOwnState()
    {
        using Network network = Named(
            new Sequential(
                "motion", new Shape(4, Side, Side, 3),
                new TimeDistributed(
                    new Conv2D(4, 3) { Activation = Activation.Relu },
                    new GlobalAveragePooling2D()),
                new Lstm(5), new Dense(2)),
            ModelTask.Classification);
        using VisionEngine plain = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network });
        using VisionEngine seen = await VisionEngine.CreateAsync(
            VisionModelTests.Options() with { Classifier = network });
        seen.Networks.Look = new NetworkLook { HasClassMap = true };
        See(seen);
        seen.ResetScene();
        for (int i = 0; i < 4; i++)
        {
            float expected = Process(plain, Picture(6)).Labels[0].Probability;
            Assert.That(Process(seen, Picture(6)).Labels[0].Probability, Is.EqualTo(expected));
            Assert.That(seen.Networks.TryGetLatest(out NetworkSight? sight), Is.True);
            Assert.That(sight!.Layer.Shape, Is.EqualTo(new Shape(1, Side, Side, 4)));
        }
    }

    private static void Check(
        NetworkSight sight, Explainer explainer, Tensor picture, int classIndex)
    {
        Tensor values = explainer.Activations(picture, "conv2d")[0];
        var levels = new byte[sight.Layout!.Width * sight.Layout.Height];
        sight.Layout.Draw(values.As<float>(), levels);
        Assert.That(sight.Maps.ToArray(), Is.EqualTo(levels).Within(1));
        float[] numbers = values.As<float>().ToArray();
        Assert.That(sight.Least, Is.EqualTo(numbers.Min()).Within(1e-5));
        Assert.That(sight.Most, Is.EqualTo(numbers.Max()).Within(1e-5));
        Assert.That(sight.Histogram.ToArray().Sum(), Is.EqualTo(numbers.Length));
        float[] map = explainer
            .Attribute(new GradCam { Layer = "conv2d" }, picture, classIndex).Values;

        // The upper and lower quarter of the picture are padding.
        float[] part = map[(Side * Side / 4)..(3 * Side * Side / 4)];
        float most = part.Max();
        Assert.That(
            sight.ClassMap.ToArray(),
            Is.EqualTo(part.Select(v => most > 0 ? 255 * v / most : 0)).Within(1));
    }

    // No frame goes by.
    private static void Wait(VisionEngine engine, Func<bool> isSo)
    {
        var time = Stopwatch.StartNew();
        while (!isSo())
        {
            Assert.That(engine.Networks.Problem, Is.Null);
            Assert.That(time.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)), "it never comes to that");
            if (engine.Options.Worker == VisionWorker.None)
            {
                engine.Tick(TimeSpan.FromMilliseconds(1));
            }

            Thread.Yield();
        }
    }

    // Frames go by until the inspector is made.
    private static NetworkSight See(VisionEngine engine, Frame? frame = null)
    {
        var time = Stopwatch.StartNew();
        NetworkSight? sight;
        while (!engine.Networks.TryGetLatest(out sight))
        {
            Assert.That(engine.Networks.Problem, Is.Null);
            Assert.That(time.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)), "it is never made");
            Process(engine, frame ?? Picture(7));
        }

        return sight;
    }

    private static Network Segmenter() => Named(
        new Sequential(
            "areas", new Shape(Side, Side, 3), new Conv2D(5, 3) { Activation = Activation.Relu },
            new Conv2D(3, 1)),
        ModelTask.Segmentation);

    private static Network Classifier() => Named(
        new Sequential(
            "weather", new Shape(Side, Side, 3),
            new Conv2D(4, 3) { Activation = Activation.Relu }, new GlobalAveragePooling2D(),
            new Dense(3)),
        ModelTask.Classification);

    private static Network Named(Network network, ModelTask task)
    {
        network.Initialise(5);
        network.Manifest = new ModelManifest { Name = network.Name, Task = task };
        return network;
    }

    private static Frame Picture(int seed, int width = Side)
    {
        var frame = new Frame();
        frame.Resize(width, Side, PixelFormat.Rgb24);
        new Random(seed).NextBytes(frame.Pixels);
        return frame;
    }

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
