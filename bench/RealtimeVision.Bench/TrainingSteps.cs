using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Training;

namespace RealtimeVision.Bench;

/// <summary>
/// A training step to measure: forward, loss, gradients, guard and Adam in one graph, whose inputs
/// hold random numbers. bench/training.py has the same in PyTorch.
/// </summary>
internal sealed class TrainingStep
{
    private readonly Graph _graph = new();
    private readonly List<Variable> _weights = [];
    private readonly Dictionary<string, byte[]> _inputs = [];

    private TrainingStep(string name) => Name = name;

    /// <summary>The steps: their names are the program's keys.</summary>
    public static IReadOnlyList<Func<TrainingStep>> All { get; } =
        [ConvNet, UNet, LongShortTermMemory];

    public string Name { get; }

    public Graph Graph => _graph;

    /// <summary>What the inputs are set to, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Inputs => _inputs;

    /// <summary>
    /// 3x3 convolution to 32, pooling, dense 64, dense 10, on 32 pictures of 32x32.
    /// </summary>
    private static TrainingStep ConvNet()
    {
        const int Batch = 32;
        var step = new TrainingStep("convnet");
        var labels = step._graph.Input(
            "labels", new TensorType(ElementType.Int32, new Shape(Batch)));
        int[] numbers = [.. Enumerable.Range(0, Batch).Select(i => i % 10)];
        step._inputs["labels"] = MemoryMarshal.AsBytes<int>(numbers).ToArray();
        var x = step.Input("pictures", Batch, 32, 32, 3);
        x = step.Relu(step.Conv("conv", x, 3, 32));
        x = step.Pool("pool", x);
        x = step.Add(new Reshape(new Shape(Batch, 16 * 16 * 32)), "flatten", x);
        x = step.Relu(step.Dense("dense", x, 64));
        x = step.Dense("scores", x, 10);
        return step.Finish(Losses.CrossEntropy(step._graph, x, labels));
    }

    /// <summary>
    /// U-Net 32-64-128-64-32 with two 3x3 convolutions a level, on 4 pictures of 128x128.
    /// </summary>
    private static TrainingStep UNet()
    {
        var step = new TrainingStep("unet");
        var x = step.Input("pictures", 4, 128, 128, 3);
        var target = step.Input("masks", 4, 128, 128, 1);
        var skip1 = step.Double("down1", x, 32);
        var skip2 = step.Double("down2", step.Pool("pool1", skip1), 64);
        x = step.Double("bottom", step.Pool("pool2", skip2), 128);
        x = step.Add(new Concat(-1), "concat2", step.Up("up2", x, 64), skip2);
        x = step.Double("level2", x, 64);
        x = step.Add(new Concat(-1), "concat1", step.Up("up1", x, 32), skip1);
        x = step.Double("level1", x, 32);
        x = step.Conv("mask", x, 1, 1);
        return step.Finish(Losses.BinaryCrossEntropyWithLogits(step._graph, x, target));
    }

    /// <summary>
    /// LSTM of 50 units on 32 sequences of 100 numbers; the loss is the mean of its outputs.
    /// </summary>
    private static TrainingStep LongShortTermMemory()
    {
        var step = new TrainingStep("lstm");
        var x = step.Input("windows", 32, 100, 1);
        x = step.Add(new Transpose([1, 0, 2]), "time first", x);
        x = step.Add(
            new Lstm(50), "lstm", x, step.Weight("input", 1, 1, 200),
            step.Weight("recurrent", 1, 50, 200),
            step.Weight("bias", 1, 200));
        return step.Finish(step.Add(new Reduce(ReduceKind.Mean, [], KeepDims: false), "mean", x));
    }

    private TrainingStep Finish(Value loss)
    {
        var gradients = Gradients.Append(_graph, loss, [.. _weights.Select(_graph.Variable)]);
        var guard = StepGuard.Append(_graph, loss, [.. gradients.Select(g => g!)]);
        new Adam().Append(_graph, [.. _weights.Zip(gradients.Select(g => g!))], guard);
        _graph.Output(loss, "loss");
        return this;
    }

    private Value Double(string name, Value x, int channels)
    {
        x = Relu(Conv($"{name}a", x, 3, channels));
        return Relu(Conv($"{name}b", x, 3, channels));
    }

    private Value Conv(string name, Value x, int size, int channels) => Add(
        new Conv2D(1, size / 2, 1), name, x, Weight($"{name}/w", size, size, x.Shape.C, channels),
        Weight($"{name}/b", channels));

    private Value Up(string name, Value x, int channels) => Add(
        new ConvTranspose2D(2), name, x, Weight($"{name}/w", 2, 2, channels, x.Shape.C),
        Weight($"{name}/b", channels));

    private Value Dense(string name, Value x, int outputs) => Add(
        new MatMul(), name, x, Weight($"{name}/w", x.Shape[-1], outputs),
        Weight($"{name}/b", outputs));

    private Value Pool(string name, Value x) =>
        Add(new MaxPool2D(new Window2(2, 2, 0, 1)), name, x);

    private Value Relu(Value x) => Add(new Pointwise(Unary.Relu), $"{x.Name}/relu", x);

    private Value Add(Operator op, string name, params Value[] inputs) =>
        _graph.Add(op, name, inputs);

    private Value Input(string name, params int[] sizes)
    {
        var type = TensorType.Float(sizes);
        _inputs[name] = Numbers(name, type.Shape.Count, 0, 1);
        return _graph.Input(name, type);
    }

    private Value Weight(string name, params int[] sizes)
    {
        // Uniform, as PyTorch begins: all the loss needs is to stay finite.
        var type = TensorType.Float(sizes);
        float bound = sizes.Length == 1 ? 0 : MathF.Sqrt(3f * sizes[^1] / type.Shape.Count);
        var variable = new Variable(
            name, type, Numbers(name, type.Shape.Count, -bound, bound), isConstant: false);
        _weights.Add(variable);
        return _graph.Variable(variable);
    }

    private static byte[] Numbers(string name, long count, float from, float to)
    {
        var random = new Random(name.Length);
        var numbers = new float[count];
        foreach (ref float x in numbers.AsSpan())
        {
            x = from + (random.NextSingle() * (to - from));
        }

        return MemoryMarshal.AsBytes<float>(numbers).ToArray();
    }
}
