using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>
/// Runs one operator on one device, each tensor in memory of its own but for views.
/// </summary>
public static class OperatorRunner
{
    /// <param name="device">Where.</param>
    /// <param name="op">What.</param>
    /// <param name="inputs">Inputs; null where an optional one is absent.</param>
    /// <param name="constants">Indices of inputs that are constants of the graph, as weights
    /// are.</param>
    /// <param name="inPlace">An input, no constant, whose memory output 0 is written to; null for
    /// memory of its own.</param>
    /// <param name="runs">How often to run; the last run's results are given.</param>
    public static HostTensor[] Run(
        Device device, Operator op, HostTensor?[] inputs, int[]? constants = null, int? inPlace = null, int runs = 1)
    {
        var graph = new Graph.Graph();
        var values = new Value?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            values[i] = inputs[i] is not { } tensor ? null
                : constants?.Contains(i) == true
                    ? graph.Variable(new Variable($"in{i}", tensor.Type, tensor.Data))
                    : graph.Input($"in{i}", tensor.Type);
        }

        var node = graph.Node(op, "node", values);
        var shared = inPlace is { } input ? values[input] : op.IsView ? values[0] : null;
        using var store = new ConstantStore(device);
        var memory = new List<DeviceMemory>();
        var tensors = new Dictionary<Value, DeviceTensor>();
        var blocks = new Dictionary<Value, DeviceMemory>();
        try
        {
            var prepared = device.Prepare(node, TensorOf, store);
            foreach (var scratch in prepared.Scratch)
            {
                Bind(scratch);
            }

            for (int i = 0; i < inputs.Length; i++)
            {
                if (values[i] is { IsConstant: false } value)
                {
                    device.Upload(TensorOf(value), inputs[i]!.Data);
                }
            }

            foreach (var output in node.Outputs)
            {
                TensorOf(output);
            }

            for (int run = 0; run < runs; run++)
            {
                device.Run([.. prepared.Steps]);
            }

            device.Synchronize();
            return Array.ConvertAll(node.Outputs, output =>
            {
                var data = new byte[output.Type.Bytes];
                device.Download(TensorOf(output), data);
                return new HostTensor(output.Type, data);
            });
        }
        finally
        {
            memory.ForEach(m => m.Dispose());
        }

        DeviceTensor TensorOf(Value value)
        {
            if (!tensors.TryGetValue(value, out var tensor))
            {
                tensors[value] = tensor = device.CreateTensor(value.Type);
                if (shared is not null && value == node.Outputs[0])
                {
                    TensorOf(shared);
                    tensor.Bind(blocks[shared], 0);
                }
                else
                {
                    blocks[value] = Bind(tensor);
                }
            }

            return tensor;
        }

        DeviceMemory Bind(DeviceTensor tensor)
        {
            var block = device.Allocate(Math.Max(tensor.Type.Bytes, 1));
            memory.Add(block);
            tensor.Bind(block, 0);
            return block;
        }
    }
}
