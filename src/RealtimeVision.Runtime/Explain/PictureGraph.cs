using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// A new graph that has a model between pictures and their scores, to which methods add what they
/// need. All graphs of a model have the same layers.
/// </summary>
internal sealed class PictureGraph
{
    private readonly FrameModel _model;
    private readonly Value _output;
    private ClassScores? _scores;

    /// <summary>Builds it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">Pictures or clips that are seen at a time.</param>
    public PictureGraph(FrameModel model, int samples = 1)
        : this(model, samples, model.Frames, model.Height, model.Width)
    {
    }

    /// <summary>Builds it for another size than the model's own.</summary>
    /// <exception cref="ShapeException">The model does not take that size.</exception>
    public PictureGraph(FrameModel model, int samples, int frames, int height, int width)
    {
        (_model, Samples) = (model, samples);
        Graph = new Graph();
        Picture = Graph.Input(
            "picture", TensorType.Float(samples * frames, height, width, model.Channels));
        (_output, Layers) = LayerList.Apply(model, Graph, Picture, samples);
    }

    /// <summary>Pictures or clips that are seen at a time.</summary>
    public int Samples { get; }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>
    /// What the model sees: a picture [1, rows, columns, channels], the frames of a clip, or those
    /// of several.
    /// </summary>
    public Value Picture { get; }

    /// <summary>What the model says of it.</summary>
    public ClassScores Scores => _scores ??= ClassScores.Of(_model, Graph, _output, Samples);

    /// <summary>What can be looked into.</summary>
    public LayerList Layers { get; }

    /// <summary>Declares what each score counts as an input.</summary>
    public Value WeightsInput() => Graph.Input("weights", Scores.Values.Type);

    /// <summary>The gradients of the weighted sum of the scores.</summary>
    /// <exception cref="NotSupportedException">A node between has no gradient; it is
    /// named.</exception>
    public IReadOnlyList<Value?> Gradients(Value weights, params IReadOnlyList<Value> wanted) =>
        Kernels.Graph.Gradients.Append(Graph, [(Scores.Values, weights)], wanted);
}
