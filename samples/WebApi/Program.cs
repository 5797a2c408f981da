// A web service that answers a picture with its labels and mask, on this machine only unless told
// otherwise.
//
// dotnet run -c Release --project samples/WebApi -- --model MODEL [--classifier MODEL] [--device D] [--urls URL]
// curl --data-binary @street.png -H "Content-Type: image/png" http://127.0.0.1:5080/segment
using Microsoft.AspNetCore.RateLimiting;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Live;

const int MostBytes = 8 << 20, MostPixels = 16 << 20, MostAtOnce = 2, MostWaiting = 8;
string[] types = ["image/png", "image/jpeg", "image/webp"];

var builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["model"] is not { } model)
{
    Console.Error.WriteLine("usage: WebApi --model MODEL [--classifier MODEL] [--device D] [--urls URL]");
    return 2;
}

if (builder.Configuration["urls"] is null)
{
    builder.WebHost.UseUrls("http://127.0.0.1:5080");
}

builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostBytes);
builder.Services.AddProblemDetails();
builder.Services.AddRateLimiter(limiter =>
{
    limiter.RejectionStatusCode = StatusCodes.Status503ServiceUnavailable;
    limiter.OnRejected = (rejected, _) =>
    {
        rejected.HttpContext.Response.Headers.RetryAfter = "1";
        return default;
    };
    limiter.AddConcurrencyLimiter("pictures", o => (o.PermitLimit, o.QueueLimit) = (MostAtOnce, MostWaiting));
});
using var vision = await VisionEngine.CreateAsync(new VisionOptions
{
    Segmenter = model,
    Classifier = builder.Configuration["classifier"] is { } path ? ModelChoice.FromString(path) : null,
    Device = builder.Configuration["device"] ?? "auto",
    Worker = VisionWorker.None, // a request's thread runs its picture
});
using var turn = new SemaphoreSlim(1); // pictures are decoded side by side; the network has one at a time
long number = 0;

var app = builder.Build();
app.UseStatusCodePages();
app.UseRateLimiter();
app.MapGet("/", () => new { Model = vision.ModelName, Device = vision.DeviceDescription, vision.Segmenter!.Labels });
app.MapPost("/segment", SegmentAsync).RequireRateLimiting("pictures");
await app.RunAsync();
return 0;

async Task<IResult> SegmentAsync(HttpRequest request, CancellationToken cancellation)
{
    if (!types.Contains(request.ContentType, StringComparer.OrdinalIgnoreCase))
    {
        return Refuse(415, $"Content-Type is '{request.ContentType}'; known are {string.Join(", ", types)}");
    }

    Frame picture;
    try
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellation);
        ReadOnlySpan<byte> encoded = body.GetBuffer().AsSpan(0, (int)body.Length);
        var (width, height) = Picture.ReadSize(encoded);
        if ((long)width * height > MostPixels)
        {
            return Refuse(413, $"the picture has {width}x{height} pixels; {MostPixels} are taken at most");
        }

        picture = Picture.Decode(encoded);
    }
    catch (BadHttpRequestException e)
    {
        return Refuse(e.StatusCode, e.Message);
    }
    catch (MediaException e)
    {
        return Refuse(400, e.Message);
    }

    await turn.WaitAsync(cancellation);
    try
    {
        vision.ResetScene(); // pictures of different people are no video
        picture.Index = ++number;
        vision.Submit(picture, cancellation);
        VisionResult? result;
        // A picture whose request was given up may come before ours.
        while (!vision.TryGetLatest(out result) || result.Frame.Index != picture.Index)
        {
            cancellation.ThrowIfCancellationRequested();
            vision.Tick(TimeSpan.FromMilliseconds(100));
            if (vision.TryGetEvent(out var happened) && happened.FrameIndex == picture.Index)
            {
                return Refuse(500, happened.Message);
            }
        }

        return Results.Ok(Answer(result));
    }
    finally
    {
        turn.Release();
    }
}

object Answer(VisionResult result)
{
    var found = result.MaskKind == MaskKind.Classes
        ? vision.Segmenter!.Labels.Select((label, i) => new
        {
            Label = label,
            Share = (double)result.Mask.Count((byte)i) / result.Mask.Length,
        }).Where(l => l.Share > 0)
        : null;
    return new
    {
        result.Frame.Width,
        result.Frame.Height,
        Classes = found?.ToArray(),
        Labels = result.Labels.Select(l => new { Label = l.Text, l.Probability }).ToArray(),
        Mask = new // a grey PNG: class indices, or probabilities from 0 to 255
        {
            Width = result.MaskWidth,
            Height = result.MaskHeight,
            Kind = result.MaskKind.ToString(),
            Png = Picture.EncodePng(result.Mask, result.MaskWidth, result.MaskHeight, PixelFormat.Gray8),
        },
        Milliseconds = result.ProcessingTime.TotalMilliseconds,
    };
}

static IResult Refuse(int status, string why) => Results.Problem(why, statusCode: status);
