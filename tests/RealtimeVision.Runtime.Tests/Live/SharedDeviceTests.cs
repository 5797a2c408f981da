using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Several engines on one device.</summary>
public sealed class SharedDeviceTests
{
    private static readonly string[] Devices =
    [
        "cpu", "ilgpu-cpu",
        .. DeviceList.Find().Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null)
            .Select(d => d.Id),
    ];

    [TestCaseSource(nameof(Devices))]
    public async Task StreamsShareADeviceAndEachGetsItsOwn(string id)
    {
        using Device device = DeviceList.Open(id, threads: 2);
        using var model = new BrightnessModel(16, 8)
        {
            Manifest = VisionModelTests.ManifestOf(false),
        };
        VisionOptions options = VisionEngineTests.Options(pace: Pace.EveryFrame) with
        {
            Device = device,
            Segmenter = model,
        };
        using VisionEngine first = await VisionEngine.CreateAsync(options);

        // The second one is made while the first one runs.
        Task<VisionEngine> making = VisionEngine.CreateAsync(
            options with { Priority = VisionPriority.High });
        int alone = 0;
        do
        {
            Check(first, alone++);
        }
        while (!making.IsCompleted);
        using VisionEngine second = await making;
        for (int i = 0; i < 50; i++)
        {
            second.Submit(Grey((byte)(i + 100), i));
            Check(first, alone++);
            VisionResult result = VisionEngineTests.Take(second);
            Assert.That(result.Frame.Index, Is.EqualTo(i));
            Assert.That(result.Mask[0], Is.EqualTo(i + 100).Within(1));
        }

        static void Check(VisionEngine engine, int index)
        {
            engine.Submit(Grey((byte)(index % 100), index));
            VisionResult result = VisionEngineTests.Take(engine);
            Assert.That(result.Frame.Index, Is.EqualTo(index));
            Assert.That(result.Mask[0], Is.EqualTo(index % 100).Within(1));
        }
    }

    [TestCaseSource(nameof(Devices))]
    public async Task EnginesThatAreTickedShareADevice(string id)
    {
        using Device device = DeviceList.Open(id, threads: 2);
        using var model = new BrightnessModel(16, 8)
        {
            Manifest = VisionModelTests.ManifestOf(false),
        };
        VisionOptions options = VisionEngineTests.Options(VisionWorker.None) with
        {
            Device = device,
            Segmenter = model,
        };
        using VisionEngine first = await VisionEngine.CreateAsync(options);
        using VisionEngine second = await VisionEngine.CreateAsync(options);
        using VisionEngine third = await VisionEngine.CreateAsync(
            options with { Worker = VisionWorker.Background });

        // From one thread, a piece of each in turns.
        for (int i = 0; i < 20; i++)
        {
            first.Submit(Grey((byte)i, i));
            second.Submit(Grey((byte)(i + 100), i));
            while (!first.Accounting.IsIdle || !second.Accounting.IsIdle)
            {
                first.Tick(TimeSpan.Zero);
                second.Tick(TimeSpan.Zero);
            }

            Take(first, i, i);
            Take(second, i + 100, i);
        }

        // From two threads, beside one that runs in the background.
        var other = new Thread(() => Run(second, 100));
        other.Start();
        for (int i = 100; i < 150; i++)
        {
            third.Submit(Grey((byte)i, i));
            Run(first, 0, i, count: 1);
            Take(third, i, i);
        }

        other.Join();
        Assert.That(
            new[] { first, second, third }.Select(engine => engine.Accounting.Failed), Is.All.Zero);
        Assert.That(second.Accounting.Processed, Is.EqualTo(70));

        static void Run(VisionEngine engine, int level, int from = 100, int count = 50)
        {
            for (int i = from; i < from + count; i++)
            {
                engine.Submit(Grey((byte)((level + i) % 200), i));
                while (!engine.Accounting.IsIdle)
                {
                    engine.Tick(TimeSpan.FromMilliseconds(1));
                }

                Take(engine, (level + i) % 200, i);
            }
        }

        static void Take(VisionEngine engine, int level, int index)
        {
            VisionResult result = VisionEngineTests.Take(engine);
            Assert.That(result.Frame.Index, Is.EqualTo(index));
            Assert.That(result.Mask[0], Is.EqualTo(level).Within(1));
        }
    }

    [Test]
    public void AFrameInTheBackgroundPausesForATickOfItsPriority()
    {
        using var device = new CpuDevice(1);
        using var background = new DeviceTurn(device, VisionPriority.Normal);
        using var ticked = new DeviceTurn(device, VisionPriority.Normal, isTicked: true);
        var endless = new FakeFactory { SharedTurn = background, SlicesPerFrame = int.MaxValue };
        using var slow = VisionEngineTests.Engine(endless);
        using var game = VisionEngineTests.Engine(
            new FakeFactory { SharedTurn = ticked }, VisionWorker.None);
        slow.Submit(VisionEngineTests.FrameOf(1));
        SpinWait.SpinUntil(() => endless.SlicesRun > 0);
        for (int i = 2; i < 5; i++)
        {
            game.Submit(VisionEngineTests.FrameOf(i));
            game.Tick(VisionEngineTests.Patience);
            Assert.That(VisionEngineTests.Take(game).Frame.Index, Is.EqualTo(i));
            Assert.That(slow.Accounting.InFlight, Is.EqualTo(1));
        }

        endless.SlicesPerFrame = 1;
        Assert.That(VisionEngineTests.Take(slow).Frame.Index, Is.EqualTo(1));
    }

    [Test]
    public void ATickWaitsForTheDeviceNoLongerThanItsBudget()
    {
        using var device = new CpuDevice(1);
        using var holder = new DeviceTurn(device, VisionPriority.High);
        using var ticked = new DeviceTurn(device, VisionPriority.Normal, isTicked: true);
        using var game = VisionEngineTests.Engine(
            new FakeFactory { SharedTurn = ticked }, VisionWorker.None);
        game.Submit(VisionEngineTests.FrameOf(1));
        holder.Enter(default);
        game.Tick(TimeSpan.FromMilliseconds(1));
        Assert.That(game.Accounting.Waiting, Is.EqualTo(1));
        Assert.That(holder.MustPause, Is.False);
        holder.Exit();

        // Nor at all where models are being made ready.
        holder.Enter(default, isLong: true);
        game.Tick(TimeSpan.FromDays(1));
        Assert.That(game.Accounting.Waiting, Is.EqualTo(1));
        holder.Exit();
        game.Tick(TimeSpan.Zero);
        Assert.That(VisionEngineTests.Take(game).Frame.Index, Is.EqualTo(1));
        Assert.That(holder.Waiting, Is.Zero);
    }

    [Test]
    public void TicksAtTheSameMomentAreCutShortInTurns()
    {
        using var device = new CpuDevice(1);
        using var first = new DeviceTurn(device, VisionPriority.Normal, isTicked: true);
        using var second = new DeviceTurn(device, VisionPriority.Normal, isTicked: true);
        using var low = new DeviceTurn(device, VisionPriority.Low, isTicked: true);
        var cut = new List<bool>();
        for (int i = 0; i < 4; i++)
        {
            Assert.That(first.TryEnter(TimeSpan.Zero, default), Is.True);
            var waiting = new Thread(() =>
            {
                Assert.That(second.TryEnter(VisionEngineTests.Patience, default), Is.True);
                second.Exit();
            });
            waiting.Start();
            SpinWait.SpinUntil(() => first.Waiting == 1);
            cut.Add(first.MustPause);
            first.Exit();
            waiting.Join();
        }

        Assert.That(cut, Is.EqualTo(new[] { true, false, true, false }));
        Assert.That(low.IsOutranked, Is.True);
        Assert.That(first.TryEnter(TimeSpan.Zero, default), Is.True);
        Assert.That(low.TryEnter(TimeSpan.FromMilliseconds(1), default), Is.False);
        first.Exit();
    }

    [Test]
    public void TheHighestGoesFirstAndEqualsInTheirOrder()
    {
        using var device = new CpuDevice(1);
        using var holder = new DeviceTurn(device, VisionPriority.Normal);
        holder.Enter(default);
        var order = new List<int>();
        var threads = new List<Thread>();
        VisionPriority[] priorities =
        [
            VisionPriority.Low, VisionPriority.Normal, VisionPriority.High, VisionPriority.Normal,
        ];
        for (int i = 0; i < priorities.Length; i++)
        {
            int number = i;
            var turn = new DeviceTurn(device, priorities[i]);
            var thread = new Thread(() =>
            {
                turn.Enter(default);
                order.Add(number);
                turn.Exit();
                turn.Dispose();
            });
            thread.Start();
            threads.Add(thread);
            SpinWait.SpinUntil(() => holder.Waiting == number + 1);
        }

        holder.Exit();
        threads.ForEach(t => t.Join());
        Assert.That(order, Is.EqualTo(new[] { 2, 1, 3, 0 }));
        Assert.That(holder.IsOutranked, Is.False);
    }

    [Test]
    public void AFrameOfAHigherPriorityOvertakesOneThatIsBeingProcessed()
    {
        using var device = new CpuDevice(1);
        using var low = new DeviceTurn(device, VisionPriority.Low);
        using var high = new DeviceTurn(device, VisionPriority.High);
        var endless = new FakeFactory { SharedTurn = low, SlicesPerFrame = int.MaxValue };
        using var slow = VisionEngineTests.Engine(endless);
        using var quick = VisionEngineTests.Engine(new FakeFactory { SharedTurn = high });
        slow.Submit(VisionEngineTests.FrameOf(1));
        SpinWait.SpinUntil(() => endless.SlicesRun > 0);
        for (int i = 2; i < 5; i++)
        {
            quick.Submit(VisionEngineTests.FrameOf(i));
            Assert.That(VisionEngineTests.Take(quick).Frame.Index, Is.EqualTo(i));
            Assert.That(slow.Accounting.InFlight, Is.EqualTo(1));
        }

        endless.SlicesPerFrame = 1;
        Assert.That(VisionEngineTests.Take(slow).Frame.Index, Is.EqualTo(1));
    }

    [Test]
    public void AnEngineThatWaitsForItsTurnEndsAtOnceAndTakesTheNewestFrame()
    {
        using var device = new CpuDevice(1);
        using var holder = new DeviceTurn(device, VisionPriority.Normal);
        using var waiting = new DeviceTurn(device, VisionPriority.Normal);
        holder.Enter(default);
        using (var engine = VisionEngineTests.Engine(new FakeFactory { SharedTurn = waiting }))
        {
            engine.Submit(VisionEngineTests.FrameOf(1));
            SpinWait.SpinUntil(() => holder.Waiting == 1);
            engine.Submit(VisionEngineTests.FrameOf(2));
            holder.Exit();
            Assert.That(VisionEngineTests.Take(engine).Frame.Index, Is.EqualTo(2));
            holder.Enter(default);
            engine.Submit(VisionEngineTests.FrameOf(3));
            SpinWait.SpinUntil(() => holder.Waiting == 1);
            engine.Dispose();
            Assert.That(engine.Accounting, Is.EqualTo(new Accounting(3, 1, 2, 0, 0, 0)));
        }

        holder.Exit();
    }

    private static Frame Grey(byte level, long index)
    {
        var frame = new Frame { Index = index };
        frame.Resize(16, 8, PixelFormat.Rgb24);
        frame.Pixels.Fill(level);
        return frame;
    }
}
