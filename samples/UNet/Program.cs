// A U-Net tells the class of each pixel: of your pictures and masks, or of a street that the
// library draws itself.
//
// dotnet run -c Release --project samples/UNet
// dotnet run -c Release --project samples/UNet -- --data FOLDER --classes background,cat,dog
// FOLDER has pictures/NAME.jpg and masks/NAME.png, whose palette indices or grey levels are
// the classes.
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Runtime.Training;
using RealtimeVision.Street;

var options = new Options(
    args, ("data", ""), ("classes", ""), ("width", "160"), ("height", "96"), ("samples", "400"),
    ("filters", "16"), ("epochs", "10"), ("batch", "8"), ("out", "unet"));
int width = options.Number("width"), height = options.Number("height");
int filters = options.Number("filters");
using var device = options.OpenDevice();

// Read or drawn once, and kept in memory.
Dataset all = options["data"].Length > 0
    ? MaskFolderDataset.Load(
        Path.Combine(options["data"], "pictures"), Path.Combine(options["data"], "masks"),
        options["classes"].Split(','), new Size2(height, width))
    : new StreetSegmentationDataset(new StreetDatasetOptions
    {
        Width = width,
        Height = height,
        Count = options.Number("samples"),
        Seed = options.Seed,
        Detail = 1,
    });
var split = MemoryDataset.Of(all).Split(validation: 0.1, test: 0.2, options.Seed);
Console.WriteLine($"{split.Train.Count} pictures {all.InputType.Shape}, test {split.Test.Count}");
var normalization = Normalization.Of(split.Train);

using var network = Zoo.Create("unet-small", new ZooOptions
{
    Input = all.InputType.Shape,
    Classes = all.ClassNames.Count,
    Filters = [filters, 2 * filters, 4 * filters],
});
network.Initialise(options.Seed);
Console.Write(network.Summary());

var task = new Segmentation { LossKind = SegmentationLoss.CrossEntropyAndDice };
using var trainer = new Trainer(network, task, new Adam(0.003f), device, new TrainerOptions
{
    Epochs = options.Number("epochs"),
    BatchSize = options.Number("batch"),
    Seed = options.Seed,
    Schedule = new CosineSchedule(),
    Augmentations = [new Flip()],
    Normalization = normalization,
});
trainer.EpochEnded += e => Console.WriteLine(
    $"epoch {e.Epoch + 1}: loss {e.Loss:F4}, validation mean IoU {e.Validation["mean_iou"]:F3}, "
    + $"{e.Seconds:F1} s");
trainer.Fit(split.Train, split.Validation);

var confusion = ((SegmentationScores)trainer.Evaluate(split.Test)).Confusion;
for (int c = 0; c < confusion.ClassCount; c++)
{
    string iou = confusion.IsPresent(c) ? $"{confusion.IoU(c):F3}" : "not there";
    Console.WriteLine($"{all.ClassNames[c],-16}{iou,10}");
}

Console.WriteLine($"{"mean IoU",-16}{confusion.MeanIoU,10:F3}");

// Some pictures of the test, each beside its truth and the prediction.
Directory.CreateDirectory(options["out"]);
using var session = new Session(network, device);
using var loader = new DataLoader(
    split.Test, new DataLoaderOptions { BatchSize = 1, Normalization = normalization, Epochs = 1 });
Evaluator? evaluator = null;
for (int i = 0; i < 4 && loader.TryNext(out var batch); i++)
{
    evaluator ??= Evaluator.Of(session, task, batch.InputType);
    var predicted = MemoryMarshal.Cast<byte, int>(evaluator.Predict(batch));
    var picture = new byte[height * width * 3];
    split.Test.Read(i, picture, new byte[height * width * sizeof(int)]);
    string path = Path.Combine(options["out"], $"test{i}.png");
    Picture.SavePng(
        SideBySide(picture, Paint(batch.Targets<int>()), Paint(predicted)), 3 * width, height,
        PixelFormat.Rgb24, path);
    Console.WriteLine($"picture, truth and prediction: {path}");
}

evaluator?.Dispose();

static byte[] Paint(ReadOnlySpan<int> mask)
{
    var picture = new byte[mask.Length * 3];
    for (int i = 0; i < mask.Length; i++)
    {
        var (red, green, blue) = StreetClasses.Palette[mask[i] % StreetClasses.Count];
        (picture[3 * i], picture[(3 * i) + 1], picture[(3 * i) + 2]) = (red, green, blue);
    }

    return picture;
}

// Row by row, one picture after the other.
byte[] SideBySide(params byte[][] pictures) =>
[
    .. Enumerable.Range(0, height).SelectMany(y =>
        pictures.SelectMany(p => p.Skip(y * width * 3).Take(width * 3))),
];
