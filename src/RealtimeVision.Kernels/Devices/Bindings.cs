using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Devices;

/// <summary>
/// What an operator is given to prepare itself: its node's tensors on the device, and the means to
/// keep packed constants and to ask for scratch memory.
/// </summary>
/// <typeparam name="TTensor">The device's tensors.</typeparam>
public abstract class Bindings<TTensor>
    where TTensor : DeviceTensor
{
    private readonly Node _node;
    private readonly Func<Value, DeviceTensor> _tensorOf;
    private readonly List<Step> _steps = [];
    private readonly List<DeviceTensor> _scratch = [];

    private protected Bindings(
        Node node, Func<Value, DeviceTensor> tensorOf, ConstantStore constants, Precision precision)
    {
        _node = node;
        _tensorOf = tensorOf;
        Constants = constants;
        Precision = precision;
    }

    /// <summary>The operator's name in the graph, for labels and messages.</summary>
    public string NodeName => _node.Name;

    /// <summary>How far results may be from plain arithmetic.</summary>
    public Precision Precision { get; }

    /// <summary>Number of inputs, absent ones too.</summary>
    public int InputCount => _node.Inputs.Count;

    /// <summary>Number of outputs.</summary>
    public int OutputCount => _node.Outputs.Length;

    private protected ConstantStore Constants { get; }

    /// <summary>True where input <paramref name="index"/> is given.</summary>
    public bool Has(int index) => index < _node.Inputs.Count && _node.Inputs[index] is not null;

    /// <summary>Type of an input; absent where it is not given.</summary>
    public TensorType InputType(int index) =>
        Has(index) ? _node.Inputs[index]!.Type : TensorType.Absent;

    /// <summary>Shape of an input that is given.</summary>
    public Shape InputShape(int index) => InputType(index).Shape;

    /// <summary>Shape of an output.</summary>
    public Shape OutputShape(int index = 0) => _node.Outputs[index].Shape;

    /// <summary>The constant behind an input, or null where it is none.</summary>
    public Variable? ConstantOf(int index) =>
        Has(index) && _node.Inputs[index]!.IsConstant ? _node.Inputs[index]!.Variable : null;

    /// <summary>The tensor of an input that is given.</summary>
    public TTensor Input(int index)
    {
        var value = _node.Inputs[index]
            ?? throw new InvalidOperationException($"{_node}: input {index} is absent");
        return (TTensor)(value.IsConstant ? Constants.Raw(value.Variable!) : _tensorOf(value));
    }

    /// <summary>The tensor of an input, or null where it is absent.</summary>
    public TTensor? InputOrNull(int index) => Has(index) ? Input(index) : null;

    /// <summary>The tensor of an output.</summary>
    public TTensor Output(int index = 0) => (TTensor)_tensorOf(_node.Outputs[index]);

    /// <summary>
    /// A tensor on the device with values that the operator computes from its parameters and sizes,
    /// once a model.
    /// </summary>
    /// <param name="key">Names the table, with everything that it depends on.</param>
    /// <param name="values">32-bit integers.</param>
    public TTensor Table(string key, int[] values) =>
        Table(key, ElementType.Int32, MemoryMarshal.AsBytes<int>(values));

    /// <inheritdoc cref="Table(string, int[])"/>
    /// <param name="key">Names the table, with everything that it depends on.</param>
    /// <param name="values">32-bit floats.</param>
    public TTensor Table(string key, float[] values) =>
        Table(key, ElementType.Float32, MemoryMarshal.AsBytes<float>(values));

    private TTensor Table(string key, ElementType type, ReadOnlySpan<byte> data) =>
        (TTensor)Constants.Table(
            key, new TensorType(type, new Shape(data.Length / type.Size())), data.ToArray());

    /// <summary>Memory of this node alone, undefined when its steps begin.</summary>
    public TTensor Scratch(TensorType type)
    {
        var tensor = CreateTensor(type);
        _scratch.Add(tensor);
        return tensor;
    }

    /// <summary>Adds a step; steps run in the order in which they were added.</summary>
    public void Add(Step step) => _steps.Add(step);

    internal PreparedNode Prepared() => new(_steps, _scratch);

    private protected abstract TTensor CreateTensor(TensorType type);
}
