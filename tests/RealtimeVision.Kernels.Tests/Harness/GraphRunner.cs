using RealtimeVision.Kernels.Devices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Tests.Harness;

/// <summary>
/// Runs a graph as it is on one device, any number of times; each value has memory of its own but
/// for views.
/// </summary>
public sealed class GraphRunner : IDisposable
{
    private readonly Device _device;
    private readonly ConstantStore _constants;
    private readonly Dictionary<Value, DeviceTensor> _tensors = [];
    private readonly Dictionary<DeviceTensor, DeviceMemory> _blocks = [];
    private readonly List<DeviceMemory> _memory = [];
    private readonly Step[] _steps;

    public GraphRunner(Device device, Graph.Graph graph)
    {
        _device = device;
        _constants = new ConstantStore(device);
        var steps = new List<Step>();
        foreach (var node in graph.Nodes)
        {
            if (node.Operator.IsView)
            {
                var source = TensorOf(node.Inputs[0]!);
                var view = device.CreateTensor(node.Outputs[0].Type);
                if (_blocks.TryGetValue(source, out var block))
                {
                    view.Bind(block, 0);
                    _blocks[view] = block;
                    _tensors[node.Outputs[0]] = view;
                }
            }

            var prepared = device.Prepare(node, TensorOf, _constants);
            foreach (var scratch in prepared.Scratch)
            {
                Bind(scratch);
            }

            steps.AddRange(prepared.Steps);
        }

        _steps = [.. steps];
    }

    public void Set(Value value, HostTensor tensor) => _device.Upload(TensorOf(value), tensor.Data);

    public void Run()
    {
        _device.Run(_steps);
        _device.Synchronize();
    }

    public HostTensor Get(Value value)
    {
        var data = new byte[value.Type.Bytes];
        _device.Download(TensorOf(value), data);
        return new HostTensor(value.Type, data);
    }

    public void Dispose()
    {
        _constants.Dispose();
        _memory.ForEach(m => m.Dispose());
    }

    private DeviceTensor TensorOf(Value value)
    {
        if (!_tensors.TryGetValue(value, out var tensor))
        {
            _tensors[value] = tensor = _device.CreateTensor(value.Type);
            Bind(tensor);
            if (value.IsConstant)
            {
                _device.Upload(tensor, value.Variable!.Data);
            }
        }

        return tensor;
    }

    private void Bind(DeviceTensor tensor)
    {
        var block = _device.Allocate(Math.Max(tensor.Type.Bytes, 1));
        _memory.Add(block);
        _blocks[tensor] = block;
        tensor.Bind(block, 0);
    }
}
