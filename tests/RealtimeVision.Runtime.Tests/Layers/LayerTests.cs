using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Layers;
using Add = RealtimeVision.Runtime.Layers.Add;
using BatchNorm = RealtimeVision.Runtime.Layers.BatchNorm;
using Conv2D = RealtimeVision.Runtime.Layers.Conv2D;
using Dropout = RealtimeVision.Runtime.Layers.Dropout;
using GroupNorm = RealtimeVision.Runtime.Layers.GroupNorm;
using Gru = RealtimeVision.Runtime.Layers.Gru;
using LayerNorm = RealtimeVision.Runtime.Layers.LayerNorm;
using Lstm = RealtimeVision.Runtime.Layers.Lstm;
using Reshape = RealtimeVision.Runtime.Layers.Reshape;

namespace RealtimeVision.Runtime.Tests.Layers;

public sealed class LayerTests
{
    /// <summary>A layer, a sample's shape, its output's shape and its number of weights.</summary>
    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case(new DepthwiseConv2D(3), [6, 5, 4], [6, 5, 4], 40);
        yield return Case(
            new DepthwiseConv2D(3) { DepthMultiplier = 2, Stride = 2 }, [6, 5, 4], [3, 3, 8], 80);
        yield return Case(
            new SeparableConv2D(6, 3) { DepthMultiplier = 2 }, [5, 5, 4], [5, 5, 6], 126);
        yield return Case(new Conv2DTranspose(6, 2) { Stride = 2 }, [3, 4, 5], [6, 8, 6], 126);
        yield return Case(new Conv2DTranspose(6, 3) { Stride = 2 }, [3, 4, 5], [6, 8, 6], 276);
        yield return Case(
            new Conv2DTranspose(2, 3) { Stride = 2, Padding = 0 }, [3, 4, 5], [7, 9, 2], 92);
        yield return Case(new Conv2DTranspose(2, 2) { Stride = 3 }, [3, 4, 5], [9, 12, 2], 42);
        yield return Case(new UpSampling2D(2), [3, 4, 5], [6, 8, 5], 0);
        yield return Case(
            new UpSampling2D(new Size2(2, 3)) { Mode = UpsampleMode.Bilinear }, [3, 4, 5],
            [6, 12, 5], 0);
        yield return Case(new ZeroPadding2D(new Padding2(1, 2, 3, 4)), [3, 4, 5], [7, 10, 5], 0);
        yield return Case(new Cropping2D(new Padding2(1, 2, 1, 0)), [4, 4, 5], [2, 2, 5], 0);
        yield return Case(new GlobalAveragePooling2D(), [4, 4, 5], [5], 0);
        yield return Case(new GlobalMaxPooling2D(), [4, 4, 5], [5], 0);
        yield return Case(
            new GlobalMaxPooling2D { KeepDimensions = true }, [4, 4, 5], [1, 1, 5], 0);
        yield return Case(new LayerNorm(), [3, 4, 5], [3, 4, 5], 10);
        yield return Case(new GroupNorm(3), [3, 4, 6], [3, 4, 6], 12);
        yield return Case(new BatchNorm(), [3, 4, 6], [3, 4, 6], 12);
        yield return Case(new Dropout(0.4f), [3, 4, 6], [3, 4, 6], 0);
        yield return Case(new ActivationLayer(Activation.Silu), [3, 4, 6], [3, 4, 6], 0);
        yield return Case(new Reshape(new Shape(6, 8)), [4, 4, 3], [6, 8], 0);
        yield return Case(new Lstm(5), [7, 3], [5], 180);
        yield return Case(new Lstm(5) { ReturnSequences = true }, [7, 3], [7, 5], 180);
        yield return Case(
            new Lstm(5) { Direction = RecurrentDirection.Reverse }, [7, 3], [5], 180);
        yield return Case(new Gru(5), [7, 3], [5], 140);
        yield return Case(new Gru(5) { ReturnSequences = true }, [7, 3], [7, 5], 140);
        yield return Case(new Bidirectional(new Lstm(5)), [7, 3], [10], 360);
        yield return Case(
            new Bidirectional(new Gru(5) { ReturnSequences = true }), [7, 3], [7, 10], 280);
        yield return Case(new TimeDistributed(new Dense(4)), [7, 3], [7, 4], 16);
        yield return Case(
            new TimeDistributed(
                new Conv2D(4, 3) { UseBias = false }, new BatchNorm(), new GlobalAveragePooling2D()),
            [3, 4, 5, 2], [3, 4], 80);
    }

    [TestCaseSource(nameof(Cases))]
    public void ALayerHasItsShapeAndItsWeights(
        Module layer, int[] sample, int[] expected, long parameters)
    {
        using var network = new Sequential("one", new Shape(sample), layer);

        Assert.That(network.Layers[^1].Type, Is.EqualTo(TensorType.Float(expected)));
        Assert.That(network.ParameterCount, Is.EqualTo(parameters));
        float[] output = NetworkRun.Predict(network, NetworkRun.Input(1, [2, .. sample]));
        Assert.That(output, Has.Length.EqualTo(2 * new Shape(expected).Count));
    }

    [TestCaseSource(nameof(Cases))]
    public void GradientsAreThoseOfTheLoss(Module layer, int[] sample, int[] expected, long _)
    {
        using var network = new Sequential(
            "checked", new Shape(sample), new Dense(sample[^1]) { UseBias = false }, layer,
            new Dense(2));

        NetworkRun.CheckGradients(network, NetworkRun.Input(1, [3, .. sample]));
        Assert.That(network.Layers[^2].Type.Shape, Is.EqualTo(new Shape(expected)));
    }

    [Test]
    public void MergingLayersAddMultiplyAndConcatenate()
    {
        var x = Symbol.Input(4, 3, 2);
        var y = new GlobalAveragePooling2D { KeepDimensions = true }.On(x);
        var sum = new Add { Activation = Activation.Relu }.On(x, x, x);
        var product = new Multiply().On(x, y);
        using var network = new Network(
            "merging", x, new Concatenate().On(sum, product));
        var input = NetworkRun.Input(1, 2, 4, 3, 2);
        float[] output = NetworkRun.Predict(network, input);

        Assert.That(network.Layers[^1].Type.Shape, Is.EqualTo(new Shape(4, 3, 4)));
        float[] numbers = input.As<float>().ToArray();
        for (int i = 0; i < numbers.Length; i++)
        {
            var (sample, pixel, channel) = (i / 24, i / 2, i % 2);
            double mean = Enumerable.Range(0, 12)
                .Average(p => numbers[(sample * 24) + (p * 2) + channel]);
            Assert.That(
                output[(pixel * 4) + channel],
                Is.EqualTo(Math.Max(3 * numbers[i], 0)).Within(1e-5));
            Assert.That(
                output[(pixel * 4) + 2 + channel], Is.EqualTo(numbers[i] * mean).Within(1e-5));
        }
    }

    [Test]
    public void MergingAlongTheFirstDimensionAndGradients()
    {
        var x = Symbol.Input(4, 3, 2);
        var conv = x.Then(new Conv2D(2, 1));
        var gate = conv.Then(new GlobalAveragePooling2D { KeepDimensions = true }, new Dense(2));
        var rows = new Concatenate { Axis = 0 }.On(conv, new Multiply().On(conv, gate));
        using var network = new Network("merging", x, rows);

        Assert.That(rows.Shape, Is.EqualTo(new Shape(8, 3, 2)));
        NetworkRun.CheckGradients(network, NetworkRun.Input(1, 3, 4, 3, 2));
    }

    [Test]
    public void MergingOfOtherRanksIsAnError() =>
        Assert.That(
            () => new Multiply().On(Symbol.Input(4, 3, 2), Symbol.Input(2)),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("[4, 3, 2], [2]"));

    [Test]
    public void SizesAreMatchedByRepeatingTheEdge()
    {
        var x = Symbol.Input(5, 3, 1);
        var halved = x.Then(new MaxPooling2D(2), new UpSampling2D(2));
        using var network = new Network("matched", x, new MatchSize2D().On(halved, x));
        var input = NetworkRun.Input(1, 1, 5, 3, 1);
        float[] output = NetworkRun.Predict(network, input);

        Assert.That(network.Layers[^1].Type.Shape, Is.EqualTo(new Shape(5, 3, 1)));
        float[] last = output[9..12];
        Assert.That(output[12..15], Is.EqualTo(last));
        Assert.That(output[2], Is.EqualTo(output[1]));
    }

    [Test]
    public void ASeparableConvolutionIsItsTwoConvolutions()
    {
        using var one = new Sequential(
            "one", new Shape(6, 5, 3), new SeparableConv2D(4, 3) { DepthMultiplier = 2 });
        using var two = new Sequential(
            "two", new Shape(6, 5, 3),
            new DepthwiseConv2D(3) { DepthMultiplier = 2, UseBias = false }, new Conv2D(4, 1));
        two.Parameter("depthwise_conv2d/kernel")
            .Set(one.Parameter("separable_conv2d/depthwise_kernel").Values);
        two.Parameter("conv2d/kernel")
            .Set(one.Parameter("separable_conv2d/pointwise_kernel").Values);
        var input = NetworkRun.Input(1, 2, 6, 5, 3);

        Assert.That(
            NetworkRun.Predict(one, input),
            Is.EqualTo(NetworkRun.Predict(two, input)).Within(1e-5));
    }

    [Test]
    public void DropoutDropsInTrainingOnly()
    {
        using var network = new Sequential(
            "dropping", new Shape(50), new Dropout(0.5f), new Dropout(0.5f));
        var input = NetworkRun.Input(1, 2, 50);

        Assert.That(
            NetworkRun.Predict(network, input), Is.EqualTo(input.As<float>().ToArray()));
        Assert.That(
            () => Symbol.Input(3).Then(new Dropout(1)),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("rate"));
    }

    [Test]
    public void DropoutIsOfTheSeed()
    {
        using var network = new Sequential(
            "dropping", new Shape(50), new Dense(50), new Dropout(0.5f));
        var input = NetworkRun.Input(1, 2, 50);
        double[] losses = [.. ((ulong[])[1, 1, 2]).Select(seed =>
        {
            using var training = new NetworkRun.TrainingGraph(network, input, seed);
            return training.Run().Loss;
        })];

        Assert.That(losses[1], Is.EqualTo(losses[0]));
        Assert.That(losses[2], Is.Not.EqualTo(losses[0]));
    }

    [Test]
    public void RunningStatisticsFollowTheBatch()
    {
        using var network = new Sequential(
            "normalised", new Shape(2, 2, 3), new BatchNorm { Momentum = 0.25f });
        var input = NetworkRun.Input(1, 2, 2, 2, 3);
        using var training = new NetworkRun.TrainingGraph(network, input);
        training.Run();
        float[] mean = training.ValueOf(network.Parameter("batch_norm/mean"));
        float[] variance = training.ValueOf(network.Parameter("batch_norm/variance"));

        for (int c = 0; c < 3; c++)
        {
            double[] numbers =
                [.. Enumerable.Range(0, 8).Select(i => (double)input.As<float>()[(i * 3) + c])];
            double unbiased = numbers.Sum(x => Math.Pow(x - numbers.Average(), 2)) / 7;
            Assert.That(mean[c], Is.EqualTo(0.25 * numbers.Average()).Within(1e-6));
            Assert.That(variance[c], Is.EqualTo(0.75 + (0.25 * unbiased)).Within(1e-6));
        }
    }

    [TestCase(5, 5)]
    [TestCase(4, 9)]
    [TestCase(9, 4)]
    public void OrthogonalWeightsAreOrthogonal(int rows, int columns)
    {
        using var network = new Sequential(
            "orthogonal", new Shape(rows),
            new Dense(columns) { KernelInitialiser = Initialiser.Orthogonal });
        float[] w = network.Parameter("dense/kernel").Values.ToArray();
        int count = Math.Min(rows, columns);
        for (int a = 0; a < count; a++)
        {
            for (int b = 0; b < count; b++)
            {
                double dot = Enumerable.Range(0, Math.Max(rows, columns)).Sum(i => rows <= columns
                    ? w[(a * columns) + i] * w[(b * columns) + i]
                    : w[(i * columns) + a] * w[(i * columns) + b]);
                Assert.That(dot, Is.EqualTo(a == b ? 1 : 0).Within(1e-6));
            }
        }
    }

    private static TestCaseData Case(Module layer, int[] sample, int[] expected, long parameters) =>
        new TestCaseData(layer, sample, expected, parameters).SetArgDisplayNames(
            layer.GetType().Name, string.Join('x', sample), string.Join('x', expected));
}
