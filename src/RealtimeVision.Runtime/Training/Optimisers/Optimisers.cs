using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// Stochastic gradient descent, plain or with momentum: see <see cref="SgdUpdate"/>.
/// </summary>
/// <param name="learningRate">Size of the steps.</param>
/// <param name="momentum">What is kept of the last step's velocity.</param>
/// <param name="nesterov">True for Nesterov's momentum.</param>
/// <param name="weightDecay">The weights' share of the gradient.</param>
public sealed class Sgd(
    float learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0)
    : Optimiser(learningRate)
{
    private protected override OptimiserUpdate Update { get; } =
        new SgdUpdate(momentum, nesterov, weightDecay);

    private protected override IReadOnlyList<string> MemoryNames =>
        Update.Memories == 0 ? [] : ["velocity"];
}

/// <summary>RMSprop: see <see cref="RmsPropUpdate"/>.</summary>
/// <param name="learningRate">Size of the steps.</param>
/// <param name="alpha">What is kept of the mean of the gradients' squares.</param>
/// <param name="epsilon">Added to the root.</param>
/// <param name="weightDecay">The weights' share of the gradient.</param>
/// <param name="momentum">What is kept of the last step's direction.</param>
/// <param name="centred">
/// True to divide by the deviation of the gradients, not by the root of their squares' mean.
/// </param>
public sealed class RmsProp(
    float learningRate = 0.01f, double alpha = 0.99, double epsilon = 1e-8, double weightDecay = 0,
    double momentum = 0, bool centred = false)
    : Optimiser(learningRate)
{
    private protected override OptimiserUpdate Update { get; } =
        new RmsPropUpdate(alpha, epsilon, weightDecay, momentum, centred);

    private protected override IReadOnlyList<string> MemoryNames { get; } =
    [
        "square", .. centred ? ["mean"] : Array.Empty<string>(),
        .. momentum == 0 ? Array.Empty<string>() : ["velocity"],
    ];
}

/// <summary>Adam: see <see cref="AdamUpdate"/>.</summary>
public class Adam : Optimiser
{
    private readonly AdamUpdate _update;
    private readonly Variable _correction1;
    private readonly Variable _correction2;

    /// <summary>Makes the optimiser.</summary>
    /// <param name="learningRate">Size of the steps.</param>
    /// <param name="beta1">What is kept of the mean of the gradients.</param>
    /// <param name="beta2">What is kept of the mean of their squares.</param>
    /// <param name="epsilon">Added to the root.</param>
    /// <param name="weightDecay">The weights' share of the gradient.</param>
    public Adam(
        float learningRate = 0.001f, double beta1 = 0.9, double beta2 = 0.999,
        double epsilon = 1e-8, double weightDecay = 0)
        : this(learningRate, new AdamUpdate(beta1, beta2, epsilon, weightDecay))
    {
    }

    private protected Adam(float learningRate, AdamUpdate update)
        : base(learningRate)
    {
        _update = update;
        _correction1 = Number("optimiser/correction 1", 0);
        _correction2 = Number("optimiser/correction 2", 0);
    }

    private protected sealed override OptimiserUpdate Update => _update;

    private protected sealed override IReadOnlyList<string> MemoryNames => ["mean", "square"];

    // 1 - beta^t, from that of the step before.
    private protected sealed override IEnumerable<Value> AppendNumbers(
        Graph graph, StepGuard? guard)
    {
        foreach (var (correction, beta) in new[]
        {
            (_correction1, _update.Beta1), (_correction2, _update.Beta2),
        })
        {
            var next = graph.Add(
                new Pointwise(Unary.Affine, (float)beta, (float)(1 - beta)),
                $"{correction.Name}/step", graph.Variable(correction));
            Assign(graph, correction, next, guard);
            yield return next;
        }
    }
}

/// <summary>
/// AdamW: Adam whose weights shrink beside the step. See <see cref="AdamUpdate"/>.
/// </summary>
/// <param name="learningRate">Size of the steps.</param>
/// <param name="beta1">What is kept of the mean of the gradients.</param>
/// <param name="beta2">What is kept of the mean of their squares.</param>
/// <param name="epsilon">Added to the root.</param>
/// <param name="weightDecay">How fast weights shrink, times the learning rate.</param>
public sealed class AdamW(
    float learningRate = 0.001f, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8,
    double weightDecay = 0.01)
    : Adam(learningRate, new AdamUpdate(beta1, beta2, epsilon, weightDecay, IsDecoupled: true));
