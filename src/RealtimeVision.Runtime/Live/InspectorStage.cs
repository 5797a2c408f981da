using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Explain;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// A model once more, behind all stages: for what one of its layers gives, and what counts for a
/// class.
/// </summary>
internal sealed class InspectorStage : ModelStage
{
    private const string LayerOutput = "inspector/layer";
    private const string ClassMapOutput = "inspector/class map";
    private const string ClassInput = "inspector/class";

    private readonly NetworkView _view;
    private readonly ModelStores _stores;
    private readonly int _classifier;
    private readonly ModelLayer _layer;
    private readonly int _layerOutput;
    private readonly int _classMapOutput;
    private readonly int _classInput;
    private readonly float[] _values;
    private readonly byte[] _classMap;
    private readonly KeptOutput? _keptMap;
    private readonly float[] _classes;
    private readonly int[] _counts = new int[byte.MaxValue + 1];
    private int _class = -1;
    private PixelBox _region;
    private long _lastIndex = -1;

    private InspectorStage(
        FrameModel model,
        NetworkLook look,
        Found found,
        NetworkView view,
        int classifier,
        int frameBytes,
        bool isKept,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation)
        : base(
            model, (graph, pixels, geometry) => Build(model, look, found, graph, pixels, geometry),
            frameBytes, stores, options, cancellation)
    {
        (_view, _classifier, _stores, Look) = (view, classifier, stores, look);
        _layer = found.Layer!;
        _layerOutput = Plan.IndexOfOutput(LayerOutput);
        _classMapOutput = Plan.IndexOfOutput(ClassMapOutput);
        _classInput = Plan.IndexOfInput(ClassInput);
        _values = new float[_layerOutput < 0 ? 0 : _layer.Shape.Count];
        _classMap = GC.AllocateUninitializedArray<byte>(
            _classMapOutput < 0 ? 0 : model.Width * model.Height, pinned: true);
        Pin(_classMap);
        _keptMap = isKept ? KeptOutput.Of(Plan, _classMapOutput, stores) : null;
        _classes = new float[
            _classInput < 0 ? 0 : Plan.Inputs[_classInput].Type.Shape.Count];
    }

    /// <summary>What it was made to see.</summary>
    public NetworkLook Look { get; }

    /// <summary>Makes it for a look.</summary>
    /// <param name="model">The model.</param>
    /// <param name="look">What is wanted.</param>
    /// <param name="view">Gets what is seen.</param>
    /// <param name="classifier">Which classifier the model is; -1 for the segmenter.</param>
    /// <param name="frameBytes">Bytes of the largest frame.</param>
    /// <param name="isKept">Whether pictures are kept on the device too.</param>
    /// <param name="stores">The model's weights; state of its own. Released with the stage.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="cancellation">Looked at between nodes.</param>
    /// <exception cref="ExplainException">There is no such layer, or nothing to see of
    /// it.</exception>
    public static InspectorStage Create(
        FrameModel model,
        NetworkLook look,
        NetworkView view,
        int classifier,
        int frameBytes,
        bool isKept,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation) =>
        new(
            model, look, new Found(), view, classifier, frameBytes, isKept, stores, options,
            cancellation);

    /// <summary>
    /// Whether a frame may be looked at, perhaps again: a network of clips would take it for the
    /// next one.
    /// </summary>
    public bool CanRevisit(Frame frame) => !Model.IsStreaming || frame.Index != _lastIndex;

    public override bool Begin(VisionResult result, bool isNewScene)
    {
        _lastIndex = result.Frame.Index;
        if (isNewScene)
        {
            Forget();
        }

        Frame frame = result.Frame;
        _region = _classifier < 0 ? new PixelBox(0, 0, frame.Width, frame.Height)
            : result.Classifications[_classifier].Region;
        if (_region.IsEmpty)
        {
            return false;
        }

        Upload(frame, _region);
        if (_classInput >= 0)
        {
            SetClass(Math.Min(_view.Class ?? TopOf(result), _classes.Length - 1));
        }

        return true;
    }

    public override void Finish(VisionResult result)
    {
        NetworkSight sight = _view.Rent(Look, _layer) ?? new NetworkSight(
            Look, _layer,
            _layerOutput < 0 ? null : new FeatureMaps(_layer.Shape, Look.MostMaps, Look.Aspect),
            _classMap.Length);
        sight.FrameIndex = result.Frame.Index;
        sight.Region = _region;
        if (_layerOutput >= 0)
        {
            Plan.ReadOutput(_layerOutput, MemoryMarshal.AsBytes(_values.AsSpan()));
            sight.SetMaps(_values);
        }

        if (_classMapOutput >= 0)
        {
            Letterbox box = Letterbox.Fit(
                _region.Width, _region.Height, Model.Width, Model.Height, Model.Fit);
            var part = new PixelBox(
                box.TargetX, box.TargetY, box.TargetWidth, box.TargetHeight);
            sight.ClassMapOnDevice = _keptMap?.Keep(sight, Model.Width, Model.Height, part);
            Plan.ReadOutput(_classMapOutput, _classMap);
            sight.SetClassMap(_class, _classMap, Model.Width, part);
        }

        _view.Publish(sight);
    }

    public override void Dispose()
    {
        base.Dispose();
        _keptMap?.Dispose();
        _stores.Dispose();
    }

    protected override void BeginWarmUp(Frame frame)
    {
        if (_classInput >= 0)
        {
            SetClass(0);
        }
    }

    private static void Build(
        FrameModel model, NetworkLook look, Found found, Graph graph, Value pixels, Value geometry)
    {
        var (built, layers) = LayerList.Build(model, graph, pixels, geometry);
        ClassScores scores = ClassScores.Of(model, graph, built.Output);
        string name = look.Layer
            ?? layers.DefaultFor(model.Manifest.Task, scores.Count)?.Name
            ?? throw new ExplainException($"{model.Model.Name} has no layer with maps");
        found.Layer = layers.Layers[layers.IndexOf(name)];
        Value layer = layers.ValueOf(name);
        if (look.HasMaps)
        {
            graph.Output(layer, LayerOutput);
        }

        if (!look.HasClassMap)
        {
            return;
        }

        if (layer.Shape.Rank != 4)
        {
            throw new ExplainException(
                $"a class is shown by a layer with maps; '{name}' gives {layer.Shape}");
        }

        Value weights = scores.Weights(
            graph, graph.Input(ClassInput, TensorType.Float(scores.Count)));
        Value map = new GradCam().Append(
            graph, scores, weights, layer, model.Height, model.Width);
        graph.Output(Levels(graph, map), ClassMapOutput);
    }

    /// <summary>Numbers from 0 on as levels, the largest of them 255.</summary>
    private static Value Levels(Graph graph, Value map)
    {
        Value most = graph.Add(
            new Reduce(ReduceKind.Max, [1, 2, 3]), "inspector/most", map);
        // A map of zeros stays one.
        Value least = graph.Constant("inspector/least", new Shape(1), [1e-30f]);
        Value scale = graph.Add(
            new Pointwise(Binary.Maximum), "inspector/scale", most, least);
        Value share = graph.Add(new Pointwise(Binary.Divide), "inspector/share", map, scale);
        return graph.Add(new ThresholdMask(MaskValues.Probability), "inspector/levels", share);
    }

    private void SetClass(int index)
    {
        if (index != _class)
        {
            Array.Clear(_classes);
            _classes[index] = 1;
            Plan.SetInput(_classInput, MemoryMarshal.AsBytes(_classes.AsSpan()));
            _class = index;
        }
    }

    /// <summary>The class that the frame is of, or most of its pixels are.</summary>
    private int TopOf(VisionResult result)
    {
        if (_classifier >= 0)
        {
            var labels = result.Classifications[_classifier].Labels;
            return labels.Count > 0 ? labels[0].Index : 0;
        }

        if (result.MaskKind == MaskKind.Probability)
        {
            return 0;
        }

        Array.Clear(_counts);
        foreach (byte pixel in result.Mask)
        {
            _counts[pixel]++;
        }

        int best = 0;
        for (int i = 1; i < _counts.Length; i++)
        {
            best = _counts[i] > _counts[best] ? i : best;
        }

        return best;
    }

    // What is found while the base class builds the graph.
    private sealed class Found
    {
        public ModelLayer? Layer { get; set; }
    }
}
