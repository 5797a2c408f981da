// A robot without a screen: it sees a street, and steers to keep to the middle of the right lane.
// The street is a recording as far as steering goes, so what is shown is the command, and how far
// it is from the one that the exact classes of the same picture give.
//
// dotnet run -c Release --project samples/Robot -- MODEL [FRAMES] [DEVICE]
using System.Globalization;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;

if (args.Length is 0 or > 3)
{
    Console.Error.WriteLine("usage: Robot MODEL [FRAMES] [DEVICE]");
    return 2;
}

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Width = 640, Height = 360;
using var camera = new StreetSource(new StreetSourceOptions
{
    Width = Width,
    Height = Height,
    FrameRate = 10,
    Frames = args.Length > 1 ? long.Parse(args[1]) : 300,
    Weather = StreetWeather.Clear,
});
camera.Open(CancellationToken.None);
using var vision = await VisionEngine.CreateAsync(new VisionOptions
{
    Segmenter = args[0],
    Device = args.Length > 2 ? args[2] : "auto",
    Pace = Pace.EveryFrame, // a robot's camera is live: Pace.Realtime, where the newest frame wins
    ExpectedWidth = Width,
    ExpectedHeight = Height,
});
using var eyes = new LivePipeline(camera, vision);
eyes.Start();

var truth = new byte[Width * Height];
double sumOfSquares = 0, largest = 0;
long count = 0, blind = 0;
while (!eyes.IsFinished || !vision.IsDrained)
{
    // A robot that hears nothing from its eyes stops; it does not steer by an old picture.
    if (!vision.WaitForNews(TimeSpan.FromSeconds(2)) && !eyes.IsFinished)
    {
        Console.WriteLine("no picture: stopping");
    }

    while (vision.TryGetEvent(out VisionEvent? happened))
    {
        Console.WriteLine(happened.Message);
    }

    if (!vision.TryGetLatest(out VisionResult? result))
    {
        continue;
    }

    camera.ReadTruth(result.Frame.Index, truth);
    double? command = Steering(result.Mask, result.MaskWidth, result.MaskHeight);
    double? wanted = Steering(truth, Width, Height);
    if (command is not { } angle || wanted is not { } best)
    {
        blind++;
        continue;
    }

    count++;
    sumOfSquares += (angle - best) * (angle - best);
    largest = Math.Max(largest, Math.Abs(angle - best));
    if (result.Frame.Index % 10 == 0)
    {
        Console.WriteLine(
            $"{result.Timestamp.TotalSeconds,5:F1} s  steer {angle,6:F2} deg, by the truth {best,6:F2}, "
            + $"{result.Latency.TotalMilliseconds:F0} ms after the picture");
    }
}

Console.WriteLine(
    $"{count} commands, {blind} frames without a road; error: root mean square "
    + $"{Math.Sqrt(sumOfSquares / Math.Max(count, 1)):F2} deg, largest {largest:F2} deg");
return count > 0 ? 0 : 1;

// Pure pursuit: the arc from here, along the heading, through a point ahead, on which a car of that
// wheelbase has its wheels at atan(wheelbase * curvature). Degrees to the right; null without a road.
static double? Steering(ReadOnlySpan<byte> mask, int width, int height)
{
    const double Focal = 0.74, Horizon = 0.46;    // the camera's, by the picture's width and height
    const double Eye = 1.6, Wheelbase = 2.7;      // metres
    const double LaneOffset = 1.75;               // from the road's middle to that of the right lane
    const double Nearest = 6, Farthest = 12;      // metres, between which the road is looked at
    double sum = 0;
    int rows = 0;
    for (int y = 0; y < height; y++)
    {
        double below = (y + 0.5 - (Horizon * height)) / (Focal * width);
        double depth = below > 0 ? Eye / below : double.PositiveInfinity;
        if (depth is < Nearest or > Farthest)
        {
            continue;
        }

        ReadOnlySpan<byte> row = mask.Slice(y * width, width);
        int left = row.IndexOfAny(StreetClasses.Road, StreetClasses.LaneMark);
        if (left >= 0)
        {
            int right = row.LastIndexOfAny(StreetClasses.Road, StreetClasses.LaneMark) + 1;
            sum += (((left + right) / 2.0) - (width / 2.0)) / (Focal * width) * depth;
            rows++;
        }
    }

    if (rows == 0)
    {
        return null;
    }

    double ahead = (Nearest + Farthest) / 2, aside = (sum / rows) + LaneOffset;
    double curvature = 2 * aside / ((ahead * ahead) + (aside * aside));
    return double.RadiansToDegrees(Math.Atan(Wheelbase * curvature));
}
