using System.Diagnostics;
using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;
using PixelFormat = RealtimeVision.Runtime.Live.PixelFormat;

namespace RealtimeVision.Viewer.Tests;

/// <summary>Pictures that come back from the GPU while others are drawn.</summary>
public sealed class ReadbackTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public void Pictures_arrive_whole_upright_and_in_order([Values] bool isEmbedded)
    {
        using HeadlessContext context =
            isEmbedded ? HeadlessContext.CreateEmbedded() : HeadlessContext.Create();
        context.MakeCurrent();
        using var target = new FrameReader(new GlDevice(context.Gl));
        var readback = new FrameReadback(context.Gl, depth: 3);
        var frame = new Frame();
        Assert.That(readback.TryTake(frame), Is.False);
        long taken = 0;
        for (int i = 0; i < 40; i++)
        {
            // Sizes change on the way; lower half red, upper half a level that says which it is.
            (int width, int height) = (32 + (i % 3), 16 + (2 * (i % 5)));
            Draw(context.Gl, target, width, height, level: i);
            Assert.That(
                readback.Begin(width, height, TimeSpan.FromSeconds(i), i), Is.True);
            if (i % 3 == 2)
            {
                Assert.That(readback.Begin(width, height, default, -1), Is.False, "a full ring");
                while (readback.Pending > 0)
                {
                    Take(readback, frame, taken++);
                }
            }
        }

        Take(readback, frame, taken++);
        Assert.That(taken, Is.EqualTo(40));

        // Dropped with a picture on its way.
        readback.Begin(16, 16, default, 0);
        readback.Dispose();
        Assert.That(readback.LiveObjects, Is.Zero);
        Assert.That(context.Gl.GetError(), Is.EqualTo(GLEnum.NoError));
    }

    [Test]
    public void Reading_back_allocates_no_managed_memory()
    {
        using HeadlessContext context = HeadlessContext.Create();
        context.MakeCurrent();
        using var target = new FrameReader(new GlDevice(context.Gl));
        using var readback = new FrameReadback(context.Gl);
        var frame = new Frame();
        long before = 0;
        for (int i = 0; i < 200; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            target.Bind(64, 64);
            readback.Begin(64, 64, default, i);
            readback.TryTake(frame);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static void Take(FrameReadback readback, Frame frame, long index)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!readback.TryTake(frame))
        {
            Assert.That(Stopwatch.GetElapsedTime(begin), Is.LessThan(Patience));
        }

        Assert.That((frame.Index, frame.Timestamp), Is.EqualTo((index, TimeSpan.FromSeconds(index))));
        Assert.That(frame.Format, Is.EqualTo(PixelFormat.Rgba32));
        Span<byte> pixels = frame.Pixels;
        Assert.That(pixels[..4].ToArray(), Is.EqualTo(new byte[] { 0, (byte)index, 255, 255 }), "top");
        Assert.That(pixels[^4..].ToArray(), Is.EqualTo(new byte[] { 255, 0, 0, 255 }), "bottom");
    }

    private static void Draw(GL gl, FrameReader target, int width, int height, int level)
    {
        target.Bind(width, height);
        gl.Enable(EnableCap.ScissorTest);
        gl.Scissor(0, 0, (uint)width, (uint)height / 2);
        gl.ClearColor(1, 0, 0, 1);
        gl.Clear(ClearBufferMask.ColorBufferBit);
        gl.Scissor(0, height / 2, (uint)width, (uint)height / 2);
        gl.ClearColor(0, level / 255f, 1, 1);
        gl.Clear(ClearBufferMask.ColorBufferBit);
        gl.Disable(EnableCap.ScissorTest);
    }
}
