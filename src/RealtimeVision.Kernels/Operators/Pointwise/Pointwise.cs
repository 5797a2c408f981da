using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// A chain of pointwise functions of a tensor and the chain's operands, all broadcast to one shape
/// (NumPy's rule): y = chain(x, operands).
/// </summary>
/// <remarks>
/// Inputs: x, of any shape; then one operand for each binary function of the chain. All are
/// Float32. Output: the shape that all of them broadcast to. An empty chain copies.
/// </remarks>
/// <param name="Chain">The functions, first to last.</param>
public sealed partial record Pointwise(PointwiseChain Chain) : Operator, IEpilogueOperator
{
    /// <summary>One function without operands.</summary>
    /// <param name="function">The function.</param>
    /// <param name="a">Its first constant, where it has one.</param>
    /// <param name="b">Its second constant, where it has one.</param>
    public Pointwise(UnaryFunction function, float a = 0, float b = 0)
        : this(PointwiseChain.Of(function, a, b))
    {
    }

    /// <summary>One function of x and an operand.</summary>
    public Pointwise(BinaryFunction function)
        : this(PointwiseChain.Of(function))
    {
    }

    /// <inheritdoc/>
    public PointwiseChain Epilogue => Chain;

    /// <inheritdoc/>
    public int FirstOperand => 1;

    /// <inheritdoc/>
    public Operator WithEpilogue(PointwiseChain epilogue) => new Pointwise(epilogue);

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length >= 1, "takes x");
        RequireFloat(inputs[0], "x");
        var output = inputs[0].Shape;
        for (int i = FirstOperand; i < inputs.Length; i++)
        {
            RequireFloat(inputs[i], $"operand {i - FirstOperand}");
            output = Shape.Broadcast(output, inputs[i].Shape);
        }

        this.RequireOperands(Chain, inputs, output);
        return [new TensorType(ElementType.Float32, output)];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Over x; or over the operand of the first function, which reads both before anything is
    /// written. Later operands are read when the output already holds what came before.
    /// </remarks>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) =>
        (input == 0 || (input == FirstOperand && StartsBinary))
        && inputs[input].Shape == Infer(inputs)[0].Shape;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => Infer(inputs)[0].Shape.Count * Chain.Length;

    private bool StartsBinary => Chain.Length > 0 && Chain.Links[0].Function.IsBinary;
}
