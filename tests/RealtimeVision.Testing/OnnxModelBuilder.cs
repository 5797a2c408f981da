using System.Text;
using RealtimeVision.Runtime.Import.Onnx;

namespace RealtimeVision.Testing;

/// <summary>
/// Builds ONNX models node by node, in the form that each operator set has, tracking shapes.
/// Weights are random from the seed, scaled by their fan-in (He) so that activations keep their
/// size through the layers. The same seed and calls give the same bytes.
/// </summary>
public sealed partial class OnnxModelBuilder
{
    private readonly ModelProto _model;
    private readonly GraphProto _graph;
    private readonly Random _random;
    private int _names;

    public OnnxModelBuilder(int seed = 1, int opset = 13, string name = "model")
    {
        _random = new Random(seed);
        Opset = opset;
        _graph = new GraphProto { Name = name };
        _model = new ModelProto
        {
            IrVersion = opset >= 21 ? 10 : opset >= 19 ? 9 : 8,
            ProducerName = "RealtimeVision",
            Graph = _graph,
        };
        _model.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    public int Opset { get; }

    /// <summary>
    /// Keep weights as <c>Constant</c> nodes instead of initialisers, as some exporters do.
    /// </summary>
    public bool WeightsAsConstants { get; set; }

    /// <summary>
    /// Store weights in half precision and cast them, as exporters of f16 weights do.
    /// </summary>
    public bool HalfWeights { get; set; }

    public OnnxValue Input(string name, params long[] shape) =>
        Input(name, OnnxDataType.Float, shape);

    public OnnxValue Input(string name, OnnxDataType type, params long[] shape)
    {
        _graph.Input.Add(Info(name, type, shape));
        return new OnnxValue(name, shape);
    }

    /// <summary>
    /// An input whose named sides are free in the file; <paramref name="shape"/> is what shapes are
    /// tracked with. A null name leaves the side fixed.
    /// </summary>
    public OnnxValue DynamicInput(string name, string?[] sideNames, params long[] shape)
    {
        ValueInfoProto info = Info(name, OnnxDataType.Float, shape);
        for (int i = 0; i < shape.Length; i++)
        {
            if (sideNames[i] is { } free)
            {
                info.Type!.TensorType!.Shape!.Dim[i] = new DimensionProto { DimParam = free };
            }
        }

        _graph.Input.Add(info);
        return new OnnxValue(name, shape);
    }

    /// <summary>
    /// Declares an output; its shape is left for the reader to infer where it is null.
    /// </summary>
    public OnnxModelBuilder Output(
        OnnxValue value, OnnxDataType type = OnnxDataType.Float, bool declareShape = true)
    {
        _graph.Output.Add(Info(value.Name, type, declareShape ? value.Shape : null));
        return this;
    }

    /// <summary>Declares an output and names the value that it is.</summary>
    public OnnxModelBuilder Output(
        string name, OnnxValue value, OnnxDataType type = OnnxDataType.Float) =>
        Output(value with { Name = RenameOutput(value.Name, name) }, type);

    public ModelProto Build() => _model;

    /// <summary>Saves the model and returns the path.</summary>
    public string Save(string path)
    {
        OnnxModelFile.Save(_model, path);
        return path;
    }

    /// <summary>A weight: normally distributed with variance gain² / fan-in.</summary>
    public OnnxValue Weight(long fanIn, double gain, params long[] shape)
    {
        double scale = gain / Math.Sqrt(fanIn);
        return Constant(Fill(shape, () => (float)(scale * Normal())), shape);
    }

    /// <summary>A weight: uniform in an interval.</summary>
    public OnnxValue Uniform(double low, double high, params long[] shape) =>
        Constant(Fill(shape, () => (float)(low + (high - low) * _random.NextDouble())), shape);

    public OnnxValue Constant(float[] elements, params long[] shape)
    {
        string name = Name("w");
        if (HalfWeights)
        {
            Half[] halves = [.. elements.Select(e => (Half)e)];
            Add(OnnxTensor.Create(name, shape, halves));
            return new OnnxValue(Node("Cast", [name], ("to", (long)OnnxDataType.Float)), shape);
        }

        Add(OnnxTensor.Create(name, shape, elements));
        return new OnnxValue(name, shape);
    }

    /// <summary>
    /// An integer vector, such as the shape that Reshape takes; returns its name.
    /// </summary>
    public string Integers(params long[] elements)
    {
        string name = Name("i");
        Add(OnnxTensor.Create(name, [elements.Length], elements));
        return name;
    }

    /// <summary>A scalar of rank 0; returns its name.</summary>
    public string Scalar(float value)
    {
        string name = Name("s");
        Add(OnnxTensor.Create(name, [], [value]));
        return name;
    }

    /// <summary>Adds a node with one output and returns the output's name.</summary>
    public string Node(
        string op, string[] inputs, params (string Name, object Value)[] attributes) =>
        Nodes(op, inputs, 1, attributes)[0];

    /// <summary>Adds a node and returns the names of its outputs.</summary>
    public string[] Nodes(
        string op, string[] inputs, int outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = Name(op) };
        node.Input.AddRange(inputs);
        for (int i = 0; i < outputs; i++)
        {
            node.Output.Add(Name("v"));
        }

        foreach ((string name, object value) in attributes)
        {
            node.Attribute.Add(Attribute(name, value));
        }

        _graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>A graph for an attribute; it may read values of this one by their names.</summary>
    public GraphProto Body(Action<OnnxModelBuilder> build)
    {
        var body = new OnnxModelBuilder(opset: Opset, name: Name("body")) { _names = _names };
        build(body);
        _names = body._names;
        return body._graph;
    }

    /// <summary>Gives the output of a node a name of the caller, and returns it.</summary>
    public string RenameOutput(string value, string name)
    {
        foreach (NodeProto node in _graph.Node)
        {
            Replace(node.Input);
            Replace(node.Output);
        }

        return name;

        void Replace(List<string> names)
        {
            for (int i = 0; i < names.Count; i++)
            {
                names[i] = names[i] == value ? name : names[i];
            }
        }
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int or long or bool:
                attribute.Type = AttributeType.Int;
                attribute.I = Convert.ToInt64(value);
                break;
            case float or double:
                attribute.Type = AttributeType.Float;
                attribute.F = Convert.ToSingle(value);
                break;
            case GraphProto graph:
                attribute.Type = AttributeType.Graph;
                attribute.G = graph;
                break;
            case string text:
                attribute.Type = AttributeType.String;
                attribute.S = Encoding.UTF8.GetBytes(text);
                break;
            case string[] texts:
                attribute.Type = AttributeType.Strings;
                attribute.Strings.AddRange(texts.Select(Encoding.UTF8.GetBytes));
                break;
            case long[] integers:
                attribute.Type = AttributeType.Ints;
                attribute.Ints.AddRange(integers);
                break;
            case float[] numbers:
                attribute.Type = AttributeType.Floats;
                attribute.Floats.AddRange(numbers);
                break;
            case TensorProto tensor:
                attribute.Type = AttributeType.Tensor;
                attribute.T = tensor;
                break;
            default:
                throw new ArgumentException($"{value.GetType()} is no type of an attribute.");
        }

        return attribute;
    }

    private static ValueInfoProto Info(string name, OnnxDataType type, long[]? shape)
    {
        var tensor = new TensorTypeProto { ElemType = type };
        if (shape is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(shape.Select(side => new DimensionProto { DimValue = side }));
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static float[] Fill(long[] shape, Func<float> next)
    {
        float[] elements = new float[shape.Aggregate(1L, (product, side) => product * side)];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = next();
        }

        return elements;
    }

    private void Add(TensorProto tensor)
    {
        if (!WeightsAsConstants)
        {
            _graph.Initializer.Add(tensor);
            return;
        }

        var node = new NodeProto { OpType = "Constant", Name = Name("Constant") };
        node.Output.Add(tensor.Name);
        node.Attribute.Add(Attribute("value", tensor));
        _graph.Node.Add(node);
    }

    // Box-Muller; one of the two numbers is enough here.
    private double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble()))
            * Math.Cos(Math.Tau * _random.NextDouble());

    private string Name(string prefix) => $"{prefix}_{_names++}";
}
