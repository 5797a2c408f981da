using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Makes a layer normalisation of what exporters spell out: d = x - mean(x), then d / sqrt(mean(d^2)
/// + epsilon), where the means are of the last dimensions, then perhaps a scale and an offset of
/// each place.
/// </summary>
public sealed class FuseLayerNorm : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
        FunctionOf(node) is { } link
        && (Normalise(rewriter, node, link.Function) || TakeIn(rewriter, node, link.Function)));

    /// <summary>The node divides deviations by their standard deviation.</summary>
    private static bool Normalise(GraphRewriter rewriter, Node node, PointwiseFunction function)
    {
        if (function != Binary.Divide && function != Binary.Multiply)
        {
            return false;
        }

        var inputs = rewriter.MapInputs(node);
        for (int i = 0; i < (function == Binary.Divide ? 1 : 2); i++)
        {
            var (deviations, divisor) = (inputs[i]!, inputs[1 - i]!);
            if (function == Binary.Multiply)
            {
                if (ArgumentOf(divisor, Unary.Reciprocal) is not { } reciprocal)
                {
                    continue;
                }

                divisor = reciprocal;
            }

            if (NormOf(deviations, divisor) is var (norm, x) && x.Shape == node.Outputs[0].Shape)
            {
                rewriter.Replace(
                    node.Outputs[0], Named(rewriter.Target.Add(norm, node.Name, x), node));
                return true;
            }
        }

        return false;
    }

    /// <summary>The normalisation that gives deviations / divisor, and what it is of.</summary>
    private static (LayerNorm Norm, Value X)? NormOf(Value deviations, Value divisor)
    {
        if (ArgumentsOf(deviations, Binary.Subtract) is not [{ } x, { } mean]
            || MeanOf(mean) is not { } means || means.X != x || means.Axes.Count == 0
            || ArgumentOf(divisor, Unary.Sqrt) is not { Producer: { } sum } shifted
            || FunctionOf(sum) is not { Function: UnaryFunction affine } line
            || affine != Unary.Affine || line.A != 1 || line.B < 0
            || MeanOf(sum.Inputs[0]!) is not { } variance
            || ArgumentOf(variance.X, Unary.Square) != deviations
            || variance.Axes != means.Axes || shifted.Shape != mean.Shape)
        {
            return null;
        }

        // The last dimensions, without a gap.
        int axis = x.Shape.Rank - means.Axes.Count;
        for (int i = 0; i < means.Axes.Count; i++)
        {
            if (means.Axes[i] != axis + i)
            {
                return null;
            }
        }

        return (new LayerNorm(axis, line.B), x);
    }

    /// <summary>The node scales or shifts each place of a normalisation.</summary>
    private static bool TakeIn(GraphRewriter rewriter, Node node, PointwiseFunction function)
    {
        if (function != Binary.Multiply && function != Binary.Add)
        {
            return false;
        }

        int parameter = function == Binary.Multiply ? NormOperator.Gamma : NormOperator.Beta;
        var inputs = rewriter.MapInputs(node);
        for (int i = 0; i < 2; i++)
        {
            var (value, operand) = (inputs[i]!, inputs[1 - i]!);
            if (value is not { OutputIndex: 0, Producer: { Operator: LayerNorm norm } producer }
                || !rewriter.IsReadOnce(value) || value.Shape != node.Outputs[0].Shape
                || CountOf(producer.Inputs) != parameter)
            {
                continue;
            }

            var sizes = new Shape(value.Shape.Sizes[norm.Axis..]);
            if (norm.Axis < 0 || operand.Shape.Count != sizes.Count
                || !EndsWith(sizes, operand.Shape))
            {
                continue;
            }

            if (operand.Shape != sizes)
            {
                operand = rewriter.Target.Add(new Reshape(sizes), $"{node.Name}.place", operand);
            }

            Value?[] all = [.. producer.Inputs.Take(parameter), operand];
            rewriter.Replace(
                node.Outputs[0], Named(rewriter.Target.Add(norm, node.Name, all), node));
            return true;
        }

        return false;
    }

    private static int CountOf(IReadOnlyList<Value?> inputs) => inputs.Count(i => i is not null);

    /// <summary>True where one shape is the other but for ones before it.</summary>
    private static bool EndsWith(Shape a, Shape b)
    {
        var (longer, shorter) = a.Rank >= b.Rank ? (a, b) : (b, a);
        int more = longer.Rank - shorter.Rank;
        return longer.Sizes[more..].SequenceEqual(shorter.Sizes)
            && longer.Sizes[..more].IndexOfAnyExcept(1) < 0;
    }

    private static (Value X, IntList Axes)? MeanOf(Value value) =>
        value.Producer is { Operator: Reduce { Kind: ReduceKind.Mean, KeepDims: true } reduce } node
            ? (node.Inputs[0]!, Sorted(reduce.Axes, value.Shape.Rank))
            : null;

    private static IntList Sorted(IntList axes, int rank) => axes.Count == 0
        ? [.. Enumerable.Range(0, rank)]
        : [.. axes.Values.ToArray().Select(a => a < 0 ? a + rank : a).Order()];

    private static Value? ArgumentOf(Value value, UnaryFunction function) =>
        ArgumentsOf(value, function)?[0];

    private static IReadOnlyList<Value?>? ArgumentsOf(Value value, PointwiseFunction function) =>
        value.Producer is { } node && FunctionOf(node)?.Function == function ? node.Inputs : null;

    private static ChainLink? FunctionOf(Node node) =>
        node.Operator is Pointwise { Chain: { Length: 1 } chain } ? chain.Links[0] : null;

    private static Value Named(Value value, Node node)
    {
        value.Name = node.Outputs[0].Name;
        return value;
    }
}
