using CsCheck;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Tests.Execution;

namespace RealtimeVision.Runtime.Tests.Compile;

public class MemoryPlannerTests
{
    private static readonly Gen<BufferLife[]> Lives =
        Gen.Select(Gen.Long[0, 5000], Gen.Int[0, 60], Gen.Int[0, 12])
            .Select((bytes, first, length) => new BufferLife(bytes, first, first + length))
            .Array[0, 80];

    [Test]
    public void BuffersThatLiveTogetherDoNotOverlap() => Lives.Sample(lives =>
    {
        var plan = MemoryPlanner.Plan(lives);
        AssertDisjoint(lives, plan);
        Assert.That(plan.Bytes, Is.GreaterThanOrEqualTo(MemoryPlanner.LowerBound(lives)));
        Assert.That(plan.Bytes, Is.LessThanOrEqualTo(2 * MemoryPlanner.LowerBound(lives)));
    });

    [Test]
    public void BuffersOneAfterTheOtherShareOnePlace()
    {
        var lives = Enumerable.Range(0, 10).Select(i => new BufferLife(1000, i, i)).ToArray();

        Assert.That(MemoryPlanner.Plan(lives).Bytes, Is.EqualTo(1024));
    }

    [Test]
    public void ChainNeedsTwoBuffersOrOneInPlace([Values] bool inPlace)
    {
        var graph = new Graph();
        var value = graph.Input("x", TensorType.Float(64));
        for (int i = 0; i < 10; i++)
        {
            value = graph.Add(new WeightedSum(1, inPlace), $"n{i}", value);
        }

        graph.Output(value);
        var liveness = Liveness.Of(graph);

        // The input keeps its place, since the caller may run again without setting it.
        var plan = MemoryPlanner.Plan(liveness.Buffers);
        Assert.That(plan.Bytes, Is.EqualTo(inPlace ? 2 * 256 : 3 * 256));
        Assert.That(liveness.InPlaceCount, Is.EqualTo(inPlace ? 9 : 0));
    }

    [Test]
    public void ViewKeepsItsSourceAlive()
    {
        var graph = new Graph();
        var x = graph.Input("x", TensorType.Float(64));
        var a = graph.Add(new WeightedSum(), "a", x);
        var view = graph.Add(new ViewAs(new Shape(8, 8)), "view", a);
        var b = graph.Add(new WeightedSum(), "b", x);
        graph.Output(graph.Add(new WeightedSum(), "c", view));
        graph.Output(b);
        var liveness = Liveness.Of(graph);

        Assert.That(liveness.StorageOf(view), Is.EqualTo(liveness.StorageOf(a)));
        Assert.That(liveness.StorageOf(b), Is.Not.EqualTo(liveness.StorageOf(a)));
        Assert.That(liveness.Buffers[liveness.StorageOf(a).Buffer].Last, Is.EqualTo(4));
    }

    [Test]
    public void NoLiveValueIsOverwrittenOnRandomGraphs() => RandomGraphs.Gen.Sample(graph =>
    {
        var liveness = Liveness.Of(graph);
        var plan = MemoryPlanner.Plan(liveness.Buffers);
        AssertDisjoint(liveness.Buffers, plan);

        // Plays the run with a token for each value: whoever reads has to find the token of what it
        // means to read.
        var memory = new Dictionary<long, Value>();
        foreach (var input in graph.Inputs)
        {
            Write(input, input);
        }

        foreach (var node in graph.Nodes)
        {
            foreach (var input in node.Inputs)
            {
                Read(input!);
            }

            Write(node.Outputs[0], RootOf(node.Outputs[0]));
        }

        foreach (var value in graph.Outputs.Concat(graph.Inputs))
        {
            Read(value);
        }

        void Read(Value value)
        {
            var root = RootOf(value);
            foreach (long at in Blocks(value))
            {
                Assert.That(memory[at], Is.SameAs(root), $"{value} at {at}");
            }
        }

        void Write(Value value, Value token)
        {
            foreach (long at in Blocks(value))
            {
                memory[at] = token;
            }
        }

        IEnumerable<long> Blocks(Value value)
        {
            long offset = plan.Offsets[liveness.StorageOf(value).Buffer];
            for (long at = 0; at < value.Type.Bytes; at += Device.Alignment)
            {
                yield return offset + at;
            }
        }

        static Value RootOf(Value value) =>
            value.Producer is { Operator.IsView: true } view ? RootOf(view.Inputs[0]!) : value;
    });

    private static void AssertDisjoint(IReadOnlyList<BufferLife> lives, MemoryPlan plan)
    {
        for (int i = 0; i < lives.Count; i++)
        {
            Assert.That(plan.Offsets[i] % Device.Alignment, Is.Zero);
            Assert.That(plan.Offsets[i] + lives[i].Bytes, Is.LessThanOrEqualTo(plan.Bytes));
            for (int j = 0; j < i; j++)
            {
                bool apart = plan.Offsets[i] + lives[i].Bytes <= plan.Offsets[j]
                    || plan.Offsets[j] + lives[j].Bytes <= plan.Offsets[i];
                if (lives[i].Overlaps(lives[j]) && !apart)
                {
                    Assert.Fail(
                        $"{lives[i]} at {plan.Offsets[i]}, {lives[j]} at {plan.Offsets[j]}");
                }
            }
        }
    }
}
