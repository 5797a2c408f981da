using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Runtime.Tests.Training;

/// <summary>
/// A whole training step as one plan: forward, loss, gradients, optimiser, in a graph that the
/// compiler fuses.
/// </summary>
public sealed class TrainingStepTests
{
    private const int Steps = 50;
    private const int Batch = 16;

    private static readonly float[] Pictures = Numbers(1, Batch * 12 * 12 * 3);

    private static readonly int[] Labels = [.. Enumerable.Range(0, Batch).Select(i => i % 4)];

    [Test]
    public void TheLossFalls()
    {
        using var device = new CpuDevice(2);

        var (losses, _) = Train(device);

        Assert.That(losses[0], Is.EqualTo(MathF.Log(4)).Within(0.5));
        Assert.That(losses[^1], Is.LessThan(0.1 * losses[0]));
    }

    [Test]
    public void OneAndTwoThreadsGiveTheSameBits()
    {
        using var one = new CpuDevice(1);
        using var two = new CpuDevice(2);

        var (lossesOne, weightsOne) = Train(one);
        var (lossesTwo, weightsTwo) = Train(two);

        Assert.That(lossesTwo, Is.EqualTo(lossesOne));
        Assert.That(weightsTwo, Is.EqualTo(weightsOne));
    }

    [Test]
    public void OtherDevicesFollowTheCpu()
    {
        using var cpu = new CpuDevice(2);
        var (expected, _) = Train(cpu);
        var others = DeviceList.Find()
            .Where(d => d.Kind is "cuda" or "opencl" && d.Problem is null).ToList();
        if (others.Count == 0)
        {
            Assert.Ignore("neither a CUDA nor an OpenCL device is here");
        }

        foreach (var found in others)
        {
            using var device = DeviceList.Open(found.Id);
            var (losses, _) = Train(device);
            Assert.That(losses, Is.EqualTo(expected).Within(2e-3), found.Id);
        }
    }

    [Test]
    public void AStepAllocatesNothing()
    {
        using var device = new CpuDevice(1);
        var network = new Network();
        using var constants = new ConstantStore(device);
        using var variables = new VariableStore(device);
        using var plan = ExecutionPlan.Compile(network.Graph, device, constants, variables);
        Feed(plan);
        plan.Run();
        plan.Run();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            plan.Run();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static (float[] Losses, byte[] Weights) Train(Device device)
    {
        var network = new Network();
        using var constants = new ConstantStore(device);
        using var variables = new VariableStore(device);
        using var plan = ExecutionPlan.Compile(network.Graph, device, constants, variables);
        Feed(plan);
        var losses = new float[Steps];
        for (int step = 0; step < Steps; step++)
        {
            plan.Run();
            losses[step] = plan.ReadOutput(0).As<float>()[0];
        }

        var weights = new List<byte>();
        foreach (var variable in network.Weights)
        {
            var data = new byte[variable.Type.Bytes];
            variables.Read(variable, data);
            weights.AddRange(data);
        }

        return (losses, [.. weights]);
    }

    private static void Feed(ExecutionPlan plan)
    {
        plan.SetInput(plan.IndexOfInput("pictures"), MemoryMarshal.AsBytes<float>(Pictures));
        plan.SetInput(plan.IndexOfInput("labels"), MemoryMarshal.AsBytes<int>(Labels));
    }

    private static float[] Numbers(int seed, long count, float scale = 1)
    {
        var random = new Random(seed);
        var numbers = new float[count];
        foreach (ref float x in numbers.AsSpan())
        {
            x = ((random.NextSingle() * 2) - 1) * scale;
        }

        return numbers;
    }

    /// <summary>Two convolutions with pooling between, a dense layer, cross-entropy, Adam.</summary>
    private sealed class Network
    {
        public Network()
        {
            var x = Graph.Input("pictures", TensorType.Float(Batch, 12, 12, 3));
            var labels = Graph.Input("labels", new TensorType(ElementType.Int32, new Shape(Batch)));
            x = Relu(Add(new Conv2D(1, 1, 1), "conv1", x, Weight(3, 3, 3, 8), Weight(8)));
            x = Add(new MaxPool2D(new Window2(2, 2, 0, 1)), "pool", x);
            x = Relu(Add(new Conv2D(2, 1, 1), "conv2", x, Weight(3, 3, 8, 16), Weight(16)));
            x = Add(new Reshape(new Shape(Batch, 3 * 3 * 16)), "flatten", x);
            var logits = Add(new MatMul(), "dense", x, Weight(144, 4), Weight(4));
            var loss = Losses.CrossEntropy(Graph, logits, labels);
            var gradients = Gradients.Append(Graph, loss, [.. Weights.Select(Graph.Variable)]);
            var guard = StepGuard.Append(Graph, loss, [.. gradients.Select(g => g!)]);
            new Adam(0.01f).Append(Graph, [.. Weights.Zip(gradients.Select(g => g!))], guard);
            Graph.Output(loss, "loss");
        }

        public Graph Graph { get; } = new();

        public List<Variable> Weights { get; } = [];

        private Value Relu(Value x) => Add(new Pointwise(Unary.Relu), $"{x.Name}/relu", x);

        private Value Add(Operator op, string name, params Value[] inputs) =>
            Graph.Add(op, name, inputs);

        private Value Weight(params int[] sizes)
        {
            var type = TensorType.Float(sizes);
            float scale = MathF.Sqrt(3f * sizes[^1] / type.Shape.Count);
            var numbers = sizes.Length == 1 ? new float[type.Shape.Count]
                : Numbers(Weights.Count + 10, type.Shape.Count, scale);
            var variable = new Variable(
                $"w{Weights.Count}", type, MemoryMarshal.AsBytes<float>(numbers).ToArray(),
                isConstant: false);
            Weights.Add(variable);
            return Graph.Variable(variable);
        }
    }
}
