using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Engines on one device have the weights of a model once.</summary>
public sealed class SharedWeightsTests
{
    private static readonly string[] Devices =
    [
        "cpu", "ilgpu-cpu",
        .. DeviceList.Find().Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null)
            .Select(d => d.Id),
    ];

    [TestCaseSource(nameof(Devices))]
    public async Task TwoEnginesHaveTheWeightsOfOne(string id)
    {
        using Device device = DeviceList.Open(id, threads: 2);
        ConstantPool pool = ModelStores.PoolOf(device);
        for (int firstToGo = 0; firstToGo < 2; firstToGo++)
        {
            // Loaded for each: it is the content that counts.
            using var model = Model();
            using var again = Model();
            VisionEngine[] engines = [await EngineOf(device, model), null!];
            var (count, bytes, alone) = (pool.Count, pool.Bytes, engines[0].MemoryBytes);
            Assert.That(count, Is.Positive);
            Check(engines[0], 10);
            engines[1] = await EngineOf(device, again);
            Assert.That((pool.Count, pool.Bytes), Is.EqualTo((count, bytes)));
            Assert.That(engines[0].MemoryBytes, Is.EqualTo(alone));
            Assert.That(engines[1].MemoryBytes, Is.EqualTo(alone - bytes));
            Check(engines[0], 20);
            Check(engines[1], 200);

            engines[firstToGo].Dispose();
            Assert.That(engines[firstToGo].MemoryBytes, Is.Zero);
            Assert.That(engines[1 - firstToGo].MemoryBytes, Is.EqualTo(alone), "the heir pays");
            Assert.That((pool.Count, pool.Bytes), Is.EqualTo((count, bytes)));
            Check(engines[1 - firstToGo], 30);
            engines[1 - firstToGo].Dispose();
            Assert.That(engines[1 - firstToGo].MemoryBytes, Is.Zero);
            Assert.That((pool.Count, pool.Bytes), Is.EqualTo((0, 0L)));
        }
    }

    [Test]
    public async Task WhatAModelAloneHasGoesWithIt()
    {
        using var device = new CpuDevice(1);
        ConstantPool pool = ModelStores.PoolOf(device);
        using var model = Model();
        using var other = Model(square: 2);
        using VisionEngine engine = await EngineOf(device, model);
        var (count, bytes) = (pool.Count, pool.Bytes);
        using (await EngineOf(device, other))
        {
            Assert.That(pool.Bytes, Is.GreaterThan(bytes));
        }

        Assert.That((pool.Count, pool.Bytes), Is.EqualTo((count, bytes)));
        Check(engine, 50);
    }

    [Test]
    public async Task ALimitCountsSharedWeightsOnce()
    {
        using var device = new CpuDevice(1);
        using var model = Model();
        long alone;
        using (VisionEngine engine = await EngineOf(device, model))
        {
            alone = engine.MemoryBytes;
        }

        Assert.That(
            () => EngineOf(device, model, alone - 1), Throws.TypeOf<MemoryLimitException>());
        Assert.That(ModelStores.PoolOf(device).Count, Is.Zero, "nothing is left of what failed");
        using VisionEngine first = await EngineOf(device, model, alone);
        using VisionEngine second = await EngineOf(device, model, alone - 1);
        Assert.That(
            first.MemoryBytes + second.MemoryBytes,
            Is.EqualTo((2 * alone) - ModelStores.PoolOf(device).Bytes));
        Check(second, 70);
    }

    [Test]
    public void StoresWithoutAPoolHaveTheirOwn()
    {
        using var device = new CpuDevice(1);
        var pool = new ConstantPool(device);
        var weights = Variable.Constant("w", new Shape(4), [1, 2, 3, 4]);
        var turned = Variable.Constant("w", new Shape(2, 2), [1, 2, 3, 4]);
        using var own = new ConstantStore(device);
        using var first = new ConstantStore(device, pool: pool);
        using var second = new ConstantStore(device, pool: pool);
        DeviceTensor tensor = first.Raw(weights);
        Assert.That(own.Raw(weights), Is.Not.SameAs(tensor));
        Assert.That(second.Raw(weights), Is.SameAs(tensor));
        Assert.That(second.Raw(turned), Is.Not.SameAs(tensor), "another shape");
        byte[] table = MemoryMarshal.AsBytes<int>([1, 2]).ToArray();
        var type = new TensorType(ElementType.Int32, new Shape(2));
        Assert.That(second.Table("t", type, table), Is.SameAs(first.Table("t", type, table)));
        Assert.That(pool.Count, Is.EqualTo(3));
        Assert.That((first.Bytes, second.Bytes, pool.Bytes), Is.EqualTo((24L, 40L, 40L)));
        first.Dispose();
        Assert.That(pool.Count, Is.EqualTo(3));
        Assert.That(
            () => second.GetOrAdd(
                weights, "broken", type, _ => throw new InvalidOperationException("no")),
            Throws.InvalidOperationException);
        second.Dispose();
        Assert.That(pool.Count, Is.Zero);
    }

    private static BrightnessModel Model(int square = 1) =>
        new(16, 8, square) { Manifest = VisionModelTests.ManifestOf(false) };

    private static Task<VisionEngine> EngineOf(Device device, BrightnessModel model, long? limit = null) =>
        VisionEngine.CreateAsync(VisionEngineTests.Options(VisionWorker.None) with
        {
            Device = device,
            Segmenter = model,
            Smoothing = 0.5f,
            RefineEdges = true,
            ExpectedWidth = 64,
            ExpectedHeight = 64,
            MemoryLimit = limit,
        });

    private static void Check(VisionEngine engine, byte level)
    {
        engine.ResetScene();
        engine.Submit(Grey(level, level));
        while (!engine.Accounting.IsIdle)
        {
            engine.Tick(TimeSpan.FromSeconds(1));
        }

        Assert.That(VisionEngineTests.Take(engine).Mask[0], Is.EqualTo(level).Within(1));
    }

    private static Frame Grey(byte level, long index)
    {
        var frame = new Frame { Index = index };
        frame.Resize(16, 8, PixelFormat.Rgb24);
        frame.Pixels.Fill(level);
        return frame;
    }
}
