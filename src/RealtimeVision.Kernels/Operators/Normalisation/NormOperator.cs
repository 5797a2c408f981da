using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>What a group of elements is divided by.</summary>
internal enum NormStatistic
{
    /// <summary>The standard deviation, after the mean is taken off.</summary>
    Deviation,

    /// <summary>The root of the mean of the squares.</summary>
    RootMeanSquare,

    /// <summary>The sum of the magnitudes.</summary>
    Norm1,

    /// <summary>The root of the sum of the squares.</summary>
    Norm2,
}

/// <summary>
/// What normalises groups of elements: each is brought to the same mean and size, then perhaps
/// scaled and shifted by a gamma and a beta of its place. The operators differ in which elements
/// make a group and in what is measured of it.
/// </summary>
/// <remarks>
/// Variances are of the population (divided by the count) and are taken of deviations from a mean
/// that is known, block by block; blocks are put together in a fixed order (Chan et al. 1979). So a
/// mean that is large beside the deviation costs no digits.
/// </remarks>
/// <param name="Epsilon">
/// What keeps a group of equal elements from a division by zero: added to the variance, or to the
/// mean of the squares; the least norm that is divided by.
/// </param>
public abstract partial record NormOperator(float Epsilon) : Operator
{
    /// <summary>Index of x among the inputs.</summary>
    public const int X = 0;

    /// <summary>Index of the scale among the inputs, where there may be one.</summary>
    public const int Gamma = 1;

    /// <summary>Index of the offset among the inputs, where there may be one.</summary>
    public const int Beta = 2;

    /// <summary>What is measured of a group.</summary>
    private protected virtual NormStatistic Statistic => NormStatistic.Deviation;

    /// <summary>Index of the means among the outputs; -1 where they are none.</summary>
    private protected virtual int MeanOutput => -1;

    /// <summary>Index of what deviations are multiplied by; -1 where it is none.</summary>
    private protected virtual int FactorOutput => -1;

    /// <summary>Index of the variances; -1 where they are none.</summary>
    private protected virtual int VarianceOutput => -1;

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == X;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 7 * inputs[X].Shape.Count;

    /// <summary>The groups of an input of this shape, which has passed <c>Infer</c>.</summary>
    private protected abstract NormGroups GroupsOf(Shape x);

    /// <summary>Throws unless x is a tensor of floats of at least some rank, not empty.</summary>
    private protected Shape RequireInput(ReadOnlySpan<TensorType> inputs, int leastRank)
    {
        Require(inputs.Length >= 1, "takes a tensor");
        RequireFloat(inputs[X], "x");
        var x = inputs[X].Shape;
        Require(x.Rank >= leastRank, $"x has to have at least {leastRank} dimensions, is {x}");
        Require(x.Count > 0, $"x has to have elements, is {x}");
        return x;
    }

    /// <summary>Throws unless gamma and beta, where they are given, have this shape.</summary>
    private protected void RequireAffine(
        ReadOnlySpan<TensorType> inputs, Shape shape, bool mayShift = true)
    {
        int most = mayShift ? Beta : Gamma;
        Require(inputs.Length <= most + 1, $"takes at most {most + 1} inputs");
        bool isScaled = inputs.Length > Gamma && inputs[Gamma].IsPresent;
        bool isShifted = inputs.Length > Beta && inputs[Beta].IsPresent;
        Require(isScaled || !isShifted, "takes a beta together with a gamma only");
        for (int i = Gamma; i < inputs.Length; i++)
        {
            string what = i == Gamma ? "gamma" : "beta";
            if (inputs[i].IsPresent)
            {
                RequireFloat(inputs[i], what);
                Require(
                    inputs[i].Shape == shape,
                    $"{what} {inputs[i].Shape} does not fit x {inputs[X].Shape}: {shape} would");
            }
        }
    }

    /// <summary>A dimension of a shape, counted from the start.</summary>
    private protected int DimensionOf(Shape x, int axis)
    {
        Require(axis >= -x.Rank && axis < x.Rank, $"{x} has no dimension {axis}");
        return axis < 0 ? axis + x.Rank : axis;
    }

    /// <summary>The sizes before a dimension, and ones from there on.</summary>
    private protected static TensorType OnePerGroup(Shape x, int axis)
    {
        var sizes = x.Sizes.ToArray();
        sizes.AsSpan(axis).Fill(1);
        return TensorType.Float(sizes);
    }

    /// <summary>The groups of which each is all elements from a dimension on.</summary>
    private protected static NormGroups Trailing(Shape x, int axis) => new(
        checked((int)x.Product(0, axis)), 1, 1, checked((int)x.Product(axis, x.Rank)));
}
