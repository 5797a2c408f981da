// Transfer learning. A small VGG learns five classes of Fashion-MNIST from many pictures; without
// its top it is a feature extractor for the other five classes, of which there are few pictures.
// Against it stands the same network trained from scratch on the same few.
//
// dotnet run -c Release --project samples/Transfer
// dotnet run -c Release --project samples/Transfer -- --weights vgg16.safetensors --data FOLDER
// The second takes VGG16 with torchvision's weights, and a folder of pictures for each class.
using RealtimeVision.Media;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Training;

var options = new Options(
    args, ("data", "/usr/share/datasets/fashion-mnist"), ("weights", ""), ("size", "224"),
    ("samples", "30000"), ("examples", "20"), ("tests", "1000"), ("filters", "16"), ("epochs", "3"),
    ("batch", "64"), ("few-epochs", "60"));
using var device = options.OpenDevice();
int examples = options.Number("examples"), filters = options.Number("filters");
if (options["weights"].Length > 0)
{
    var pictures = ClassFolderDataset.Load(options["data"], options.Number("size"));
    var parts = pictures.Split(validation: 0, test: 0.5, options.Seed);
    var imageNet = new Normalization([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
    using var vgg16 = Zoo.Create(
        "vgg16", new ZooOptions { Input = pictures.InputType.Shape, IncludeTop = false });
    vgg16.LoadWeights(options["weights"], WeightMapping.TorchvisionVgg(vgg16));
    TrainHead(vgg16, parts.Train.TakePerClass(examples, options.Seed), parts.Test, imageNet);
    return;
}

var train = Mnist.LoadFolder(options["data"], training: true, Mnist.FashionClasses);
var many = train.WithClasses(0, 1, 2, 3, 4)
    .TakePerClass(options.Number("samples") / 5, options.Seed);
var few = train.WithClasses(5, 6, 7, 8, 9).TakePerClass(examples, options.Seed);
var test = Mnist.LoadFolder(options["data"], training: false, Mnist.FashionClasses)
    .WithClasses(5, 6, 7, 8, 9).TakePerClass(options.Number("tests"), options.Seed);
var normalization = Normalization.Of(many);

// The last convolutions count as the top: what they know is of shirts and trousers alone.
var input = Symbol.Input(train.InputType.Shape.Sizes);
var features = input.Then(
    new DoubleConv(filters), new MaxPooling2D(2), new DoubleConv(2 * filters), new MaxPooling2D(2));
var scores = features.Then(
    new DoubleConv(4 * filters), new GlobalAveragePooling2D(),
    new Dense(5) { Name = "classifier" });

using var pretrained = new Network("pretrained", input, scores);
pretrained.Initialise(options.Seed);
Fit(pretrained, many, options.Number("epochs"), options.Number("batch"), normalization);
using var extractor = new Network("extractor", input, features);
CopyWeights(extractor);
double transferred = TrainHead(extractor, few, test, normalization);

using var scratch = new Network("from scratch", input, scores);
scratch.Initialise(options.Seed);
double fromScratch = Fit(scratch, few, options.Number("few-epochs"), 20, normalization, test);

// The same network again, but from the pretrained weights: all of it goes on learning.
using var tuned = new Network("fine-tuned", input, scores);
tuned.Initialise(options.Seed);
CopyWeights(tuned);
double fineTuned = Fit(tuned, few, options.Number("few-epochs"), 20, normalization, test);
Console.WriteLine(
    $"from scratch {fromScratch:P1}, "
    + $"new head {transferred:P1} ({transferred - fromScratch:+0.0%;-0.0%}), "
    + $"fine-tuned {fineTuned:P1} ({fineTuned - fromScratch:+0.0%;-0.0%})");

void CopyWeights(Network network)
{
    foreach (var parameter in network.Parameters.Where(p => !p.Name.StartsWith("classifier/")))
    {
        parameter.Set(pretrained.Parameter(parameter.Name).Values);
    }
}

// The extractor does not change, so that its features are computed once; the head learns from them.
double TrainHead(Network extractor, Dataset few, Dataset test, Normalization normalization)
{
    var known = Features(extractor, few, normalization);
    var unknown = Features(extractor, test, normalization);
    using var head = new Sequential(
        "new head", known.InputType.Shape, new Flatten(), new Dropout(0.5f),
        new Dense(few.ClassNames.Count));
    head.Initialise(options.Seed);
    return Fit(head, known, options.Number("few-epochs"), 20, null, unknown);
}

MemoryDataset Features(Network extractor, Dataset data, Normalization normalization)
{
    using var session = new Session(extractor, device);
    using var loader = new DataLoader(
        data, new DataLoaderOptions { BatchSize = 20, Normalization = normalization, Epochs = 1 });
    var (inputs, targets) = (new MemoryStream(), new MemoryStream());
    while (loader.TryNext(out var batch))
    {
        var pictures = new Tensor(batch.InputType, batch.InputBytes.ToArray());
        var outputs = session.Run(
            new Dictionary<string, Tensor> { [extractor.Inputs[0].Name] = pictures });
        inputs.Write(outputs[extractor.Outputs[0].Name].Bytes);
        targets.Write(batch.TargetBytes);
    }

    return new MemoryDataset(
        extractor.Layers[^1].Type, inputs.ToArray(), data.TargetType, targets.ToArray(),
        data.ClassNames);
}

// Trains, and gives the accuracy on a test with the report where there is one.
double Fit(
    Network network, Dataset data, int epochs, int batch, Normalization? normalization,
    Dataset? test = null)
{
    var training = new TrainerOptions
    {
        Epochs = epochs,
        BatchSize = Math.Min(batch, data.Count),
        Seed = options.Seed,
        Schedule = new CosineSchedule(),
        Normalization = normalization,
    };
    using var trainer = new Trainer(
        network, new Classification(), new Adam(0.001f), device, training);
    var result = trainer.Fit(data);
    Console.WriteLine(
        $"{network.Name}: {network.ParameterCount:N0} parameters, {data.Count} samples, "
        + $"{epochs} epochs, {result.Seconds:F1} s, loss {result.History[^1].Loss:F4}");
    var confusion = test is null ? null : ((ClassificationScores)trainer.Evaluate(test)).Confusion;
    Console.WriteLine(confusion is null ? "" : ClassificationReport.Of(confusion, data.ClassNames));
    return confusion?.Accuracy ?? 0;
}
