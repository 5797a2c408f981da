using ProtoBuf;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;
using RealtimeVision.Runtime.Import.Building;

namespace RealtimeVision.Runtime.Import.Onnx;

/// <summary>What a network that is trained further has of a file.</summary>
public sealed partial class OnnxModel
{
    private Dictionary<string, OnnxWeight>? _weights;

    /// <summary>What can be trained, by the names in the file.</summary>
    internal IReadOnlyDictionary<string, OnnxWeight> Weights
    {
        get
        {
            lock (_lock)
            {
                return _weights ??= FindWeights();
            }
        }
    }

    /// <summary>
    /// The part of the network up to some of its values: without its top, say. Nodes and weights
    /// that nothing needs are left out, and weights are not copied.
    /// </summary>
    /// <param name="values">Names of values in the file, which become the outputs.</param>
    /// <exception cref="ArgumentException">
    /// There is no such value; those that are nearest to the end are named.
    /// </exception>
    public OnnxModel CutAt(params IReadOnlyList<string> values)
    {
        var producers = _nodes.SelectMany(n => n.Outputs.Where(o => o.Length > 0)
            .Select(o => (Name: o, Node: n))).ToDictionary(o => o.Name, o => o.Node);
        foreach (string value in values)
        {
            if (!producers.ContainsKey(value))
            {
                string last = string.Join(", ", producers.Keys.TakeLast(10).Select(n => $"'{n}'"));
                throw new ArgumentException(
                    $"{Name} computes no value '{value}'; the last that it computes are {last}",
                    nameof(values));
            }
        }

        var needed = new HashSet<OnnxNode>();
        var read = new HashSet<string>();
        var open = new Stack<string>(values);
        while (open.TryPop(out string? name))
        {
            if (read.Add(name) && producers.TryGetValue(name, out var node) && needed.Add(node))
            {
                foreach (string input in node.Reads)
                {
                    open.Push(input);
                }
            }
        }

        var whole = _proto.Graph!;
        var types = whole.Output.Concat(whole.ValueInfo).ToLookup(v => v.Name);
        var graph = new GraphProto { Name = whole.Name };
        graph.Node.AddRange(_nodes.Where(needed.Contains).Select(n => n.Proto));
        graph.Initializer.AddRange(whole.Initializer.Where(t => read.Contains(t.Name)));
        graph.SparseInitializer.AddRange(
            whole.SparseInitializer.Where(t => read.Contains(t.Values?.Name ?? "")));
        graph.Input.AddRange(whole.Input.Where(i => read.Contains(i.Name)));
        graph.Output.AddRange(values.Select(v => types[v].FirstOrDefault() ?? Untyped(v)));
        return new OnnxModel(Copy(graph), Name, null, _external);
    }

    /// <summary>
    /// Adds the model's nodes to a graph. Pictures are [N, H, W, C], whatever the file has.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">One value an input, in order.</param>
    /// <param name="weight">The values of what can be trained, each in its order of memory.</param>
    /// <returns>The first output.</returns>
    internal Value Build(
        Graph graph, IReadOnlyList<Value> inputs, Func<string, OnnxWeight, Value> weight)
    {
        if (inputs.Count != Inputs.Count || Inputs.Any(i => i.DecidesShapes))
        {
            throw new ShapeException(
                $"{Name} takes {string.Join(", ", Inputs)}; {inputs.Count} values were given, none "
                + "of which may decide shapes");
        }

        var weights = Weights;
        lock (_lock)
        {
            var writer = new GraphWriter(graph);
            var find = Import(
                writer,
                [
                    .. weights.Select(w => (w.Key, (ImportedTensor)new GraphTensor(
                        weight(w.Key, w.Value), w.Value.Order))),
                    .. Inputs.Select((input, i) => (input.Name, Picture(input, inputs[i]))),
                ]);
            writer.NodeName = Outputs[0].Name;
            var output = find(Outputs[0].Name)!;
            var channelsLast = Axes.ChannelsLast(output.Rank);
            bool isPicture = output.Rank == 4 && (Outputs[0].Layout == TensorLayout.Nchw
                || (output is GraphTensor { Order: var order } && order == channelsLast));
            return isPicture ? writer.InOrder(output, channelsLast) : writer.InOrder(output);
        }
    }

    /// <summary>The file without the elements of what can be trained.</summary>
    internal byte[] ToBytesWithoutWeights()
    {
        var weights = Weights;
        var whole = _proto.Graph!;
        var graph = new GraphProto { Name = whole.Name };
        graph.Node.AddRange(whole.Node.Select(n =>
            n.Output is [var name] && weights.ContainsKey(name) ? WithoutElements(n) : n));
        graph.Initializer.AddRange(whole.Initializer.Select(t =>
            weights.ContainsKey(t.Name) ? WithoutElements(t)
            : t.DataLocation == OnnxDataLocation.External ? Inline(t)
            : t));
        graph.SparseInitializer.AddRange(whole.SparseInitializer);
        graph.Input.AddRange(whole.Input);
        graph.Output.AddRange(whole.Output);
        using var stream = new MemoryStream();
        Serializer.Serialize(stream, Copy(graph));
        return stream.ToArray();
    }

    // Free sizes; the element type is what all values between convolutions have.
    private static ValueInfoProto Untyped(string name) => new()
    {
        Name = name,
        Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = OnnxDataType.Float } },
    };

    private static TensorProto WithoutElements(TensorProto tensor)
    {
        var copy = new TensorProto { Name = tensor.Name, DataType = tensor.DataType };
        copy.Dims.AddRange(tensor.Dims);
        return copy;
    }

    private static NodeProto WithoutElements(NodeProto constant)
    {
        var copy = new NodeProto
        {
            Name = constant.Name, OpType = constant.OpType, Domain = constant.Domain,
        };
        copy.Output.AddRange(constant.Output);
        copy.Attribute.AddRange(constant.Attribute.Select(a => a.T is null ? a : new AttributeProto
        {
            Name = a.Name, Type = a.Type, T = WithoutElements(a.T),
        }));
        return copy;
    }

    private TensorProto Inline(TensorProto tensor)
    {
        var copy = WithoutElements(tensor);
        copy.RawData = new byte[
            OnnxTensor.ElementCount(tensor) * OnnxTensor.StorageOf(tensor.DataType)!.Value.Size()];
        _external!.Read(tensor, copy.RawData);
        return copy;
    }

    private ModelProto Copy(GraphProto graph)
    {
        var copy = new ModelProto
        {
            IrVersion = _proto.IrVersion, ProducerName = _proto.ProducerName,
            ProducerVersion = _proto.ProducerVersion, Graph = graph,
        };
        copy.OpsetImport.AddRange(_proto.OpsetImport);
        copy.Functions.AddRange(_proto.Functions);
        return copy;
    }

    // The batch is the caller's, whatever the file was exported with.
    private ImportedTensor Picture(TensorDeclaration declaration, Value value)
    {
        var tensor = declaration.Layout == TensorLayout.Nchw && value.Shape.Rank == 4
            ? new GraphTensor(value, Axes.ChannelsLast(4))
            : new GraphTensor(value);
        var type = new TensorType(value.Type.Element, tensor.Shape);
        var free = declaration with
        {
            Dimensions = [.. declaration.Dimensions.Select((d, i) => i == 0 ? new Dimension(-1) : d)],
        };
        return free.Problem(type) is { } problem ? throw new ShapeException($"{Name}: {problem}") : tensor;
    }

    private Dictionary<string, OnnxWeight> FindWeights()
    {
        // Some exporters keep weights in Constant nodes.
        var constants = new Dictionary<string, HostTensor>();
        foreach (var tensor in _proto.Graph!.Initializer)
        {
            constants[tensor.Name] = _constants[tensor.Name];
        }

        foreach (var node in _nodes)
        {
            if (node is { IsStandard: true, OpType: "Constant" }
                && node.Tensor("value") is { } tensor)
            {
                constants[node.Outputs[0]] = OnnxElements.ToTensor(tensor, node.Outputs[0], _external);
            }
        }

        return OnnxWeight.Find(_nodes, constants.GetValueOrDefault);
    }
}
