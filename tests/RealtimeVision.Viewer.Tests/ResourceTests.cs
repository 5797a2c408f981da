using RealtimeVision.Runtime.Live;
using Silk.NET.OpenGL;
using PixelFormat = RealtimeVision.Runtime.Live.PixelFormat;

namespace RealtimeVision.Viewer.Tests;

/// <summary>
/// What rendering takes: OpenGL objects and managed memory, and how shaders fail.
/// </summary>
public sealed class ResourceTests
{
    [Test]
    public void Resizing_leaks_no_objects_and_disposal_leaves_none()
    {
        HeadlessContext context = HeadlessContext.Create();
        using (var renderer = new HeadlessRenderer(context))
        {
            var frame = new Frame();
            var picture = new Frame();
            byte[] values = new byte[64 * 64];
            var state = new ViewerState { ShowHelp = true };
            PixelFormat[] formats = Enum.GetValues<PixelFormat>();
            int tracked = 0;
            int named = 0;
            for (int i = 0; i < 200; i++)
            {
                frame.Resize(16 + i % 37, 16 + i % 23, formats[i % formats.Length]);
                int side = 1 + i % 64;
                state.Show(frame, MaskView.OfClasses(values.AsMemory(0, side * side), side, side));
                renderer.Render(state, picture, 64 + i, 48 + (i * 7) % 50);
                // By then both kinds of contours have had their shaders.
                if (i == 100)
                {
                    (tracked, named) = (renderer.LiveObjects, CountObjects(context));
                }
            }

            Assert.That(named, Is.GreaterThan(8), "there is something to count");
            Assert.That(renderer.LiveObjects, Is.EqualTo(tracked));
            Assert.That(CountObjects(context), Is.EqualTo(named));
        }

        using HeadlessContext fresh = HeadlessContext.Create();
        fresh.MakeCurrent();
        var overlay = new OverlayRenderer(fresh.Gl);
        overlay.Dispose();
        Assert.That(overlay.LiveObjects, Is.Zero);
        Assert.That(CountObjects(fresh), Is.Zero);
        fresh.Release();
    }

    [Test]
    public void Rendering_allocates_no_managed_memory()
    {
        using var renderer = new HeadlessRenderer();
        ViewerState state = HudTests.Scene(90);
        state.Recording = true;
        state.Paused = true;
        state.Labels.Add(new ViewerLabel("upright", 0.9f));
        state.Labels.Add(new ViewerLabel("turned", 0.1f));
        state.ShowObjects = state.ShowLegend = state.ShowGraphs = true;
        state.Stream.ClassNames = ["road", "car"];
        state.Stream.Objects.Add(new ViewerObject(7, 1, 0.1f, 0.1f, 0.5f, 0.5f, 0.2f));
        state.Stream.Probabilities.Add(new PlotHistory("motion", ["left", "right"], 50));
        state.Stream.Position = new StreamPosition(
            TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9), IsLooping: true);
        state.Stream.Trouble = "lost";
        var menu = new ViewerMenu("Devices", [new ViewerMenuItem("cpu", "2 threads", true)]);
        state.Say("hello", TimeSpan.Zero);
        byte[] values = new byte[32 * 24];
        var picture = new Frame();
        Run(0, 60);

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(60, 200);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Run(int from, int to)
        {
            for (int i = from; i < to; i++)
            {
                values[i] ^= 1;
                state.View = Views.All[i % Views.All.Count];
                state.Show(state.Frame, MaskView.OfClasses(values, 32, 24));
                state.Stream.Show(ViewPlane.Truth, MaskView.OfClasses(values, 32, 24));
                state.Stream.Show(ViewPlane.Confidence, MaskView.OfProbability(values, 32, 24));
                state.Split = i % 100 / 100f;
                state.Menu = i % 2 == 0 ? menu : null;
                state.Cursor = (i, i);
                state.Stream.FrameTimes.Add([i]);
                state.Stream.Probabilities[0].Add([i / 200f, 1 - (i / 200f)]);
                state.Frame!.Index = i * 977;
                state.Hud = state.Hud with
                {
                    FrameRate = 1000.0 / (i + 1),
                    LatencyP50Ms = i * 1.37,
                    LatencyP95Ms = i * 2.9,
                    Processed = i * 1_003,
                    Dropped = i,
                };
                state.Labels[0] = new ViewerLabel("upright", i / 200f);
                renderer.Render(state, picture, 320, 240);
            }
        }
    }

    [Test]
    public void Any_thread_may_render_in_turn()
    {
        using var renderer = new HeadlessRenderer();
        ViewerState state = HudTests.Scene(90);
        var here = new Frame();
        renderer.Render(state, here, 64, 48);
        var there = new Frame();
        var thread = new Thread(() => renderer.Render(state, there, 64, 48));
        thread.Start();
        thread.Join();
        Assert.That(there.Pixels.SequenceEqual(here.Pixels), Is.True);
    }

    [Test]
    public void Shader_that_does_not_compile_is_named_with_its_line()
    {
        using HeadlessContext context = HeadlessContext.Create();
        context.MakeCurrent();
        var device = new GlDevice(context.Gl);
        var files = new Dictionary<string, string>
        {
            ["a.vert"] = "void main()\n{\n    gl_Position = vec4(0.0);\n}\n",
            ["good.glsl"] = "float one()\n{\n    return 1.0;\n}\n",
            ["bad.glsl"] = "float one()\n{\n    return nonsense;\n}\n",
            ["own.frag"] =
                "#include \"good.glsl\"\nout vec4 c;\nvoid main()\n{\n    c = oops;\n}\n",
            ["included.frag"] =
                "out vec4 c;\n#include \"bad.glsl\"\nvoid main() { c = vec4(one()); }\n",
        };

        Assert.That(
            () => new ShaderProgram(device, "a.vert", "own.frag", name => files[name]),
            Throws.TypeOf<ViewerException>().With.Message.Contains("shaders/own.frag:5"));
        Assert.That(
            () => new ShaderProgram(device, "a.vert", "included.frag", name => files[name]),
            Throws.TypeOf<ViewerException>().With.Message.Contains("shaders/bad.glsl:3"));
        Assert.That(device.LiveObjects, Is.Zero);
        context.Release();
    }

    [Test]
    public void OpenGl_errors_are_raised()
    {
        using HeadlessContext context = HeadlessContext.Create();
        context.MakeCurrent();
        var device = new GlDevice(context.Gl);
        context.Gl.Enable((EnableCap)0x1234);
        Assert.That(
            () => device.Check("testing"),
            Throws.TypeOf<ViewerException>().With.Message.EqualTo(
                "OpenGL failed while testing: InvalidEnum"));
        Assert.That(() => device.Check("testing"), Throws.Nothing);
        context.Release();
    }

    /// <summary>Names that OpenGL itself knows as objects.</summary>
    private static int CountObjects(HeadlessContext context)
    {
        context.MakeCurrent();
        GL gl = context.Gl;
        int count = 0;
        for (uint name = 1; name < 4096; name++)
        {
            count += (gl.IsTexture(name) ? 1 : 0) + (gl.IsBuffer(name) ? 1 : 0)
                + (gl.IsProgram(name) ? 1 : 0) + (gl.IsShader(name) ? 1 : 0)
                + (gl.IsVertexArray(name) ? 1 : 0) + (gl.IsFramebuffer(name) ? 1 : 0)
                + (gl.IsRenderbuffer(name) ? 1 : 0);
        }

        context.Release();
        return count;
    }
}
