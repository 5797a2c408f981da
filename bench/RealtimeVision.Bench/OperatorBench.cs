using System.CommandLine;
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Bench;

/// <summary>
/// <c>rtv bench operators</c>: the case table of convolutions, by shape and algorithm.
/// </summary>
internal static class OperatorBench
{
    private static readonly Option<string> Device = new("--device")
    {
        DefaultValueFactory = _ => "cpu",
    };

    private static readonly Option<int> Threads = new("--threads") { DefaultValueFactory = _ => 1 };

    private static readonly Option<double> Seconds = new("--seconds")
    {
        DefaultValueFactory = _ => 0.5,
    };

    private static readonly (int C, int Size, int O, int Kernel, int Stride, int Groups)[] Cases =
    [
        (64, 56, 64, 3, 1, 1), (128, 28, 128, 3, 1, 1), (256, 14, 256, 3, 1, 1),
        (512, 7, 512, 3, 1, 1), (32, 128, 32, 3, 1, 1), (32, 256, 32, 3, 1, 1),
        (3, 224, 64, 7, 2, 1), (3, 640, 16, 3, 2, 1), (64, 56, 128, 3, 2, 1),
        (96, 160, 24, 3, 1, 1), (64, 56, 64, 1, 1, 1), (96, 56, 24, 1, 1, 1),
        (16, 112, 96, 1, 1, 1), (144, 56, 24, 1, 1, 1), (16, 64, 16, 1, 1, 1),
        (24, 56, 144, 1, 1, 1), (160, 7, 960, 1, 1, 1), (960, 7, 160, 1, 1, 1),
        (96, 56, 96, 3, 1, 96), (96, 112, 96, 3, 2, 96), (240, 40, 240, 5, 1, 240),
        (16, 128, 16, 3, 1, 16), (72, 64, 72, 3, 2, 72), (128, 16, 128, 5, 1, 128),
    ];

    public static Command CreateCommand()
    {
        var command = new Command("operators", "Convolutions by shape and algorithm")
        {
            Device, Threads, Seconds,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        using var device = DeviceList.Open(parsed.GetValue(Device)!, parsed.GetValue(Threads));
        Console.WriteLine(
            "| convolution | algorithm | ms | best ms | GFLOP/s of the definition |\n"
            + "| --- | --- | --- | --- | --- |");
        foreach (var (c, size, o, kernel, stride, groups) in Cases)
        {
            var op = new Conv2D(stride, kernel / 2, 1, groups, PointwiseChain.Of(Unary.Relu));
            var weights = new Shape(kernel, kernel, c / groups, o);
            foreach (var algorithm in Enum.GetValues<CpuConvAlgorithm>())
            {
                if (!op.CanRun(algorithm, weights)
                    || (groups > 1 && algorithm == CpuConvAlgorithm.Direct))
                {
                    continue;
                }

                string name = $"{kernel}x{kernel} /{stride} {c}>{o} at {size}"
                    + (groups > 1 ? " depthwise" : "");
                var forced = op with { ForcedCpuAlgorithm = algorithm };
                Measure(device, forced, weights, new Shape(1, size, size, c), name, parsed);
                if (device.Id != "cpu")
                {
                    break;
                }
            }
        }

        return 0;
    }

    private static void Measure(
        Device device, Conv2D op, Shape weights, Shape picture, string name, ParseResult parsed)
    {
        var graph = new Graph();
        var x = graph.Input("x", new TensorType(ElementType.Float32, picture));
        var node = graph.Node(
            op,
            "conv",
            x,
            graph.Constant("w", weights, Numbers(weights.Count)),
            graph.Constant("b", new Shape(weights[3]), Numbers(weights[3])));
        using var constants = new ConstantStore(device);
        var memory = new List<DeviceMemory>();
        var tensors = new Dictionary<Value, DeviceTensor>();
        var prepared = device.Prepare(node, TensorOf, constants);
        foreach (var tensor in prepared.Scratch)
        {
            Bind(tensor);
        }

        device.Upload(TensorOf(x), MemoryMarshal.AsBytes<float>(Numbers(picture.Count)));
        TensorOf(node.Outputs[0]);
        Step[] steps = [.. prepared.Steps];
        var time = Measurement.Interleave(TimeSpan.FromSeconds(parsed.GetValue(Seconds)), () =>
        {
            device.Run(steps);
            device.Synchronize();
        })[0];
        double gflops = op.Flops(node.InputTypes()) / time.Median / 1e6;
        Console.WriteLine(
            $"| {name} | {steps[^1].Label} | {time.Median:F3} | {time.Best:F3} | {gflops:F0} |");
        memory.ForEach(m => m.Dispose());

        DeviceTensor TensorOf(Value value)
        {
            if (!tensors.TryGetValue(value, out var tensor))
            {
                tensors[value] = tensor = device.CreateTensor(value.Type);
                Bind(tensor);
            }

            return tensor;
        }

        void Bind(DeviceTensor tensor)
        {
            memory.Add(device.Allocate(tensor.Type.Bytes));
            tensor.Bind(memory[^1], 0);
        }
    }

    private static float[] Numbers(long count)
    {
        var random = new Random(1);
        var numbers = new float[count];
        foreach (ref float x in numbers.AsSpan())
        {
            x = (random.NextSingle() * 2) - 1;
        }

        return numbers;
    }
}
