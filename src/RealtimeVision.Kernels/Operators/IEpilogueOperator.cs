using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// An operator that applies a chain of pointwise functions to each result before it is written.
/// Operands of the chain's binary functions are the operator's last inputs.
/// </summary>
public interface IEpilogueOperator
{
    /// <summary>The chain.</summary>
    PointwiseChain Epilogue { get; }

    /// <summary>
    /// Index of the chain's first operand among the inputs; inputs before it may be absent.
    /// </summary>
    int FirstOperand { get; }

    /// <summary>The same operator with another chain.</summary>
    Operator WithEpilogue(PointwiseChain epilogue);
}

internal static class EpilogueOperatorExtensions
{
    /// <summary>Checks that the chain's operands are there and broadcast to the output.</summary>
    public static void RequireOperands(
        this IEpilogueOperator op, PointwiseChain chain, ReadOnlySpan<TensorType> inputs, Shape output)
    {
        int given = Math.Max(inputs.Length - op.FirstOperand, 0);
        if (given != chain.Operands)
        {
            throw new ShapeException($"{((Operator)op).Name}: chain '{chain}' takes {chain.Operands} operands, has {given}");
        }

        for (int i = 0; i < given; i++)
        {
            var operand = inputs[op.FirstOperand + i];
            if (operand.Element != ElementType.Float32 || Shape.Broadcast(operand.Shape, output) != output)
            {
                throw new ShapeException(
                    $"{((Operator)op).Name}: operand {i} {operand} does not broadcast to {output}");
            }
        }
    }
}
