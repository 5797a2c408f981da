using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>Appends a pointwise node's chain to the node that computes what it reads.</summary>
internal static class EpilogueFusion
{
    /// <summary>
    /// Fuses <paramref name="node"/> with the producer of its first argument or, where its first
    /// function takes two, of its second; of two that could, with the one that runs later, so that
    /// nothing heavy moves.
    /// </summary>
    public static bool TryFuse(
        GraphRewriter rewriter, Node node, PointwiseChain chain, Func<Node, bool> accepts)
    {
        bool isFirst = CanFuse(rewriter, node, 0, chain, accepts);
        bool isSecond = chain.Length > 0 && chain.Links[0].Function.IsBinary
            && CanFuse(rewriter, node, 1, chain, accepts);
        if (isFirst && isSecond)
        {
            isSecond = PositionOf(rewriter, node, 1) > PositionOf(rewriter, node, 0);
        }

        if (!isFirst && !isSecond)
        {
            return false;
        }

        var inputs = rewriter.MapInputs(node);
        if (isSecond)
        {
            (inputs[0], inputs[1]) = (inputs[1], inputs[0]);
            chain = SwapFirst(chain);
        }

        var producer = inputs[0]!.Producer!;
        var op = (IEpilogueOperator)producer.Operator;
        var fused = new List<Value?>(producer.Inputs);
        while (fused.Count < op.FirstOperand)
        {
            fused.Add(null);
        }

        fused.AddRange(inputs[1..]);
        rewriter.Replace(node, op.WithEpilogue(op.Epilogue.Then(chain)), [.. fused]);
        return true;
    }

    /// <summary>
    /// The chain with the arguments of its first function, a binary one, swapped.
    /// </summary>
    public static PointwiseChain SwapFirst(PointwiseChain chain)
    {
        ChainLink[] links = [.. chain.Links];
        links[0] = new ChainLink(((BinaryFunction)links[0].Function).Swapped);
        return new PointwiseChain(links);
    }

    private static bool CanFuse(
        GraphRewriter rewriter,
        Node node,
        int input,
        PointwiseChain chain,
        Func<Node, bool> accepts)
    {
        var source = node.Inputs[input]!;
        return rewriter.IsSoleUse(source)
            && source.Shape == node.Outputs[0].Shape
            && rewriter.Map(source) is { OutputIndex: 0, Producer: { } producer }
            && producer.Outputs.Length == 1
            && producer.Operator is IEpilogueOperator op
            && accepts(producer)
            && op.Epilogue.CanAppend(chain);
    }

    private static int PositionOf(GraphRewriter rewriter, Node node, int input)
    {
        var producer = rewriter.Map(node.Inputs[input]!).Producer!;
        for (int i = rewriter.Target.Nodes.Count - 1; i >= 0; i--)
        {
            if (rewriter.Target.Nodes[i] == producer)
            {
                return i;
            }
        }

        return -1;
    }
}
