using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Runtime.Live;
using PixelFormat = RealtimeVision.Runtime.Live.PixelFormat;

namespace RealtimeVision.Viewer.Tests;

/// <summary>
/// What a device has computed becomes textures by OpenGL's shared buffers: by everything but the
/// driver's six functions, for which a stand-in is there.
/// </summary>
[NonParallelizable]
public sealed class SharingTests
{
    private const int Width = 32;
    private const int Height = 16;

    private readonly ViewerState _state = new() { ShowHud = false };
    private GpuDevice _device = null!;
    private HeadlessRenderer _renderer = null!;

    [SetUp]
    public void MakeRenderer()
    {
        FakeGraphicsDriver.Reset();
        _device = (GpuDevice)DeviceList.Open("ilgpu-cpu");
        HeadlessContext context = HeadlessContext.Create();
        FakeGraphicsDriver.Gl = context.Gl;
        _renderer = new HeadlessRenderer(context, FakeGraphicsDriver.TryOpen);
    }

    [TearDown]
    public void Release()
    {
        _renderer.Dispose();
        _device.Dispose();
    }

    /// <summary>
    /// The bytes on the host are wrong: only by the device's can the picture be right. It is part
    /// of a larger one, as the output of a letterboxed model is.
    /// </summary>
    [Test]
    public void A_mask_is_drawn_from_the_device()
    {
        byte[] whole = Bytes(40 * 24, i => (byte)(i % 40 < 20 ? 1 : 2));
        using GpuBuffer buffer = BufferOf(whole);
        byte[] part = new byte[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            whole.AsSpan(((y + 5) * 40) + 3, Width).CopyTo(part.AsSpan(y * Width));
        }

        var image = new DeviceImage(buffer);
        image.Describe(40, new PixelBox(3, 5, Width, Height), 1);
        MaskView shared = MaskView.OfClasses(new byte[part.Length], Width, Height) with
        {
            OnDevice = image,
        };

        var (drawn, path) = Draw(shared);

        Assert.That(path, Is.EqualTo(TransferPath.CudaToOpenGl));
        var (wanted, ordinary) = Draw(MaskView.OfClasses(part, Width, Height));
        Assert.That(ordinary, Is.EqualTo(TransferPath.HostMemory));
        Assert.That(drawn.Pixels.SequenceEqual(wanted.Pixels));
        Assert.That(_renderer.SharingProblem, Is.Null);
    }

    [TestCase(PixelFormat.Rgb24)]
    [TestCase(PixelFormat.Bgra32)]
    public void A_picture_with_another_background_is_drawn_from_the_device(PixelFormat format)
    {
        Frame right = Pictures.QuarterFrame(30, 20, format);
        Frame wrong = Pictures.Make(30, 20, format, (_, _) => (9, 9, 9));
        using GpuBuffer buffer = BufferOf(right.Pixels.ToArray());
        var image = new DeviceImage(buffer);
        image.Describe(30, new PixelBox(0, 0, 30, 20), right.Channels);

        var state = new ViewerState { ShowHud = false };
        state.Stream.Show(wrong, null, wrong, image);
        var drawn = new Frame();
        _renderer.Render(state, drawn, 60, 40);

        state.Stream.Show(right);
        var wanted = new Frame();
        _renderer.Render(state, wanted, 60, 40);
        Assert.That(drawn.Pixels.SequenceEqual(wanted.Pixels));
    }

    /// <summary>A result may be overwritten as soon as the next one is shown.</summary>
    [Test]
    public void Every_frame_has_its_own_mask()
    {
        using GpuBuffer buffer = BufferOf(new byte[Width * Height]);
        var image = new DeviceImage(buffer);
        image.Describe(Width, new PixelBox(0, 0, Width, Height), 1);
        var black = MaskView.OfClasses(new byte[Width * Height], Width, Height);
        for (byte i = 0; i < 5; i++)
        {
            byte[] values = Bytes(Width * Height, _ => i);
            Store(buffer, values);
            Frame drawn = Draw(black with { OnDevice = image }).Picture;
            Frame wanted = Draw(MaskView.OfClasses(values, Width, Height)).Picture;
            Assert.That(drawn.Pixels.SequenceEqual(wanted.Pixels), $"frame {i}");
        }

        Assert.That(FakeGraphicsDriver.Registered, Is.EqualTo(1), "one buffer, used again");
        Assert.That(FakeGraphicsDriver.Copies, Is.EqualTo(5));
    }

    [Test]
    public void What_the_engine_has_released_is_drawn_from_the_host()
    {
        GpuBuffer buffer = BufferOf(new byte[Width * Height]);
        var image = new DeviceImage(buffer);
        image.Describe(Width, new PixelBox(0, 0, Width, Height), 1);
        byte[] values = Bytes(Width * Height, i => (byte)(i % 3));
        MaskView mask = MaskView.OfClasses(values, Width, Height) with { OnDevice = image };
        buffer.Dispose();

        var (drawn, path) = Draw(mask);

        Assert.That(path, Is.EqualTo(TransferPath.HostMemory));
        Frame wanted = Draw(MaskView.OfClasses(values, Width, Height)).Picture;
        Assert.That(drawn.Pixels.SequenceEqual(wanted.Pixels));
    }

    [TestCase("GetDevices", 219)]
    [TestCase("Register", 304)]
    [TestCase("Map", 999)]
    [TestCase("GetPointer", 1)]
    [TestCase("Unmap", 999)]
    public void A_driver_that_refuses_is_not_asked_again(string function, int error)
    {
        using GpuBuffer buffer = BufferOf(new byte[Width * Height]);
        var image = new DeviceImage(buffer);
        image.Describe(Width, new PixelBox(0, 0, Width, Height), 1);
        byte[] values = Bytes(Width * Height, i => (byte)(i % 3));
        MaskView mask = MaskView.OfClasses(values, Width, Height) with { OnDevice = image };
        FakeGraphicsDriver.Failure = (function, error);

        for (int i = 0; i < 3; i++)
        {
            var (drawn, path) = Draw(mask);
            Assert.That(path, Is.EqualTo(TransferPath.HostMemory));
            Frame wanted = Draw(MaskView.OfClasses(values, Width, Height)).Picture;
            Assert.That(drawn.Pixels.SequenceEqual(wanted.Pixels));
        }

        Assert.That(_renderer.SharingProblem, Does.Contain($"error {error}"));
        Assert.That(
            FakeGraphicsDriver.Opened, Has.Count.EqualTo(function == "GetDevices" ? 0 : 1));
        Assert.That(FakeGraphicsDriver.Opened.Select(s => s.IsDisposed), Is.All.True);
    }

    /// <summary>Textures then have buffers that outlive what shares them.</summary>
    [Test]
    public void A_driver_that_refuses_later_is_not_asked_again()
    {
        using GpuBuffer buffer = BufferOf(new byte[Width * Height]);
        MaskView mask = MaskOn(buffer);
        Assert.That(Draw(mask).Path, Is.EqualTo(TransferPath.CudaToOpenGl));
        FakeGraphicsDriver.Failure = ("Map", 999);
        Assert.That(Draw(mask).Path, Is.EqualTo(TransferPath.HostMemory));

        Assert.That(Draw(mask).Path, Is.EqualTo(TransferPath.HostMemory));
        Assert.That(FakeGraphicsDriver.Opened.Single().IsDisposed, Is.True);
    }

    [Test]
    public void OpenGL_of_another_GPU_shares_nothing()
    {
        FakeGraphicsDriver.Drawing = [1, 2];
        using GpuBuffer buffer = BufferOf(new byte[Width * Height]);
        var image = new DeviceImage(buffer);
        image.Describe(Width, new PixelBox(0, 0, Width, Height), 1);

        TransferPath? path = Draw(
            MaskView.OfClasses(new byte[Width * Height], Width, Height) with
            {
                OnDevice = image,
            }).Path;

        Assert.That(path, Is.EqualTo(TransferPath.HostMemory));
        Assert.That(_renderer.SharingProblem, Is.EqualTo("OpenGL is drawn by another GPU"));
    }

    [Test]
    public void Nothing_is_left_when_sizes_and_devices_have_changed()
    {
        int objects = 0;
        for (int i = 0; i < 20; i++)
        {
            using var device = (GpuDevice)DeviceList.Open("ilgpu-cpu");
            int side = i % 2 == 0 ? 8 : 27;
            using (GpuBuffer buffer = BufferOf(new byte[side * side], device))
            {
                var image = new DeviceImage(buffer);
                image.Describe(side, new PixelBox(0, 0, side, side), 1);
                Draw(MaskView.OfClasses(new byte[side * side], side, side) with
                {
                    OnDevice = image,
                });
            }

            // By then both sizes have had their shaders.
            objects = i < 2 ? _renderer.LiveObjects : objects;
            Assert.That(_renderer.LiveObjects, Is.EqualTo(objects));
        }
    }

    [Test]
    public void Drawing_from_a_device_allocates_nothing()
    {
        using GpuBuffer buffer = BufferOf(new byte[Width * Height]);
        MaskView mask = MaskOn(buffer);
        var state = new ViewerState { ShowHud = false };
        Frame frame = Pictures.QuarterFrame(64, 32);
        var picture = new Frame();
        for (int i = 0; i < 60; i++)
        {
            Render();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 60; i++)
        {
            Render();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Render()
        {
            state.Stream.Show(frame, mask);
            _renderer.Render(state, picture, 64, 32);
        }
    }

    private static byte[] Bytes(int count, Func<int, byte> value) =>
        [.. Enumerable.Range(0, count).Select(value)];

    /// <summary>A mask on a device; the host's has nothing in it.</summary>
    private static MaskView MaskOn(GpuBuffer buffer)
    {
        var image = new DeviceImage(buffer);
        image.Describe(Width, new PixelBox(0, 0, Width, Height), 1);
        return MaskView.OfClasses(new byte[Width * Height], Width, Height) with
        {
            OnDevice = image,
        };
    }

    private static void Store(GpuBuffer buffer, byte[] values)
    {
        var type = new Kernels.Graph.TensorType(
            Kernels.Graph.ElementType.UInt8, new Kernels.Graph.Shape(values.Length));
        DeviceTensor tensor = buffer.Device.CreateTensor(type);
        using DeviceMemory memory = buffer.Device.Allocate(values.Length);
        tensor.Bind(memory, 0);
        buffer.Device.Upload(tensor, values);
        buffer.Device.Keep(tensor, values.Length, buffer);
        buffer.Device.Synchronize();
    }

    private GpuBuffer BufferOf(byte[] values, GpuDevice? device = null)
    {
        var buffer = new GpuBuffer(device ?? _device, values.Length);
        Store(buffer, values);
        return buffer;
    }

    private (Frame Picture, TransferPath? Path) Draw(MaskView mask)
    {
        _state.Stream.Show(Pictures.QuarterFrame(64, 32), mask);
        var picture = new Frame();
        _renderer.Render(_state, picture, 96, 48);
        return (picture, _state.Stream.DrawnPath);
    }
}
