using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Tests.Import;

namespace RealtimeVision.Runtime.Tests.Explain;

/// <summary>Methods against what can be worked out by hand.</summary>
public sealed class AttributionTests
{
    private const int Side = 6;
    private const int Class = 1;

    private static readonly CpuDevice Device = new(2);

    [OneTimeTearDown]
    public void DisposeDevice() => Device.Dispose();

    [Test]
    public void SaliencyOfALinearModelIsItsWeights()
    {
        using var network = Linear();
        using var explainer = new Explainer(network, Device);
        Tensor picture = Random(explainer, 1);
        var map = explainer.Attribute(new Saliency(), picture, Class);
        var smooth = explainer.Attribute(new SmoothGrad { Samples = 3 }, picture, Class);

        float[] expected =
        [
            .. Enumerable.Range(0, Side * Side).Select(p => Enumerable.Range(0, 3)
                .Max(c => Math.Abs(Weight(network, (p * 3) + c)))),
        ];
        Assert.That(map.Values, Is.EqualTo(expected).Within(1e-6f));
        Assert.That(smooth.Values, Is.EqualTo(expected).Within(1e-6f), "the gradient is constant");
        Assert.That((map.Width, map.Height, map.IsSigned), Is.EqualTo((Side, Side, false)));
    }

    [Test]
    public void IntegratedGradientsOfALinearModelAreItsTerms()
    {
        using var network = Linear();
        using var explainer = new Explainer(network, Device);
        Tensor picture = Random(explainer, 2);
        var map = explainer.Attribute(
            new IntegratedGradients { Steps = 2, Baseline = 0.25f }, picture, Class);

        float[] x = picture.As<float>().ToArray(), b = explainer.Grey(0.25f).As<float>().ToArray();
        for (int p = 0; p < Side * Side; p++)
        {
            float expected = Enumerable.Range(p * 3, 3).Sum(i => Weight(network, i) * (x[i] - b[i]));
            Assert.That(map.Values[p], Is.EqualTo(expected).Within(1e-5f));
        }
    }

    [Test]
    public void IntegratedGradientsAddUpToTheScore()
    {
        using var network = Convolutional(Activation.Silu);
        using var explainer = new Explainer(network, Device);
        Tensor picture = Random(explainer, 3);
        ClassTarget target = explainer.Target(picture, Class);
        var map = new IntegratedGradients { Steps = 48 }.Attribute(explainer, picture, target);

        float difference = explainer.Score(picture, target).Score
            - explainer.Score(explainer.Grey(0), target).Score;
        Assert.That(
            map.Values.Sum(), Is.EqualTo(difference).Within(1e-3f * Math.Abs(difference) + 1e-5f));
    }

    [Test]
    public void OcclusionOfALinearModelIsWhatTheSquareTakesAway()
    {
        using var network = Linear();
        using var explainer = new Explainer(network, Device);
        Tensor picture = Random(explainer, 4);
        float[] x = picture.As<float>().ToArray();
        float[] mean =
        [
            .. Enumerable.Range(0, 3).Select(c => x.Where((_, i) => i % 3 == c).Average()),
        ];
        float[] term =
        [
            .. Enumerable.Range(0, Side * Side).Select(p => Enumerable.Range(0, 3)
                .Sum(c => Weight(network, (p * 3) + c) * (x[(p * 3) + c] - mean[c]))),
        ];

        var pixels = explainer.Attribute(new Occlusion { Side = 1 }, picture, Class);
        Assert.That(pixels.Values, Is.EqualTo(term).Within(1e-4f));
        var squares = explainer.Attribute(
            new Occlusion { Side = 4, Stride = 4 }, picture, Class);
        Assert.That(
            squares.Values[0],
            Is.EqualTo(term.Where((_, p) => p % Side < 4 && p / Side < 4).Sum()).Within(1e-4f));
        Assert.That(
            squares.Values[^1],
            Is.EqualTo(term.Where((_, p) => p % Side >= 4 && p / Side >= 4).Sum()).Within(1e-4f),
            "squares are cut off at the edge");
    }

    [Test]
    public void GradCamIsTheMapsByTheMeansOfTheirGradients()
    {
        using var network = Convolutional(Activation.Relu);
        using var explainer = new Explainer(network, Device);
        Tensor picture = Random(explainer, 5);
        var map = explainer.Attribute(new GradCam(), picture, Class);
        var plus = explainer.Attribute(new GradCamPlusPlus(), picture, Class);

        // Behind the mean of all pixels, each pixel of map k has the gradient w[k] / pixels.
        float[] maps = explainer.Activations(picture, "conv2d")[0].As<float>().ToArray();
        int channels = maps.Length / (Side * Side), pixels = Side * Side;
        var expected = new float[pixels];
        var expectedPlus = new float[pixels];
        for (int k = 0; k < channels; k++)
        {
            float gradient = Weight(network, k) / pixels;
            double sum = Enumerable.Range(0, pixels).Sum(p => (double)maps[(p * channels) + k]);
            double alpha = gradient > 0
                ? Math.Pow(gradient, 2) / ((2 * Math.Pow(gradient, 2)) + (sum * Math.Pow(gradient, 3)))
                : 0;
            float weight = (float)(pixels * alpha * Math.Max(gradient, 0));
            for (int p = 0; p < pixels; p++)
            {
                expected[p] += gradient * maps[(p * channels) + k];
                expectedPlus[p] += weight * maps[(p * channels) + k];
            }
        }

        Assert.That(explainer.DefaultLayer!.Name, Is.EqualTo("conv2d"));
        Assert.That(
            map.Values, Is.EqualTo(expected.Select(v => Math.Max(v, 0))).Within(1e-5f));
        Assert.That(map.Values.Max(), Is.Positive);
        Assert.That(
            plus.Values, Is.EqualTo(expectedPlus.Select(v => Math.Max(v, 0))).Within(1e-4f));
    }

    [Test]
    public void GradCamOfASegmenterCountsThePixelsOfTheClass()
    {
        using var network = new Sequential(
            "areas", new Shape(Side, Side, 3),
            new Conv2D(4, 3) { Activation = Activation.Relu, Stride = 2 },
            new UpSampling2D(2), new Conv2D(3, 1));
        network.Initialise(7);
        network.Manifest = new ModelManifest { Name = "areas", Task = ModelTask.Segmentation };
        using var explainer = new Explainer(network, Device);
        Tensor picture = Random(explainer, 6);
        Prediction prediction = explainer.Predict(picture);
        int found = prediction.Top;
        ClassTarget target = explainer.Target(prediction, found);
        var map = new GradCam { Layer = "conv2d" }.Attribute(explainer, picture, target);

        // The gradient of each map is its weight at each pixel of the class, four to one of a map.
        float[] maps = explainer.Activations(picture, "conv2d")[0].As<float>().ToArray();
        float[] weights = network.Parameter("conv2d_1/kernel").Values.ToArray();
        float[] coarse = new float[9];
        for (int i = 0; i < maps.Length; i++)
        {
            coarse[i / 4] += weights[(i % 4 * 3) + found] * target.Count / 9f * maps[i];
        }

        float most = coarse.Max();
        Assert.That(most, Is.Positive, "the seed gives a map that is not empty");
        Assert.That(
            target.Count, Is.EqualTo((int)Math.Round(prediction.Shares[found] * Side * Side)));
        Assert.That(map.At(1, 1), Is.EqualTo(Math.Max(0, coarse[0])).Within(most * 0.5));
        Assert.That(
            map.Values[Side + 1 + Side],
            Is.EqualTo(Bilinear(coarse, 1, 2)).Within(1e-4f * most));

        int absent = Array.FindIndex(prediction.Shares, s => s == 0);
        if (absent >= 0)
        {
            Assert.That(
                explainer.Attribute(new GradCam(), picture, absent).Values, Is.All.Zero);
        }
    }

    [Test]
    public void GradCamIsTheSameOnAllDevices(
        [ValueSource(typeof(OnnxComparison), nameof(OnnxComparison.DeviceNames))] string device)
    {
        using var network = Zoo.Create(
            "resnet20", new ZooOptions { Input = new Shape(16, 16, 3), Classes = 5 });
        network.Initialise(3);
        using var here = new Explainer(network, Device);
        using var there = new Explainer(network, OnnxComparison.Open(device));
        Tensor picture = Random(here, 8);
        foreach (AttributionMethod method in
            (AttributionMethod[])[new GradCam(), new GradCamPlusPlus(), new Saliency()])
        {
            float[] expected = here.Attribute(method, picture, 2).Values;
            Assert.That(
                there.Attribute(method, picture, 2).Values,
                Is.EqualTo(expected).Within(1e-3f * expected.Max()), method.Name);
        }
    }

    [Test]
    public void OnePlanServesAllPictures()
    {
        using var network = Convolutional(Activation.Relu);
        using var explainer = new Explainer(network, Device);
        for (int i = 0; i < 4; i++)
        {
            Tensor picture = Random(explainer, i);
            explainer.Attribute(new GradCam(), picture, i % 3);
            explainer.Attribute(new IntegratedGradients { Steps = 2 }, picture, i % 3);
            explainer.Attribute(new Saliency(), picture, i % 3);
        }

        Assert.That(explainer.PlanCount, Is.EqualTo(4), "prediction, map and gradients of one and two");
    }

    [Test]
    public void BatchesGiveWhatSinglePicturesGive()
    {
        using var network = Convolutional(Activation.Silu);
        using var explainer = new Explainer(network, Device);
        Tensor[] pictures = [.. Enumerable.Range(0, 11).Select(i => Random(explainer, i))];
        ClassTarget target = explainer.Target(pictures[0], Class);
        Assert.That(explainer.SamplesThatFit(100_000, pictures.Length), Is.EqualTo(8));
        Assert.That(explainer.SamplesThatFit(100L << 20, pictures.Length), Is.EqualTo(1));

        var told = new List<double>();
        explainer.Progress = new Told(told);
        var gradients = new float[pictures.Length][];
        var scores = new (float, float)[pictures.Length];
        explainer.Gradients(
            pictures.Length, target, (i, p) => pictures[i].As<float>().CopyTo(p),
            (i, gradient) => gradients[i] = gradient.ToArray());
        explainer.Scores(
            pictures.Length, target, (i, p) => pictures[i].As<float>().CopyTo(p),
            (i, score, confidence) => scores[i] = (score, confidence));
        Assert.That(told, Has.Count.LessThan(pictures.Length).And.Contains(1.0));
        explainer.Progress = null;
        for (int i = 0; i < pictures.Length; i++)
        {
            Assert.That(
                gradients[i],
                Is.EqualTo(explainer.Gradient(pictures[i], target).As<float>().ToArray())
                    .Within(1e-6f));
            (float score, float confidence) = explainer.Score(pictures[i], target);
            Assert.That(scores[i].Item1, Is.EqualTo(score).Within(1e-5f));
            Assert.That(scores[i].Item2, Is.EqualTo(confidence).Within(1e-6f));
        }

        explainer.Cancellation = new CancellationToken(true);
        Assert.That(
            () => explainer.Attribute(new SmoothGrad(), pictures[0], Class),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void AnOperatorWithoutGradientIsNamed()
    {
        using var model = new HardModel();
        using var explainer = new Explainer(model, Device);
        Tensor picture = Random(explainer, 1);
        Assert.That(
            () => explainer.Attribute(new Saliency(), picture, 0),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("'hard'")
                .And.Message.Contains("Hardmax"));
        Assert.That(explainer.Attribute(new Occlusion { Side = 2 }, picture, 0).Values, Is.All.Not.NaN);
    }

    internal static Tensor Random(Explainer explainer, int seed)
    {
        var random = new Random(seed);
        var shape = new Shape(
            explainer.Frames, explainer.Height, explainer.Width, explainer.Channels);
        return Tensor.Of<float>(
            shape, [.. Enumerable.Range(0, (int)shape.Count).Select(_ => random.NextSingle())]);
    }

    private sealed class Told(List<double> told) : IProgress<double>
    {
        public void Report(double value) => told.Add(value);
    }

    private static Sequential Linear() => Made(new Sequential(
        "linear", new Shape(Side, Side, 3), new Flatten(), new Dense(3) { Name = "scores" }));

    private static Sequential Convolutional(Activation activation) => Made(new Sequential(
        "small", new Shape(Side, Side, 3), new Conv2D(5, 3) { Activation = activation },
        new GlobalAveragePooling2D(), new Dense(3) { Name = "scores" }));

    private static Sequential Made(Sequential network)
    {
        network.Initialise(5);
        return network;
    }

    // Of the class, for one of what the last layer sees.
    private static float Weight(Network network, int input) =>
        network.Parameter("scores/kernel").Values[(input * 3) + Class];

    // At the pixel (x, y) of 6x6, of 3x3 numbers.
    private static float Bilinear(float[] coarse, int x, int y)
    {
        var map = new AttributionMap(
            3, 3, [.. coarse.Select(v => Math.Max(v, 0))], isSigned: false);
        return map.At((x + 0.5f) / 2, (y + 0.5f) / 2);
    }
}
