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
    public override bool IsDifferentiable
    {
        get
        {
            foreach (var link in Chain.Links)
            {
                if (!Derivatives.Has(link.Function))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Link by link from the last: what each link read is computed anew from x, which for a chain
    /// of one link is x itself.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var values = new List<Value> { g.Input(0) };
        int next = FirstOperand;
        foreach (var link in Chain.Links[..Math.Max(Chain.Length - 1, 0)])
        {
            values.Add(g.Add(
                new Pointwise(new PointwiseChain(link)),
                link.Function.IsBinary ? [values[^1], g.Input(next++)] : [values[^1]]));
        }

        values.Add(g.Output());
        var dy = g.OutputGradient();
        next = FirstOperand + Chain.Operands;
        for (int i = Chain.Length - 1; i >= 0; i--)
        {
            var link = Chain.Links[i];
            if (link.Function is BinaryFunction binary)
            {
                int operand = --next;
                var (dx, dOperand) = Derivatives.Of(
                    g, binary, values[i], g.Input(operand), values[i + 1], dy, g.Wants(operand));
                if (dOperand is not null)
                {
                    g.Give(operand, g.SumTo(dOperand, g.Input(operand).Shape));
                }

                dy = g.SumTo(dx, values[i].Shape);
            }
            else
            {
                dy = Derivatives.Of(g, link, values[i], values[i + 1], dy);
            }
        }

        if (g.Wants(0))
        {
            g.Give(0, g.SumTo(dy, g.Input(0).Shape));
        }
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => Infer(inputs)[0].Shape.Count * Chain.Length;

    private bool StartsBinary => Chain.Length > 0 && Chain.Links[0].Function.IsBinary;
}
