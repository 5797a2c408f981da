using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>When what looks inside a network is made, and by whose turn on the device.</summary>
public sealed class NetworkInspectionTests
{
    private static readonly TimeSpan Patience = VisionEngineTests.Patience;

    [Test]
    public async Task OnAGpuItIsMadeInATurn()
    {
        using Device device = DeviceList.Open("ilgpu-cpu");
        using var model = new CountedModel();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionEngineTests.Options() with { Device = device, Segmenter = model });
        engine.Submit(VisionEngineTests.FrameOf(0));
        VisionEngineTests.Take(engine);

        // The engine's turn, in which the making begins, is followed by that of another one.
        using var holder = new DeviceTurn(device, VisionPriority.Normal);
        using var next = new DeviceTurn(device, VisionPriority.Normal);
        holder.Enter(default);
        engine.Networks.Look = new NetworkLook { Layer = "scores" };
        WaitUntil(() => holder.Waiting == 1);
        var other = new Thread(() => next.Enter(default));
        other.Start();
        WaitUntil(() => holder.Waiting == 2);
        int built = model.Built;
        holder.Exit();
        other.Join();
        WaitUntil(() => next.Waiting == 1);
        Assert.That(model.Built, Is.EqualTo(built));

        next.Exit();
        NetworkSight? sight = null;
        WaitUntil(() => engine.Networks.TryGetLatest(out sight));
        Assert.That(sight!.Layer.Name, Is.EqualTo("scores"));
        Assert.That(model.Built, Is.GreaterThan(built));
    }

    [Test]
    public void WhatWaitsForItsTurnEndsWithTheProcessor()
    {
        using Device device = DeviceList.Open("ilgpu-cpu");
        using var model = new CountedModel();
        using var holder = new DeviceTurn(device, VisionPriority.Normal);
        holder.Enter(default);
        bool isMade = false;
        NetworkView view = Looked(model);
        var inspection = new NetworkInspection(
            view,
            (_, _, _) =>
            {
                isMade = true;
                throw new InvalidOperationException("nobody asked for it");
            },
            isAwaited: false, new DeviceTurn(device, VisionPriority.Normal));
        using (var processor = new ModelFrameProcessor([], 1, device, inspection))
        {
            Assert.That(inspection.Update(processor, default), Is.Null);
            WaitUntil(() => holder.Waiting == 1);
        }

        Assert.That((holder.Waiting, isMade), Is.EqualTo((0, false)));
        holder.Exit();
    }

    [Test]
    public void FramesComeBetweenTheNodesOfWhatIsMade()
    {
        using Device device = DeviceList.Open("ilgpu-cpu");
        using var model = new CountedModel();
        using var frame = new DeviceTurn(device, VisionPriority.Normal);
        NetworkView view = Looked(model);
        var inspection = new NetworkInspection(
            view,
            (_, progress, _) =>
            {
                bool isProcessed = false;
                var other = new Thread(() =>
                {
                    frame.Enter(default);
                    isProcessed = true;
                    frame.Exit();
                });
                other.Start();
                SpinWait.SpinUntil(() => frame.Waiting == 1);
                progress!.Report(0.5);
                throw new InvalidOperationException($"processed: {isProcessed}");
            },
            isAwaited: false, new DeviceTurn(device, VisionPriority.Normal));
        using var processor = new ModelFrameProcessor([], 1, device, inspection);
        WaitUntil(() =>
        {
            inspection.Update(processor, default);
            return view.Problem is not null;
        });
        Assert.That(view.Problem, Is.EqualTo("processed: True"));
    }

    [Test]
    public void AFrameThatWaitsForItEndsWithTheEngine()
    {
        using var device = new CpuDevice(1);
        using var model = new CountedModel();
        using var stop = new CancellationTokenSource();
        NetworkView view = Looked(model);
        var inspection = new NetworkInspection(
            view,
            (_, _, cancellation) =>
            {
                stop.Cancel();
                cancellation.ThrowIfCancellationRequested();
                throw new InvalidOperationException("the making goes on");
            },
            isAwaited: true, null);
        using var processor = new ModelFrameProcessor([], 1, device, inspection);
        Assert.That(
            () => inspection.Update(processor, stop.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(view.Problem, Is.Null);
    }

    [Test]
    public async Task ATickThatDoesNotGetTheDeviceLeavesTheLookToALaterOne()
    {
        using var device = new CpuDevice(1);
        using var model = new CountedModel();
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionEngineTests.Options(VisionWorker.None) with
            {
                Device = device,
                Segmenter = model,
            });
        engine.Submit(VisionEngineTests.FrameOf(0));
        WaitUntil(() =>
        {
            engine.Tick(TimeSpan.FromMilliseconds(1));
            return engine.TryGetLatest(out _);
        });
        using var holder = new DeviceTurn(device, VisionPriority.Normal);
        holder.Enter(default);
        engine.Networks.Look = new NetworkLook { Layer = "scores" };
        engine.Tick(TimeSpan.Zero);
        holder.Exit();
        WaitUntil(() =>
        {
            engine.Tick(TimeSpan.FromMilliseconds(1));
            return engine.Networks.TryGetLatest(out _);
        });
    }

    private static NetworkView Looked(CountedModel model) =>
        new([new FrameModel(model, ModelTask.Segmentation)]) { Look = new NetworkLook() };

    private static void WaitUntil(Func<bool> isSo) =>
        Assert.That(SpinWait.SpinUntil(isSo, Patience), Is.True, "it never comes to that");

    /// <summary>Counts how often a graph is made of it.</summary>
    private sealed class CountedModel()
        : ConvolutionModel(
            16, 8, false,
            Variable.Constant("weights", new Shape(1, 1, 3, 2), [1f, 0, 0, 1, 1, 0]), Size2.One)
    {
        private int _built;

        public int Built => Volatile.Read(ref _built);

        protected override Value After(Graph graph, Value scores)
        {
            Interlocked.Increment(ref _built);
            return scores;
        }
    }
}
