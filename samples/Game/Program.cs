// A game with a scene of its own, and a network that sees what the player sees. Pictures are read
// back while the next ones are drawn; the network runs a slice a turn, inside the frame's time.
//
// dotnet run -c Release --project samples/Game -- MODEL [--headless] [--frames N] [--budget MS]
using System.Globalization;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

if (args.Length == 0 || args[0].StartsWith('-'))
{
    Console.Error.WriteLine("usage: Game MODEL [--headless] [--frames N] [--budget MS] [--device D] [--threads N]");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(int Width, int Height) size = (640, 360);
bool isHeadless = args.Contains("--headless");
long frames = long.Parse(Option("--frames", isHeadless ? "600" : "1000000"));
var budget = TimeSpan.FromMilliseconds(double.Parse(Option("--budget", "2")));
using var window = isHeadless ? null : new GlWindow("Game", 2 * size.Width, 2 * size.Height);
using var context = isHeadless ? HeadlessContext.Create() : null;
context?.MakeCurrent();
var gl = window?.Gl ?? context!.Gl;
var scene = new Scene(gl, size.Width, size.Height);
using var readback = new FrameReadback(gl);
// Waited for, not awaited: OpenGL is this thread's, and after an await another one may go on.
using var vision = VisionEngine.CreateAsync(new VisionOptions
{
    Segmenter = args[0],
    Device = Option("--device", "auto"),
    Threads = int.Parse(Option("--threads", "1")), // of a CPU; a game has plans for the others
    Worker = VisionWorker.None, // the loop below gives it its time
    ExpectedWidth = size.Width,
    ExpectedHeight = size.Height,
    ExpectedFormat = PixelFormat.Rgba32, // as FrameReadback gives them
}).GetAwaiter().GetResult();

var meter = new LoopMeter(warmUp: Math.Min(frames / 4, 120));
VisionResult? seen = null;
Frame eye = vision.Rent();
for (long i = 0; i < frames && window?.IsClosing != true; i++)
{
    meter.Begin();
    var time = TimeSpan.FromSeconds(i / 60.0);
    scene.Draw(scene.Target, size, time, strength: 0);
    readback.Begin(size.Width, size.Height, time, i);
    if (readback.TryTake(eye))
    {
        vision.SubmitRented(eye);
        eye = vision.Rent();
    }

    meter.BeginTick();
    vision.Tick(budget);
    meter.EndTick();
    if (vision.TryGetLatest(out VisionResult? result))
    {
        seen = result;
        scene.SetMask(result);
    }

    // What the player sees; without a window it is drawn all the same.
    uint screen = window is null ? scene.Target : 0;
    scene.Draw(screen, window?.FramebufferSize ?? size, time, strength: seen is null ? 0 : 0.4f);
    window?.SwapBuffers();
    window?.PollEvents();
    meter.End();
}

vision.Return(eye);
Console.WriteLine(meter.Summarize());
Console.WriteLine($"{vision.Accounting} on {vision.DeviceId}");
for (int i = 0; seen is not null && i < vision.Segmenter!.Labels.Count; i++)
{
    Console.WriteLine($"{vision.Segmenter.Labels[i]}: {seen.Mask.Count((byte)i) / (double)seen.Mask.Length:P1}");
}

return vision.Accounting.Failed == 0 ? 0 : 1;

string Option(string name, string standard) =>
    Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : standard;
