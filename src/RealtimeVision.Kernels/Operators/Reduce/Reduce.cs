using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What <see cref="Reduce"/> makes of many numbers.</summary>
public enum ReduceKind
{
    /// <summary>Their sum divided by their number.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The largest; NaN where one is NaN.</summary>
    Max,

    /// <summary>The smallest; NaN where one is NaN.</summary>
    Min,

    /// <summary>Their product.</summary>
    Product,

    /// <summary>The sum of their absolute values: the L1 norm.</summary>
    SumOfMagnitudes,

    /// <summary>The sum of their squares: the L2 norm, squared.</summary>
    SumOfSquares,
}

/// <summary>One number of all those along some dimensions.</summary>
/// <remarks>
/// Input: Float32 of any shape, not empty along the reduced dimensions; or Int32 for sums,
/// products, the largest and the smallest, which wrap around. Output: the same type, the reduced
/// dimensions of size 1 or left out. Sums are taken in a fixed order, in blocks whose sums are
/// added, so that rounding errors grow with the logarithm of the count, or nearly so.
/// </remarks>
/// <param name="Kind">What is made of the numbers.</param>
/// <param name="Axes">The dimensions, negative ones from the end; none for all.</param>
/// <param name="KeepDims">True where reduced dimensions stay, of size 1.</param>
public sealed partial record Reduce(ReduceKind Kind, IntList Axes, bool KeepDims = true) : Operator
{
    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    /// <remarks>
    /// The gradient of the largest or the smallest is shared evenly by all that are equal to it.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var x = g.Input(0);
        var isReduced = IsReduced(x.Shape);
        int[] kept = [.. isReduced.Select((reduced, d) => reduced ? 1 : x.Shape[d])];
        var dy = g.Add(new Reshape(new Shape(kept)), g.OutputGradient());
        g.Give(0, Kind switch
        {
            ReduceKind.Sum => g.Add(new Expand(x.Shape), dy),
            ReduceKind.Mean => g.Add(
                new Expand(x.Shape),
                g.Apply(Unary.Affine, dy, 1f / (x.Shape.Count / g.Output().Shape.Count))),
            ReduceKind.SumOfSquares => g.Add(
                new Pointwise(new PointwiseChain(new(Unary.Affine, 2), new(Binary.Multiply))), x, dy),
            ReduceKind.Max or ReduceKind.Min => ShareEvenly(g, dy),
            ReduceKind.Product => OfOthers(g, dy),
            _ => g.Add(
                new Pointwise(new PointwiseChain(new(Unary.Sign), new(Binary.Multiply))), x, dy),
        });
    }

    // The product of all others: with zeros taken for ones, the whole product over the number, where
    // no other number is 0.
    private Value OfOthers(GradientBuilder g, Value dy)
    {
        var x = g.Input(0);
        var isZero = g.Add(new Compare(Comparison.Equal), x, g.Fill(0, default));
        var ones = g.Add(new Select(), isZero, g.Fill(1, default), x);
        var product = g.Add(new Reduce(ReduceKind.Product, Axes), ones);
        var zeros = g.Add(new Cast(ElementType.Float32), isZero);
        var otherZeros = g.Apply(
            Binary.Subtract, g.Add(new Reduce(ReduceKind.Sum, Axes), zeros), zeros);
        var others = g.Apply(Binary.Divide, g.Apply(Binary.Multiply, dy, product), ones);
        return g.Add(
            new Select(),
            g.Add(new Compare(Comparison.Equal), otherZeros, g.Fill(0, default)), others,
            g.Fill(0, default));
    }

    private Value ShareEvenly(GradientBuilder g, Value dy)
    {
        var y = g.Add(new Reshape(dy.Shape), g.Output());
        var isEqual = g.Add(
            new Cast(ElementType.Float32), g.Add(new Compare(Comparison.Equal), g.Input(0), y));
        var count = g.Add(new Reduce(ReduceKind.Sum, Axes), isEqual);
        return g.Apply(Binary.Multiply, isEqual, g.Apply(Binary.Divide, dy, count));
    }

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 1, "takes one tensor");
        Require(
            inputs[0].Element == ElementType.Float32
                || (inputs[0].Element == ElementType.Int32 && TakesIntegers),
            $"{Kind} takes Float32{(TakesIntegers ? " or Int32" : "")}, has {inputs[0]}");
        var x = inputs[0].Shape;
        foreach (int axis in Axes)
        {
            Require(axis >= -x.Rank && axis < x.Rank, $"{x} has no dimension {axis}");
        }

        var isReduced = IsReduced(x);
        var sizes = new List<int>();
        for (int d = 0; d < x.Rank; d++)
        {
            Require(!isReduced[d] || x[d] > 0, $"dimension {d} of {x} has nothing to reduce");
            if (!isReduced[d])
            {
                sizes.Add(x[d]);
            }
            else if (KeepDims)
            {
                sizes.Add(1);
            }
        }

        return [new TensorType(inputs[0].Element, new Shape([.. sizes]))];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => inputs[0].Shape.Count;

    private bool TakesIntegers =>
        Kind is ReduceKind.Sum or ReduceKind.Product or ReduceKind.Max or ReduceKind.Min;

    /// <summary>For each dimension, true where it is reduced.</summary>
    private bool[] IsReduced(Shape x)
    {
        var isReduced = new bool[x.Rank];
        Array.Fill(isReduced, Axes.Count == 0);
        foreach (int axis in Axes)
        {
            isReduced[axis < 0 ? axis + x.Rank : axis] = true;
        }

        return isReduced;
    }

    /// <summary>What results are multiplied by at the end.</summary>
    private float ScaleOf(Shape x, Shape y) => Kind == ReduceKind.Mean ? (float)((double)y.Count / x.Count) : 1f;
}
