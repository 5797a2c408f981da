using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Layers;
using BatchNorm = RealtimeVision.Runtime.Layers.BatchNorm;
using Conv2D = RealtimeVision.Runtime.Layers.Conv2D;
using Gru = RealtimeVision.Runtime.Layers.Gru;
using Lstm = RealtimeVision.Runtime.Layers.Lstm;

namespace RealtimeVision.Runtime.Tests.Layers;

/// <summary>Layers that know of time.</summary>
public sealed class RecurrentTests
{
    private const int Steps = 6;
    private const int Features = 3;

    private static RecurrentLayer[] Layers() => [new Lstm(4), new Gru(4)];

    [Test]
    public void AnLstmIsItsFormula()
    {
        using var network = new Sequential("lstm", new Shape(Steps, Features), new Lstm(4));
        var input = NetworkRun.Input(1, 1, Steps, Features);
        float[] w = network.Parameter("lstm/kernel").Values.ToArray();
        float[] r = network.Parameter("lstm/recurrent_kernel").Values.ToArray();
        float[] b = network.Parameter("lstm/bias").Values.ToArray();
        Assert.That(b, Is.EqualTo((float[])[0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]));
        double[] h = new double[4];
        double[] c = new double[4];
        for (int t = 0; t < Steps; t++)
        {
            double[] sums = [.. b.Select(x => (double)x)];
            for (int g = 0; g < 16; g++)
            {
                for (int f = 0; f < Features; f++)
                {
                    sums[g] += w[(f * 16) + g] * input.As<float>()[(t * Features) + f];
                }

                for (int u = 0; u < 4; u++)
                {
                    sums[g] += r[(u * 16) + g] * h[u];
                }
            }

            for (int u = 0; u < 4; u++)
            {
                c[u] = (Sigmoid(sums[4 + u]) * c[u])
                    + (Sigmoid(sums[u]) * Math.Tanh(sums[8 + u]));
            }

            h = [.. Enumerable.Range(0, 4).Select(u => Sigmoid(sums[12 + u]) * Math.Tanh(c[u]))];
        }

        Assert.That(NetworkRun.Predict(network, input), Is.EqualTo(h).Within(1e-5));
    }

    [TestCaseSource(nameof(Layers))]
    public void AStreamGivesWhatTheWholeSequenceGives(RecurrentLayer layer)
    {
        using var network = new Sequential(
            "stream", new Shape(Steps, Features), layer with { ReturnSequences = true }, layer);
        const int batch = 2;
        var whole = NetworkRun.Input(1, batch, Steps, Features);
        float[] expected = NetworkRun.Predict(network, whole);

        // Two runs of one step, then one of the other four.
        var parts = NetworkRun.Stream(network, [Part(whole, 0, 1), Part(whole, 1, 1), Part(whole, 2, 4)]);

        Assert.That(parts[^1], Is.EqualTo(expected).Within(1e-5));
        Assert.That(parts[0], Is.Not.EqualTo(expected).Within(1e-3));
    }

    [TestCaseSource(nameof(Layers))]
    public void ALayerOfBothDirectionsIsTwo(RecurrentLayer layer)
    {
        using var both = new Sequential(
            "both", new Shape(Steps, Features), new Bidirectional(layer) { Name = "both" });
        var x = Symbol.Input(Steps, Features);
        using var two = new Network("two", x, new Concatenate().On(
            (layer with { Name = "forward" }).On(x),
            (layer with { Name = "back", Direction = RecurrentDirection.Reverse }).On(x)));
        foreach (string name in (string[])["kernel", "recurrent_kernel", "bias"])
        {
            var values = both.Parameters.Single(
                p => p.Name.EndsWith("/" + name, StringComparison.Ordinal)).Values;
            two.Parameter($"forward/{name}").Set(values[..(values.Length / 2)]);
            two.Parameter($"back/{name}").Set(values[(values.Length / 2)..]);
        }

        var input = NetworkRun.Input(1, 2, Steps, Features);
        Assert.That(
            NetworkRun.Predict(both, input),
            Is.EqualTo(NetworkRun.Predict(two, input)).Within(1e-5));
    }

    [Test]
    public void WhatGoesBackwardsHasNoStream()
    {
        using var network = new Sequential(
            "both", new Shape(Steps, Features), new Bidirectional(new Lstm(4)));
        Assert.That(
            () => NetworkRun.Stream(network, [NetworkRun.Input(1, 1, 1, Features)]),
            Throws.InvalidOperationException.With.Message.Contains("'bidirectional'"));
    }

    [Test]
    public void TimeDistributedModulesSeeEachStepAlone()
    {
        Module[] modules =
        [
            new Conv2D(4, 3), new BatchNorm(), new MaxPooling2D(2), new Flatten(), new Dense(3),
        ];
        using var each = new Sequential("each", new Shape(4, 6, 2), modules);
        using var all = new Sequential(
            "all", new Shape(Steps, 4, 6, 2), new TimeDistributed(modules) { Name = "steps" });
        foreach (var parameter in each.Parameters)
        {
            float[] values = NetworkRun.Numbers(2, parameter.Type.Shape.Count);
            values = [.. values.Select(x => x + 1.5f)];
            parameter.Set(values);
            all.Parameter("steps/" + parameter.Name).Set(values);
        }

        var input = NetworkRun.Input(1, 2, Steps, 4, 6, 2);
        var samples = Tensor.Of<float>(new Shape(2 * Steps, 4, 6, 2), input.As<float>());
        Assert.That(all.Layers[^1].Type.Shape, Is.EqualTo(new Shape(Steps, 3)));
        Assert.That(
            NetworkRun.Predict(all, input),
            Is.EqualTo(NetworkRun.Predict(each, samples)).Within(1e-5));
    }

    [Test]
    public void TheSameLayerMaySeeStepsAndWholes()
    {
        var shared = new Dense(3);
        var x = Symbol.Input(Steps, 3);
        var last = x.Then(new TimeDistributed(shared), new Lstm(3), shared);
        using var network = new Network("shared", x, last);

        Assert.That(network.ParameterCount, Is.EqualTo(12 + 84));
        NetworkRun.CheckGradients(network, NetworkRun.Input(1, 2, Steps, 3));
    }

    [Test]
    public void AClipClassifierRunsOnAStream()
    {
        using var network = new Sequential(
            "clips", new Shape(Steps, 4, 6, 2),
            new TimeDistributed(new Conv2D(4, 3), new GlobalAveragePooling2D()),
            new Lstm(5), new Dense(2));
        var whole = NetworkRun.Input(1, 1, Steps, 4, 6, 2);
        float[] expected = NetworkRun.Predict(network, whole);

        var parts = NetworkRun.Stream(
            network, Enumerable.Range(0, Steps).Select(t => Part(whole, t, 1)));

        Assert.That(parts[^1], Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void StepsThatAreLeftOverAreAnError()
    {
        var folded = Symbol.Input(Steps, 3).Then(new FoldTime());
        Assert.That(
            () => new Concatenate().On(folded, Symbol.Input(3)), Throws.InstanceOf<ShapeException>());
        Assert.That(
            () => new Network("folded", folded.Inputs[0], folded),
            Throws.ArgumentException.With.Message.Contains("UnfoldTime"));
    }

    private static Tensor Part(Tensor whole, int start, int count)
    {
        var sizes = whole.Shape.Sizes;
        int step = (int)whole.Shape.Product(2, sizes.Length);
        var part = new List<float>();
        for (int n = 0; n < sizes[0]; n++)
        {
            part.AddRange(
                whole.As<float>().Slice(((n * sizes[1]) + start) * step, count * step));
        }

        return Tensor.Of<float>(whole.Shape.With(1, count), [.. part]);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
