using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Tests.Layers;

public sealed class BlockTests
{
    /// <summary>
    /// A block on [6, 6, 8], the shape of its output and its number of weights.
    /// </summary>
    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case(new ResidualBlock(8), [6, 6, 8], 1184);
        yield return Case(
            new ResidualBlock(12) { Stride = 2, SqueezeRatio = 4 }, [3, 3, 12],
            864 + 24 + 1296 + 24 + 96 + 24 + (12 * 3) + 3 + (3 * 12) + 12);
        yield return Case(new BottleneckBlock(2), [6, 6, 8], 16 + 4 + 36 + 4 + 16 + 16);
        yield return Case(
            new BottleneckBlock(3) { Stride = 2, Expansion = 2, SqueezeRatio = 2 }, [3, 3, 6],
            24 + 6 + 81 + 6 + 18 + 12 + 48 + 12 + 18 + 3 + 18 + 6);
        yield return Case(
            new DenseBlock(2, 3) { Bottleneck = 2 }, [6, 6, 14],
            16 + 48 + 12 + 162 + 22 + 66 + 12 + 162);
        yield return Case(
            new DenseBlock(2, 3) { Bottleneck = 0, DropoutRate = 0.2f }, [6, 6, 14],
            16 + 216 + 22 + 297);
        yield return Case(new TransitionBlock(), [3, 3, 4], 16 + 32);
        yield return Case(new SqueezeExcitation(4), [6, 6, 8], 16 + 2 + 16 + 8);
        yield return Case(
            new InvertedResidualBlock(8, 2), [6, 6, 8],
            128 + 32 + 144 + 32 + 128 + 16);
        yield return Case(
            new InvertedResidualBlock(5, 1)
            {
                Stride = 2, SqueezeRatio = 4,
            },
            [3, 3, 5], 72 + 16 + 16 + 2 + 16 + 8 + 40 + 10);
        yield return Case(
            new DoubleConv(4) { SqueezeRatio = 1 }, [6, 6, 4], 288 + 8 + 144 + 8 + 40);
    }

    [TestCaseSource(nameof(Cases))]
    public void ABlockHasItsShapeItsWeightsAndItsGradients(
        Module block, int[] expected, long parameters)
    {
        // Smooth, so that differences of losses tell of gradients.
        block = block switch
        {
            ResidualBlock b => b with { Activation = Activation.Silu },
            BottleneckBlock b => b with { Activation = Activation.Silu },
            InvertedResidualBlock b => b with { Activation = Activation.Silu },
            DoubleConv b => b with { Activation = Activation.Silu },
            _ => block,
        };
        using var network = new Sequential("one", new Shape(6, 6, 8), block);
        Assert.That(network.Layers[^1].Type, Is.EqualTo(TensorType.Float(expected)));
        Assert.That(network.ParameterCount, Is.EqualTo(parameters));

        using var trained = new Sequential(
            "trained", new Shape(6, 6, 4), new Conv2D(8, 1) { UseBias = false }, block, new Dense(2));
        NetworkRun.CheckGradients(trained, NetworkRun.Input(1, 4, 6, 6, 4));
    }

    [TestCaseSource(nameof(ZeroInitialised))]
    public void ABlockMayBeginAsNothing(Module block)
    {
        using var network = new Sequential("nothing", new Shape(6, 6, 8), block);
        var input = NetworkRun.Input(1, 2, 6, 6, 8);
        bool isClipped = block is not InvertedResidualBlock;
        float[] expected =
            [.. input.As<float>().ToArray().Select(x => isClipped ? MathF.Max(x, 0) : x)];

        Assert.That(NetworkRun.Predict(network, input), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void SqueezeAndExcitationIsItsFormula()
    {
        using var network = new Sequential("squeezed", new Shape(3, 2, 4), new SqueezeExcitation(2));
        var input = NetworkRun.Input(1, 1, 3, 2, 4);
        float[] x = input.As<float>().ToArray();
        float[] w = network.Parameter("squeeze_excitation/dense/kernel").Values.ToArray();
        float[] v = network.Parameter("squeeze_excitation/dense_1/kernel").Values.ToArray();
        double[] means = [.. Enumerable.Range(0, 4).Select(
            c => Enumerable.Range(0, 6).Average(p => (double)x[(p * 4) + c]))];
        double[] squeezed = [.. Enumerable.Range(0, 2).Select(
            j => Math.Max(Enumerable.Range(0, 4).Sum(c => means[c] * w[(c * 2) + j]), 0))];
        double[] scales = [.. Enumerable.Range(0, 4).Select(
            c => 1 / (1 + Math.Exp(-Enumerable.Range(0, 2).Sum(j => squeezed[j] * v[(j * 4) + c]))))];

        Assert.That(
            NetworkRun.Predict(network, input),
            Is.EqualTo(x.Select((value, i) => value * scales[i % 4])).Within(1e-5));
    }

    [Test]
    public void BlocksWithinTimeAreTheBlocks()
    {
        using var network = new Sequential(
            "clips", new Shape(3, 6, 6, 8),
            new TimeDistributed(new ResidualBlock(12) { Stride = 2, SqueezeRatio = 4 }));
        using var one = new Sequential(
            "one", new Shape(6, 6, 8), new ResidualBlock(12) { Stride = 2, SqueezeRatio = 4 });

        Assert.That(network.Layers[^1].Type.Shape, Is.EqualTo(new Shape(3, 3, 3, 12)));
        Assert.That(
            network.Parameters.Select(p => p.Name),
            Is.EqualTo(one.Parameters.Select(p => "time_distributed/" + p.Name)));
    }

    private static IEnumerable<Module> ZeroInitialised() =>
    [
        new ResidualBlock(8) { ZeroInitialised = true },
        new BottleneckBlock(2) { ZeroInitialised = true },
        new InvertedResidualBlock(8, 2) { ZeroInitialised = true },
    ];

    private static TestCaseData Case(Module block, int[] expected, long parameters) =>
        new TestCaseData(block, expected, parameters).SetArgDisplayNames(
            block.GetType().Name, string.Join('x', expected));
}
