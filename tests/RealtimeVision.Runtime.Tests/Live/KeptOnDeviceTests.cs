using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Tests.Live;

/// <summary>Pictures that stay on the device, and how others come from there.</summary>
public sealed class KeptOnDeviceTests
{
    /// <summary>Every result has its own, while three of them are under way.</summary>
    [Test]
    public async Task WhatStaysOnTheDeviceIsWhatTheHostHas()
    {
        using var device = (GpuDevice)DeviceList.Open("ilgpu-cpu");
        using var model = new BrightnessModel(16, 16)
        {
            Manifest = VisionModelTests.ManifestOf(true),
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionEngineTests.Options(pace: Pace.EveryFrame) with
            {
                Segmenter = model,
                Device = device,
                KeepOnDevice = true,
                RefineEdges = true,
                Background = BackgroundEffect.Of(1, 2, 3),
            });
        for (int i = 0; i < 5; i++)
        {
            // Twice as wide as high: the mask is the middle of the model's output.
            var frame = new Frame();
            frame.Resize(32, 16, i < 3 ? PixelFormat.Rgb24 : PixelFormat.Bgra32);
            for (int k = 0; k < frame.Pixels.Length; k++)
            {
                frame.Pixels[k] = (byte)((k * 7) + (i * 31));
            }

            engine.Submit(frame);
            VisionResult result = VisionEngineTests.Take(engine);
            Assert.That(Read(result.MaskOnDevice), Is.EqualTo(result.Mask.ToArray()));
            Assert.That(Read(result.MatteOnDevice), Is.EqualTo(result.Matte.ToArray()));
            Assert.That(
                Read(result.CompositeOnDevice), Is.EqualTo(result.Composite!.Pixels.ToArray()));
            Assert.That(result.Mask.Length, Is.EqualTo(16 * 8));
        }
    }

    [Test]
    public async Task ReleasedWithTheEngine()
    {
        using var device = (GpuDevice)DeviceList.Open("ilgpu-cpu");
        using var model = new BrightnessModel(16, 16)
        {
            Manifest = VisionModelTests.ManifestOf(false),
        };
        DeviceImage image;
        using (VisionEngine engine = await VisionEngine.CreateAsync(
            VisionEngineTests.Options(pace: Pace.EveryFrame) with
            {
                Segmenter = model,
                Device = device,
                KeepOnDevice = true,
            }))
        {
            engine.Submit(Grey(16, 100));
            image = VisionEngineTests.Take(engine).MaskOnDevice!;
            Assert.That(image.Buffer.TryRead(new byte[4]));
        }

        Assert.That(image.Buffer.TryRead(new byte[4]), Is.False);
    }

    [TestCase(false, "ilgpu-cpu")]
    [TestCase(true, "cpu")]
    public async Task NothingStaysWhereNobodyAskedOrNobodyCouldDrawIt(bool keeps, string id)
    {
        using Device device = DeviceList.Open(id);
        using var model = new BrightnessModel(16, 16)
        {
            Manifest = VisionModelTests.ManifestOf(false),
        };
        using VisionEngine engine = await VisionEngine.CreateAsync(
            VisionEngineTests.Options(pace: Pace.EveryFrame) with
            {
                Segmenter = model,
                Device = device,
                KeepOnDevice = keeps,
            });
        engine.Submit(Grey(16, 100));
        VisionResult result = VisionEngineTests.Take(engine);
        Assert.That(result.MaskOnDevice, Is.Null);
        Assert.That(
            result.Transfer,
            Is.EqualTo(id == "cpu" ? TransferPath.HostMemory : TransferPath.Readback));
    }

    /// <summary>A driver that can is told of the memory that pictures are read into.</summary>
    [Test]
    public async Task PicturesAreReadIntoPinnedMemory()
    {
        using var model = new BrightnessModel(128, 128)
        {
            Manifest = VisionModelTests.ManifestOf(false),
        };
        using Device pinning = DeviceList.Open("opencl");
        using Device plain = DeviceList.Open("cpu");
        VisionOptions options = VisionEngineTests.Options(pace: Pace.EveryFrame) with
        {
            Segmenter = model,
            Background = BackgroundEffect.Of(1, 2, 3),
        };
        using VisionEngine engine =
            await VisionEngine.CreateAsync(options with { Device = pinning });
        using VisionEngine other = await VisionEngine.CreateAsync(options with { Device = plain });
        for (int i = 0; i < 5; i++)
        {
            Frame frame = Grey(128, (byte)(i * 40));
            engine.Submit(frame);
            other.Submit(frame);
            VisionResult result = VisionEngineTests.Take(engine);
            VisionResult wanted = VisionEngineTests.Take(other);
            Assert.That(result.Transfer, Is.EqualTo(TransferPath.PinnedReadback));
            Assert.That(wanted.Transfer, Is.EqualTo(TransferPath.HostMemory));
            Assert.That(result.Mask.ToArray(), Is.EqualTo(wanted.Mask.ToArray()).Within(1));
            Assert.That(result.Matte.ToArray(), Is.EqualTo(wanted.Matte.ToArray()).Within(1));
            Assert.That(
                result.Composite!.Pixels.ToArray(),
                Is.EqualTo(wanted.Composite!.Pixels.ToArray()).Within(1));
        }
    }

    private static Frame Grey(int side, byte level)
    {
        var frame = new Frame();
        frame.Resize(side, side, PixelFormat.Rgb24);
        frame.Pixels.Fill(level);
        return frame;
    }

    private static byte[] Read(DeviceImage? image)
    {
        Assert.That(image, Is.Not.Null);
        byte[] whole = new byte[image!.Buffer.Length];
        Assert.That(image.Buffer.TryRead(whole));
        PixelBox part = image.Part;
        byte[] read = new byte[part.Width * part.Height * image.Channels];
        int row = part.Width * image.Channels;
        for (int y = 0; y < part.Height; y++)
        {
            whole.AsSpan((((part.Y + y) * image.RowLength) + part.X) * image.Channels, row)
                .CopyTo(read.AsSpan(y * row));
        }

        return read;
    }
}
