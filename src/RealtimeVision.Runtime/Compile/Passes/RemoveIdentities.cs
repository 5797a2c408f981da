using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Leaves out nodes that change nothing, and makes one of shape changes in a row. A transposition
/// that only moves dimensions of size 1 is a change of shape, which costs nothing.
/// </summary>
public sealed class RemoveIdentities : IGraphPass
{
    /// <inheritdoc/>
    public Graph Run(Graph graph) => GraphRewriter.Run(graph, (rewriter, node) =>
    {
        if (node.Outputs.Length != 1 || node.Inputs is not [{ } input, ..])
        {
            return false;
        }

        var x = rewriter.Map(input);
        var output = node.Outputs[0];
        if (IsIdentity(node.Operator, x.Type, output.Type))
        {
            rewriter.Replace(output, x);
            return true;
        }

        if (node.Operator is Reshape && x.Producer is { Operator: Reshape } before)
        {
            rewriter.Replace(node, node.Operator, before.Inputs[0]);
            return true;
        }

        if (node.Operator is Transpose transpose && MovesNothing(transpose.Order, x.Shape))
        {
            rewriter.Replace(node, new Reshape(output.Shape), x);
            return true;
        }

        return false;
    });

    private static bool IsIdentity(Operator op, TensorType x, TensorType y) => x == y && op switch
    {
        Reshape => true,
        Transpose transpose => transpose.Order == Ascending(x.Shape.Rank),
        Pad or Concat => true,
        // Of the same shape it takes all, in order unless it goes backwards.
        Slice slice => slice.Steps.Values.IndexOfAnyExceptInRange(0, int.MaxValue) < 0,
        Pointwise pointwise => pointwise.Chain.Length == 0,
        _ => false,
    };

    /// <summary>Whether the dimensions that are not 1 keep their order.</summary>
    private static bool MovesNothing(IntList order, Shape x)
    {
        int last = -1;
        foreach (int dimension in order)
        {
            if (x[dimension] != 1)
            {
                if (dimension < last)
                {
                    return false;
                }

                last = dimension;
            }
        }

        return true;
    }

    private static IntList Ascending(int rank) => [.. Enumerable.Range(0, rank)];
}
