using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Training;

/// <summary>
/// What a step looks at before it is taken: whether loss and gradients are finite, and how long the
/// gradients are.
/// </summary>
/// <param name="Norm">The length of all gradients as one vector, one number.</param>
/// <param name="Enabled">
/// 1 where loss and gradients are finite, else 0, and the step leaves everything as it was.
/// </param>
/// <param name="Scale">What gradients are multiplied by; null where they are not clipped.</param>
/// <param name="SkippedInRow">
/// Steps left out one after the other up to now, one Float32 number; 0 after a step that was taken.
/// </param>
public sealed record StepGuard(Value Norm, Value Enabled, Value? Scale, Variable SkippedInRow)
{
    // Keeps a gradient of zeros from a division by zero, as in the field's usual formula.
    private const float LeastNorm = 1e-6f;

    /// <summary>Adds the look to a graph.</summary>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="loss">One Float32 number.</param>
    /// <param name="gradients">Gradients, at least one. Those so large that the sum of their squares
    /// overflows count as not finite.</param>
    /// <param name="maxNorm">
    /// The greatest length of all gradients together; longer ones are scaled to it. Null not to
    /// clip.
    /// </param>
    /// <param name="skippedInRow">
    /// The counter, shared by graphs for other sizes; null to make one.
    /// </param>
    public static StepGuard Append(
        Graph graph, Value loss, IReadOnlyList<Value> gradients, float? maxNorm = null,
        Variable? skippedInRow = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(gradients.Count);
        Value? total = null;
        foreach (var gradient in gradients)
        {
            var squares = graph.Add(
                new Reduce(ReduceKind.SumOfSquares, [], KeepDims: false),
                $"{gradient.Name}/squares", gradient);
            total = total is null
                ? squares
                : graph.Add(new Pointwise(Binary.Add), "gradients/squares", total, squares);
        }

        var norm = graph.Add(new Pointwise(Unary.Sqrt), "gradients/norm", total);

        // 0 times what is not finite is NaN, which is not equal to 0.
        var lossOnly = graph.Add(new Reshape(default), "loss/number", loss);
        var sum = graph.Add(new Pointwise(Binary.Add), "step/sum", norm, lossOnly);
        var zero = graph.Constant("0", default, [0f]);
        var product = graph.Add(new Pointwise(Binary.Multiply), "step/zero", sum, zero);
        var isFinite = graph.Add(new Compare(Comparison.Equal), "step/finite", product, zero);
        var enabled = graph.Add(new Cast(ElementType.Float32), "step/enabled", isFinite);
        skippedInRow ??= new Variable(
            "step/skipped in a row", TensorType.Float(), new byte[sizeof(float)], isConstant: false);
        var more = graph.Add(
            new Pointwise(Unary.Affine, 1, 1), "step/one more", graph.Variable(skippedInRow));
        graph.Assign(skippedInRow, graph.Add(new Select(), "step/skipped", isFinite, zero, more));
        return new StepGuard(norm, enabled, ScaleOf(graph, norm, maxNorm), skippedInRow);
    }

    /// <summary>
    /// Assigns what a step computes, or what the variable held where the step is not taken: for what
    /// changes beside the weights, as running statistics do.
    /// </summary>
    /// <returns>What the variable holds after the step.</returns>
    /// <exception cref="ShapeException">The value is not of the variable's type.</exception>
    public Value Assign(Graph graph, Variable target, Value value)
    {
        var isOn = graph.Add(new Cast(ElementType.UInt8), $"{target.Name}/enabled", Enabled);
        var next = graph.Add(
            new Select(), $"{target.Name}/next", isOn, value, graph.Variable(target));
        graph.Assign(target, next);
        return next;
    }

    private static Value? ScaleOf(Graph graph, Value norm, float? maxNorm)
    {
        if (maxNorm is not { } greatest)
        {
            return null;
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(greatest, nameof(maxNorm));
        return graph.Add(
            new Pointwise(new PointwiseChain(
                new(Unary.Affine, 1 / greatest, LeastNorm / greatest), new(Unary.Reciprocal),
                new(Unary.Clip, 0, 1))),
            "gradients/scale", norm);
    }
}
