// The first network of every course: a convolution of 32 filters, pooling, dense layers of 64 and
// 10, on small pictures of ten classes.
//
// dotnet run -c Release --project samples/ConvNet -- [--data FOLDER]
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

var options = new Options(
    args, ("data", ""), ("samples", "60000"), ("epochs", "10"), ("batch", "64"), ("filters", "32"),
    ("model", "convnet.safetensors"));
using var device = options.OpenDevice();
var (pictures, test) = SmallPictures.Load(options["data"], options.Number("samples"), options.Seed);
var split = pictures.Split(validation: 0.1, test: 0, options.Seed);
var normalization = Normalization.Of(split.Train);

using var network = new Sequential(
    "convnet", pictures.InputType.Shape,
    new Conv2D(options.Number("filters"), 3) { Activation = Activation.Relu },
    new MaxPooling2D(2),
    new Flatten(),
    new Dense(64) { Activation = Activation.Relu, KernelInitialiser = Initialiser.HeNormal },
    new Dense(pictures.ClassNames.Count));
network.Initialise(options.Seed);
Console.Write(network.Summary());

var training = new TrainerOptions
{
    Epochs = options.Number("epochs"),
    BatchSize = options.Number("batch"),
    Seed = options.Seed,
    Schedule = new CosineSchedule(),
    Normalization = normalization,
};
using var trainer = new Trainer(network, new Classification(), new Adam(0.001f), device, training);
trainer.EpochEnded += e => Console.WriteLine(
    $"epoch {e.Epoch + 1}: loss {e.Loss:F4}, validation accuracy {e.Validation["accuracy"]:P1}, "
    + $"{e.Seconds:F1} s");
trainer.Fit(split.Train, split.Validation);

var scores = (ClassificationScores)trainer.Evaluate(test);
Console.Write(ClassificationReport.Of(scores.Confusion, test.ClassNames));

// The manifest says what the network takes and gives: with it, the file is all that live use needs.
network.Manifest = new ModelManifest
{
    Name = network.Name,
    Task = ModelTask.Classification,
    Input = new ManifestInput
    {
        Mean = Rgb(normalization.Mean),
        Std = Rgb(normalization.Deviation),
    },
    Labels = test.ClassNames,
};
NetworkFile.Save(network, options["model"]);
Console.WriteLine($"accuracy {scores.Confusion.Accuracy:P2}, saved as {options["model"]}");

// A manifest speaks of three colours; grey stands for each of them.
static float[] Rgb(IReadOnlyList<float> channels) =>
    [.. Enumerable.Range(0, 3).Select(c => channels[c % channels.Count])];
