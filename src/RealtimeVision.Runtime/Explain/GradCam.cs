using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Grad-CAM: a map counts as much as the mean of its gradient. R. Selvaraju et al. 2017,
/// https://arxiv.org/abs/1610.02391; of segmenters K. Vinogradova et al. 2020,
/// https://arxiv.org/abs/2002.11434.
/// </summary>
public sealed record GradCam : ClassActivation
{
    /// <inheritdoc/>
    public override string Name => "grad-cam";

    /// <inheritdoc/>
    public override string Description =>
        "Where the layer's maps speak for the class: each counts as much as the mean of its gradient, "
        + "and what speaks against the class is left out.";

    private protected override Value Weights(Graph graph, Value maps, Value gradient) =>
        graph.Add(new Reduce(ReduceKind.Mean, [1, 2]), "grad-cam/weights", gradient);
}
