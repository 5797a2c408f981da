using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Tests.Layers;

public sealed class NetworkTests
{
    [Test]
    public void ASummaryHasNamesShapesAndCounts()
    {
        using var network = ConvNet();

        Assert.That(network.ParameterCount, Is.EqualTo(525_898));
        string[] lines = network.Summary().Split(Environment.NewLine);
        Assert.That(lines[0], Is.EqualTo("convnet"));
        Assert.That(lines[3], Does.Match(@"^conv2d +conv2d +\[32, 32, 32\] +896$"));
        Assert.That(lines[7], Does.Match(@"^dense_1 +dense +\[10\] +650$"));
        Assert.That(lines[8], Is.EqualTo("525,898 parameters, 525,898 of them trained"));
    }

    [Test]
    public void TheSameLayerObjectHasTheSameWeights()
    {
        var input = Symbol.Input(8);
        var dense = new Dense(8) { Name = "shared" };
        using var network = new Network("twice", input, input.Then(dense, dense));

        Assert.That(network.ParameterCount, Is.EqualTo(72));
        Assert.That(network.Layers[2].Name, Is.EqualTo("shared_1"));
        Assert.That(network.Layers[2].WeightsName, Is.EqualTo("shared"));
    }

    [Test]
    public void TheSameNameTwiceIsAnError()
    {
        var output = Symbol.Input(8).Then(new Dense(8) { Name = "a" }, new Dense(8) { Name = "a" });
        Assert.That(
            () => new Network("twice", output.Inputs[0].Inputs[0], output),
            Throws.ArgumentException.With.Message.Contains("'a'"));
    }

    [Test]
    public void AShapeThatDoesNotFitNamesTheLayer() =>
        Assert.That(
            () => Symbol.Input(4, 4, 3).Then(new Conv2D(8, 7) { Name = "wide", Padding = 0 }),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("'wide' on [4, 4, 3]"));

    [Test]
    public void FirstValuesAreOfTheSeed()
    {
        using var one = ConvNet();
        using var two = ConvNet();
        one.Initialise(7);
        two.Initialise(7);
        float[] first = one.Parameter("dense/kernel").Values.ToArray();

        Assert.That(two.Parameter("dense/kernel").Values.ToArray(), Is.EqualTo(first));
        two.Initialise(8);
        Assert.That(two.Parameter("dense/kernel").Values.ToArray(), Is.Not.EqualTo(first));
        Assert.That(one.Parameter("dense/bias").Values.ToArray(), Is.All.Zero);
    }

    private static Sequential ConvNet() => new(
        "convnet", new Shape(32, 32, 3),
        new Conv2D(32, 3) { Activation = Activation.Relu },
        new MaxPooling2D(2),
        new Flatten(),
        new Dense(64) { Activation = Activation.Relu },
        new Dense(10));
}
