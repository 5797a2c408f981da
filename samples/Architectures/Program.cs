// Architectures on the same pictures: residual, with squeeze-and-excitation, densely connected, and
// the plain convolution of the sample ConvNet, in one table.
//
// dotnet run -c Release --project samples/Architectures -- [--data FOLDER --networks resnet20,...]
using System.Diagnostics;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

var options = new Options(
    args, ("data", ""), ("networks", "convnet,resnet20,se-resnet20,densenet40"),
    ("samples", "10000"), ("width", "100"), ("epochs", "5"), ("batch", "64"), ("runs", "20"));
using var device = options.OpenDevice();
var (pictures, test) = SmallPictures.Load(options["data"], options.Number("samples"), options.Seed);
var zoo = new ZooOptions
{
    Input = pictures.InputType.Shape,
    Classes = pictures.ClassNames.Count,
    Width = options.Number("width") / 100f,
};
var training = new TrainerOptions
{
    Epochs = options.Number("epochs"),
    BatchSize = options.Number("batch"),
    Seed = options.Seed,
    Schedule = new OneCycleSchedule(),
    Augmentations = [new Flip(), new PadAndCrop(2)],
    Normalization = Normalization.Of(pictures),
};

var rows = new List<string>
{
    $"{"network",-16}{"parameters",12}{"accuracy",12}{"s/epoch",10}{"ms/picture",12}",
};
foreach (string name in options["networks"].Split(','))
{
    using var network = Zoo.Create(name, zoo);
    network.Initialise(options.Seed);
    using var trainer = new Trainer(
        network, new Classification(), new AdamW(0.003f, weightDecay: 0.01), device, training);
    trainer.EpochEnded += e => Console.WriteLine(
        $"{name}, epoch {e.Epoch + 1}: loss {e.Loss:F4}, {e.Seconds:F1} s");
    var result = trainer.Fit(pictures);
    double accuracy = ((ClassificationScores)trainer.Evaluate(test)).Confusion.Accuracy;
    rows.Add(
        $"{name,-16}{network.ParameterCount,12:N0}{accuracy,12:P2}"
        + $"{result.History.Average(e => e.Seconds),10:F1}{MillisecondsPerPicture(network),12:F2}");
}

Console.WriteLine(string.Join(Environment.NewLine, rows));

// One picture at a time, as live frames come: the median of some runs.
double MillisecondsPerPicture(Network network)
{
    using var session = new Session(network, device);
    var plan = session.GetPlan(new Shape([1, .. pictures.InputType.Shape.Sizes]));
    plan.SetInput(0, new byte[plan.Inputs[0].Type.Bytes]);
    plan.WarmUp();
    var times = new double[Math.Max(1, options.Number("runs"))];
    for (int i = 0; i < times.Length; i++)
    {
        long start = Stopwatch.GetTimestamp();
        plan.Run();
        plan.ReadOutput(0);
        times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    return times.Order().ElementAt(times.Length / 2);
}
