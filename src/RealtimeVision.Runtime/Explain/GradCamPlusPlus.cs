using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Explain;

/// <summary>
/// Grad-CAM++: pixels that speak for the class count by how much they do, so that several things of
/// one class are all seen. A. Chattopadhyay et al. 2018, https://arxiv.org/abs/1710.11063.
/// </summary>
/// <remarks>
/// The paper's weight is the sum over pixels of a g with a = g^2 / (2 g^2 + S g^3), where g is
/// positive and S is the sum of the map. That is g / (2 + S g). Maps are taken to be those behind a
/// rectifier: a sum below 0 counts as 0.
/// </remarks>
public sealed record GradCamPlusPlus : ClassActivation
{
    /// <inheritdoc/>
    public override string Name => "grad-cam++";

    /// <inheritdoc/>
    public override string Description =>
        "As Grad-CAM, but the pixels of a map that speak for the class count more, so that several "
        + "things of the class are all seen.";

    private protected override Value Weights(Graph graph, Value maps, Value gradient)
    {
        Value positive = graph.Add(new Pointwise(Unary.Relu), "grad-cam++/positive", gradient);
        Value sums = graph.Add(new Reduce(ReduceKind.Sum, [1, 2]), "grad-cam++/sums", maps);
        Value atLeast0 = graph.Add(new Pointwise(Unary.Relu), "grad-cam++/sums above 0", sums);
        Value product = graph.Add(
            new Pointwise(Binary.Multiply), "grad-cam++/product", positive, atLeast0);
        Value below = graph.Add(
            new Pointwise(Unary.Affine, 1, 2), "grad-cam++/denominator", product);
        Value each = graph.Add(new Pointwise(Binary.Divide), "grad-cam++/alpha", positive, below);
        return graph.Add(new Reduce(ReduceKind.Sum, [1, 2]), "grad-cam++/weights", each);
    }
}
