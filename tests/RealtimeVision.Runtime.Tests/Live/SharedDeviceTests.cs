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
