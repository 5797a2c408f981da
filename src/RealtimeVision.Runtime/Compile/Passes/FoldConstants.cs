using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Runtime.Compile.Passes;

/// <summary>
/// Computes nodes of constants alone at compile time. A node whose result is much larger than what
/// it is made of stays a node: it costs less to run than to keep.
/// </summary>
public sealed class FoldConstants : IGraphPass
{
    // Results up to this size are folded however small their inputs.
    private const long AlwaysFoldedBytes = 1 << 20;
    private const long MostGrowth = 4;

    /// <inheritdoc/>
    public Graph Run(Graph graph)
    {
        CpuDevice? device = null;
        try
        {
            return GraphRewriter.Run(graph, (rewriter, node) =>
            {
                var inputs = rewriter.MapInputs(node);
                if (!CanFold(node, inputs))
                {
                    return false;
                }

                device ??= new CpuDevice(1);
                var results = ConstantEvaluation.Evaluate(device, node, inputs);
                for (int i = 0; i < results.Length; i++)
                {
                    rewriter.Replace(node.Outputs[i], rewriter.Target.Variable(results[i]));
                }

                return true;
            });
        }
        finally
        {
            device?.Dispose();
        }
    }

    private static bool CanFold(Node node, Value?[] inputs)
    {
        var given = inputs.Where(i => i is not null).ToList();
        long bytes = node.Outputs.Sum(o => o.Type.Bytes);
        return given.Count > 0
            && given.TrueForAll(i => i!.IsConstant)
            && (node.Operator is ICpuOperator || node.Operator.IsView)
            && (bytes <= AlwaysFoldedBytes || bytes <= MostGrowth * given.Sum(i => i!.Type.Bytes));
    }
}
