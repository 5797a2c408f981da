using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>An engine takes no more memory than it may.</summary>
public sealed class MemoryLimitTests
{
    [Test]
    public async Task AnEngineStaysWithinItsLimitAndSaysWhatDoesNotFit(
        [Values] VisionWorker worker)
    {
        using var model = new BrightnessModel(16, 8)
        {
            Manifest = VisionModelTests.ManifestOf(false),
        };
        VisionOptions options = VisionEngineTests.Options(worker) with
        {
            Device = "cpu",
            Threads = 1,
            Segmenter = model,
            Smoothing = 0.5f,
        };
        long needed;
        using (VisionEngine unlimited = await VisionEngine.CreateAsync(options))
        {
            needed = unlimited.MemoryBytes;
            Assert.That(needed, Is.GreaterThan(16 * 8 * 3));
        }

        Assert.That(
            () => VisionEngine.CreateAsync(options with { MemoryLimit = needed - 1 }),
            Throws.TypeOf<MemoryLimitException>().With.Message.Contains("MB on device 'cpu'"));
        Assert.That(
            () => VisionEngine.CreateAsync(options with { MemoryLimit = 0 }),
            Throws.InstanceOf<ArgumentOutOfRangeException>());

        VisionEngine engine = await VisionEngine.CreateAsync(options with { MemoryLimit = needed });
        using (engine)
        {
            Process(engine, width: 512);
            Assert.That(engine.Accounting.Failed, Is.EqualTo(1));
            Assert.That(engine.TryGetEvent(out VisionEvent? failure), Is.True);
            Assert.That(failure!.Error, Is.TypeOf<MemoryLimitException>());
            Process(engine, width: 16);
            Assert.That(engine.Accounting.Processed, Is.EqualTo(1));
            Assert.That(engine.MemoryBytes, Is.EqualTo(needed));
        }

        Assert.That(engine.MemoryBytes, Is.Zero, "after its release");
    }

    [Test]
    public void ABudgetCountsWhatIsThere()
    {
        using var device = new CpuDevice(1);
        var budget = new MemoryBudget(1 << 20);
        DeviceMemory half = budget.Allocate(device, 1 << 19, "one half");
        DeviceMemory other = budget.Allocate(device, 1 << 19, "the other");
        Assert.That(budget.Used, Is.EqualTo(1 << 20));
        Assert.That(
            () => budget.Allocate(device, 1, "a byte"),
            Throws.TypeOf<MemoryLimitException>().With.Message.EqualTo(
                "a byte needs 0.0 MB on device 'cpu', and 1.0 of the 1.0 MB that are allowed are in use"));
        budget.Free(half);
        budget.Free(other);
        Assert.That(budget.Used, Is.Zero);
    }

    private static void Process(VisionEngine engine, int width)
    {
        engine.Submit(VisionEngineTests.FrameOf(0, width));
        while (!engine.Accounting.IsIdle)
        {
            if (engine.Options.Worker == VisionWorker.None)
            {
                engine.Tick(TimeSpan.FromMilliseconds(1));
            }
        }
    }
}
