using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Layers;
using RealtimeVision.Runtime.Live;
using Reshape = RealtimeVision.Kernels.Operators.Reshape;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// The layers of a model in a graph, before any pass: of a network those that it was made of, of a
/// file its nodes.
/// </summary>
internal sealed class LayerList
{
    private readonly List<ModelLayer> _layers = [];
    private readonly List<Value> _values = [];
    private readonly HashSet<Value> _seen;
    private readonly HashSet<string> _names = [];
    private readonly Graph _graph;
    private int _next;

    private LayerList(Graph graph, Value picture)
    {
        _graph = graph;
        _seen = [picture];
        _next = graph.Nodes.Count;
    }

    /// <summary>The layers, in the order in which they run.</summary>
    public IReadOnlyList<ModelLayer> Layers => _layers;

    /// <summary>What the layers give, in the same order.</summary>
    public IReadOnlyList<Value> Values => _values;

    /// <summary>Adds a model to a graph and lists its layers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="pictures">Pictures, or the frames of clips.</param>
    /// <param name="samples">Number of pictures or clips.</param>
    public static (Value Output, LayerList Layers) Apply(
        FrameModel model, Graph graph, Value pictures, int samples)
    {
        var list = new LayerList(graph, pictures);
        Value output = model.ApplyWhole(graph, pictures, samples, list.AddLayer);
        list.AddNodes();
        return (output, list);
    }

    /// <summary>Adds a model that looks at frames, and lists its layers.</summary>
    public static (ModelGraph Built, LayerList Layers) Build(
        FrameModel model, Graph graph, Value pixels, Value geometry)
    {
        var list = new LayerList(graph, pixels);
        ModelGraph built = model.Build(graph, pixels, geometry, list.AddLayer);
        list.AddNodes();
        return (built, list);
    }

    /// <summary>
    /// The layer that classes are explained by where none is named; null where none has maps.
    /// </summary>
    /// <param name="task">What the model is for.</param>
    /// <param name="classes">How many classes it tells apart.</param>
    public ModelLayer? DefaultFor(ModelTask task, int classes)
    {
        var fit = _layers.Where((layer, i) => layer.HasMaps && IsFeatures(_values[i])).Reverse();

        // The maps that a segmenter ends with are its scores, which explain nothing.
        return task == ModelTask.Segmentation
            ? fit.SkipWhile(layer => layer.Shape.C == classes).FirstOrDefault()
            : fit.FirstOrDefault();
    }

    /// <summary>What a layer gives.</summary>
    /// <exception cref="ExplainException">There is no such layer; near names are told.</exception>
    public Value ValueOf(string name) => _values[IndexOf(name)];

    /// <summary>The place of a layer in the list.</summary>
    /// <exception cref="ExplainException">There is no such layer; near names are told.</exception>
    public int IndexOf(string name)
    {
        int index = _layers.FindIndex(l => l.Name == name);
        if (index >= 0)
        {
            return index;
        }

        throw new ExplainException(
            $"there is no layer '{name}'; near it are "
            + string.Join(", ", NearNames.Of(name, _layers.Select(l => l.Name))));
    }

    private void AddLayer(LayerNode place, Value value)
    {
        if (place.Layer is ImportedModel)
        {
            AddNodes();
            return;
        }

        Pass();
        if (_seen.Contains(value) && !_values.Contains(value))
        {
            Add(new ModelLayer(place.Name, KindOf(place.Layer), value.Shape), value);
        }
    }

    // Nodes that only move numbers, and what depends on constants alone, are no layers.
    private void AddNodes()
    {
        int from = _next;
        Pass();
        for (int i = from; i < _graph.Nodes.Count; i++)
        {
            Node node = _graph.Nodes[i];
            Value value = node.Outputs[0];
            if (_seen.Contains(value) && value.Type.Element == ElementType.Float32
                && node.Operator is not (Transpose or Reshape or FrameToTensor)
                && !_values.Contains(value))
            {
                Add(new ModelLayer(node.Name, node.Operator.Name, value.Shape), value);
            }
        }
    }

    private void Add(ModelLayer layer, Value value)
    {
        if (_names.Add(layer.Name))
        {
            _layers.Add(layer);
            _values.Add(value);
        }
    }

    private void Pass()
    {
        for (; _next < _graph.Nodes.Count; _next++)
        {
            Node node = _graph.Nodes[_next];
            if (node.Inputs.Any(i => i is not null && _seen.Contains(i)))
            {
                _seen.UnionWith(node.Outputs);
            }
        }
    }

    // What pools and moves numbers has the features of what comes before it, or fewer.
    private static bool IsFeatures(Value value) => value.Producer?.Operator
        is not (null or Pool2D or GlobalAvgPool2D or MaxPoolWithIndices2D or Transpose or Reshape
            or Pad or Slice or Upsample2D or Reduce or Softmax or Expand);

    private static string KindOf(Layer layer) =>
        LayerCatalog.Types.FirstOrDefault(t => t.Value == layer.GetType()).Key
        ?? layer.GetType().Name;
}
