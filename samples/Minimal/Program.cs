// The smallest whole program: a network on every frame of a video, in a loop that never waits for
// it.
//
// dotnet run --project samples/Minimal -- MODEL.onnx VIDEO
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Minimal MODEL.onnx VIDEO");
    return 2;
}

using var source = FrameSources.Open(args[1]);
using var vision = await VisionEngine.CreateAsync(new VisionOptions
{
    Segmenter = args[0],
    Device = "auto",
    Worker = VisionWorker.None,
});

var frame = new Frame();
long turns = 0;
bool isOver = false;
while (!isOver || !vision.IsDrained)
{
    // A turn of a game's loop: it would draw and move things here.
    turns++;
    if (!isOver && vision.Accounting.Waiting == 0)
    {
        isOver = !source.Read(frame, CancellationToken.None);
        if (!isOver)
        {
            vision.Submit(frame);
        }
    }

    vision.Tick(TimeSpan.FromMilliseconds(2));
    if (vision.TryGetLatest(out var result))
    {
        int marked = 0;
        foreach (byte value in result.Mask)
        {
            marked += value / 255f > result.Threshold ? 1 : 0;
        }

        Console.WriteLine(
            $"{result.Timestamp.TotalSeconds:F2} s: {100.0 * marked / result.Mask.Length:F1} % marked, "
            + $"{result.ProcessingTime.TotalMilliseconds:F1} ms");
    }
}

var accounting = vision.Accounting;
Console.WriteLine($"{accounting.Processed} of {accounting.Submitted} frames in {turns} turns on {vision.DeviceId}");
return 0;
