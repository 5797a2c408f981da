using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Live;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// A new graph that has a model between a picture and its scores, to which methods add what they
/// need. All graphs of a model have the same layers.
/// </summary>
internal sealed class PictureGraph
{
    public PictureGraph(FrameModel model)
    {
        Graph = new Graph();
        Picture = Graph.Input(
            "picture", TensorType.Float(1, model.Height, model.Width, model.Channels));
        (Value output, Layers) = LayerList.Apply(model, Graph, Picture);
        Scores = ClassScores.Of(model, Graph, output);
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>The picture as the model sees it, [1, rows, columns, channels].</summary>
    public Value Picture { get; }

    /// <summary>What the model says of it.</summary>
    public ClassScores Scores { get; }

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
