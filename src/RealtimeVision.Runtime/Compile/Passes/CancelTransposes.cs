using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Makes one of transpositions in a row, and lets them sink below pointwise functions and
/// concatenations, towards others that they cancel against. What they sink below can then be fused
/// with what was before them.
/// </summary>
public sealed class CancelTransposes : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
        node.Operator switch
        {
            Transpose transpose => Merge(rewriter, node, transpose),
            Pointwise => Sink(rewriter, node),
            Concat concat => Sink(rewriter, node, concat),
            _ => false,
        });

    private static bool Merge(GraphRewriter rewriter, Node node, Transpose second)
    {
        if (OrderOf(rewriter.Map(node.Inputs[0]!)) is not { } first)
        {
            return false;
        }

        int[] order = [.. second.Order.Values];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = first[order[i]];
        }

        var source = rewriter.Map(node.Inputs[0]!).Producer!.Inputs[0];
        rewriter.Replace(node, new Transpose([.. order]), source);
        return true;
    }

    /// <summary>
    /// A pointwise node of transposed values, all in the same order and read by it alone, and of
    /// constants, which are transposed the other way at compile time.
    /// </summary>
    private static bool Sink(GraphRewriter rewriter, Node node)
    {
        int rank = node.Outputs[0].Shape.Rank;
        IntList? order = null;
        foreach (var input in node.Inputs)
        {
            var value = rewriter.Map(input!);
            if (value.IsConstant)
            {
                continue;
            }

            if (OrderOf(value) is not { } its || its.Count != rank
                || (order is { } known && known != its) || !rewriter.IsSoleUse(input!))
            {
                return false;
            }

            order = its;
        }

        if (order is not { } common)
        {
            return false;
        }

        var inverse = Inverse(common);
        var inputs = Array.ConvertAll(rewriter.MapInputs(node), value =>
            value!.IsConstant
                ? TransposedConstant(rewriter, value, inverse)
                : value.Producer!.Inputs[0]);
        var result = rewriter.Target.Add(node.Operator, node.Name, inputs);
        rewriter.Replace(node, new Transpose(common), result);
        return true;
    }

    /// <summary>A concatenation of values that are all transposed in the same order.</summary>
    private static bool Sink(GraphRewriter rewriter, Node node, Concat concat)
    {
        if (OrderOf(rewriter.Map(node.Inputs[0]!)) is not { } order
            || !node.Inputs.All(i => rewriter.IsSoleUse(i!) && OrderOf(rewriter.Map(i!)) == order))
        {
            return false;
        }

        int axis = concat.Axis < 0 ? concat.Axis + order.Count : concat.Axis;
        var inputs = Array.ConvertAll(rewriter.MapInputs(node), v => v!.Producer!.Inputs[0]);
        var result = rewriter.Target.Add(new Concat(order[axis]), node.Name, inputs);
        rewriter.Replace(node, new Transpose(order), result);
        return true;
    }

    private static Value TransposedConstant(GraphRewriter rewriter, Value value, IntList order)
    {
        var full = new int[order.Count];
        Array.Fill(full, 1);
        value.Shape.Sizes.CopyTo(full.AsSpan(order.Count - value.Shape.Rank));
        var shaped = rewriter.Target.Add(new Reshape(new Shape(full)), value.Name, value);
        return rewriter.Target.Add(new Transpose(order), value.Name, shaped);
    }

    private static IntList? OrderOf(Value value) =>
        value.Producer is { Operator: Transpose transpose } ? transpose.Order : null;

    private static IntList Inverse(IntList order)
    {
        var inverse = new int[order.Count];
        for (int i = 0; i < inverse.Length; i++)
        {
            inverse[order[i]] = i;
        }

        return [.. inverse];
    }
}
