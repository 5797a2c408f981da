using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Class activation maps: the maps of a layer, each weighted by what it counts for the class, added,
/// and what speaks against the class left out.
/// </summary>
/// <remarks>map = resized(ReLU(sum over channels k of weight[k] A[k]))</remarks>
public abstract record ClassActivation : AttributionMethod
{
    /// <summary>
    /// Name of the layer; null for <see cref="Explainer.DefaultLayer"/>.
    /// </summary>
    public string? Layer { get; init; }

    /// <inheritdoc/>
    public override AttributionMap Attribute(
        Explainer explainer, Tensor picture, ClassTarget target)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(target);
        ModelLayer layer = LayerOf(explainer);
        ExecutionPlan plan = explainer.Plan($"{Name} {layer.Name}", () =>
        {
            PictureGraph graph = explainer.NewGraph();
            graph.Graph.Output(Append(
                graph.Graph, graph.Scores, graph.WeightsInput(), graph.Layers.ValueOf(layer.Name),
                explainer.Height, explainer.Width));
            return graph.Graph;
        });
        Explainer.Run(plan, picture, target.Weights);
        return new AttributionMap(
            explainer.Width, explainer.Height, plan.ReadOutput(0).As<float>().ToArray(),
            isSigned: false, explainer.Frames);
    }

    /// <summary>
    /// Adds the map of a layer to a graph: [1, height, width, 1], or one a frame.
    /// </summary>
    /// <exception cref="ExplainException">The scores do not depend on the layer.</exception>
    internal Value Append(
        Graph graph, ClassScores scores, Value weights, Value layer, int height, int width)
    {
        Value gradient = Gradients.Append(graph, [(scores.Values, weights)], layer)[0]
            ?? throw new ExplainException(
                $"the scores do not depend on layer '{layer.Name}', or only by way of indices");
        Value each = Weights(graph, layer, gradient);
        Value weighted = graph.Add(
            new Pointwise(Binary.Multiply), "class activation/weighted", layer, each);
        Value sum = graph.Add(
            new Reduce(ReduceKind.Sum, [3]), "class activation/sum", weighted);
        Value map = graph.Add(new Pointwise(Unary.Relu), "class activation", sum);
        return graph.Add(
            new Upsample2D(height, width, UpsampleMode.Bilinear, CoordinateTransform.HalfPixel),
            "class activation/map", map);
    }

    /// <summary>
    /// Adds what each channel counts, of each frame: [frames, 1, 1, channels].
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="maps">The layer's maps A, [frames, rows, columns, channels].</param>
    /// <param name="gradient">The score's gradient g of them, of the same shape.</param>
    private protected abstract Value Weights(Graph graph, Value maps, Value gradient);

    private ModelLayer LayerOf(Explainer explainer)
    {
        ModelLayer layer = Layer is not null ? explainer.FindLayer(Layer)
            : explainer.DefaultLayer ?? throw new ExplainException(
                $"{explainer.Model.Name} has no layer with maps, which {Name} needs");
        return layer.Shape.Rank == 4 && layer.Shape[0] == explainer.Frames ? layer
            : throw new ExplainException(
                $"{Name} needs a layer that gives maps [{explainer.Frames}, rows, columns, channels]; "
                + $"'{layer.Name}' gives {layer.Shape}");
    }
}
