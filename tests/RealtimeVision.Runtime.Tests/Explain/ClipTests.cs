using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Explain;
using RealtimeVision.Runtime.Layers;

namespace RealtimeVision.Runtime.Tests.Explain;

/// <summary>Networks of clips: maps have a frame for each of the clip's.</summary>
public sealed class ClipTests
{
    private const int Frames = 4;
    private const int Side = 8;
    private const int Class = 1;

    private static readonly CpuDevice Device = new(2);

    [OneTimeTearDown]
    public void DisposeDevice() => Device.Dispose();

    [Test]
    public void SaliencyIsTheGradientOfEachFrame()
    {
        using var network = Clips();
        using var explainer = new Explainer(network, Device);
        Tensor clip = AttributionTests.Random(explainer, 1);
        ClassTarget target = explainer.Target(clip, Class);
        var map = new Saliency().Attribute(explainer, clip, target);
        Assert.That((explainer.Frames, map.Frames, map.Width), Is.EqualTo((Frames, Frames, Side)));

        float[] gradient = explainer.Gradient(clip, target).As<float>().ToArray();
        for (int frame = 0; frame < Frames; frame++)
        {
            int at = ((((frame * Side) + 3) * Side) + 2) * 3;
            float around = Changed(at, 0.02f) - Changed(at, -0.02f);
            Assert.That(gradient[at], Is.EqualTo(around / 0.04f).Within(1e-3f), $"frame {frame}");
            Assert.That(
                map.OfFrame(frame).Values[(3 * Side) + 2],
                Is.EqualTo(gradient.AsSpan(at, 3).ToArray().Max(MathF.Abs)));
        }

        float Changed(int at, float by)
        {
            var changed = new Tensor(clip.Type, clip.Bytes.ToArray());
            changed.As<float>()[at] += by;
            return explainer.Score(changed, target).Score;
        }
    }

    [Test]
    public void EveryMethodGivesAMapAFrame()
    {
        using var network = Clips();
        using var explainer = new Explainer(network, Device);
        Tensor clip = AttributionTests.Random(explainer, 2);
        ClassTarget target = explainer.Target(clip, Class);
        Assert.That(explainer.DefaultLayer!.Shape, Is.EqualTo(new Shape(Frames, Side, Side, 4)));
        foreach (AttributionMethod method in (AttributionMethod[])[
            new GradCam(), new GradCamPlusPlus(), new SmoothGrad(), new IntegratedGradients(),
            new Occlusion { Side = 4, Frames = 2 }])
        {
            AttributionMap map = method.Attribute(explainer, clip, target);
            Assert.That(map.Frames, Is.EqualTo(Frames), method.Name);
            Assert.That(map.Values, Has.Some.Not.Zero, method.Name);
            Assert.That(method.Description, Is.Not.Empty, method.Name);
        }

        var whole = new IntegratedGradients { Steps = 64 }.Attribute(explainer, clip, target);
        float risen = explainer.Score(clip, target).Score
            - explainer.Score(explainer.Grey(0), target).Score;
        Assert.That(whole.Values.Sum(), Is.EqualTo(risen).Within(1e-2f * Math.Abs(risen) + 1e-5f));
        var deletion = PerturbationCurve.Deletion(explainer, clip, target, whole, steps: 4);
        Assert.That(deletion.Confidences, Has.Count.EqualTo(5));
    }

    [Test]
    public void OcclusionTellsTheFrameThatCounts()
    {
        using var network = Clips(new Dense(3));
        using var explainer = new Explainer(network, Device);

        // The scores of this one are those of each frame alone, and the last frame's are explained.
        Tensor clip = AttributionTests.Random(explainer, 3);
        AttributionMap map = explainer.Attribute(
            new Occlusion { Side = 4, Frames = 1 }, clip, Class);
        for (int frame = 0; frame < Frames; frame++)
        {
            Assert.That(
                map.OfFrame(frame).MagnitudeAt(1), frame < Frames - 1 ? Is.Zero : Is.Positive);
        }
    }

    [Test]
    public void FollowingAClipEndsWhereItsPredictionDoes()
    {
        using var network = Clips();
        using var explainer = new Explainer(network, Device);
        Tensor clip = AttributionTests.Random(explainer, 4);
        float[] expected = explainer.Predict(clip).Shares;
        int bytes = clip.Bytes.Length / Frames;
        for (int round = 0; round < 2; round++)
        {
            float[] last = [];
            for (int frame = 0; frame < Frames; frame++)
            {
                var seen = new Tensor(
                    TensorType.Float(1, Side, Side, 3), clip.Bytes.Slice(frame * bytes, bytes).ToArray());
                last = explainer.Follow(seen, isFirst: frame == 0);
            }

            Assert.That(last, Is.EqualTo(expected).Within(1e-5f), $"round {round}");
        }
    }

    [Test]
    public void WhatCannotBeIsSaid()
    {
        using var network = Clips(new Lstm(4) { Direction = Kernels.Operators.RecurrentDirection.Bidirectional });
        using var explainer = new Explainer(network, Device);
        Tensor frame = new(TensorType.Float(1, Side, Side, 3));
        Assert.That(
            () => explainer.Follow(frame, isFirst: true),
            Throws.TypeOf<ExplainException>().With.Message.Contains("stream"));
        Assert.That(
            () => explainer.Clip([frame, frame]),
            Throws.TypeOf<ExplainException>().With.Message.Contains("4 frames"));
        Assert.That(
            () => explainer.Attribute(
                new GradCam { Layer = "lstm" }, AttributionTests.Random(explainer, 1), 0),
            Throws.TypeOf<ExplainException>().With.Message.Contains("'lstm'"));
    }

    private static Sequential Clips(Module? memory = null)
    {
        var network = new Sequential(
            "clips", new Shape(Frames, Side, Side, 3),
            new TimeDistributed(
                new Conv2D(4, 3) { Activation = Activation.Silu }, new GlobalAveragePooling2D()),
            memory ?? new Lstm(5), new Dense(3));
        network.Initialise(5);
        return network;
    }
}
