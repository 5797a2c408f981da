using RealtimeVision.Kernels.Functions;
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

    /// <summary>True where a group's mean is taken off.</summary>
    internal bool IsCentred => Statistic == NormStatistic.Deviation;

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

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    /// <remarks>
    /// From x, the means and the factors. Whatever else depends on the statistics is a chain of
    /// pointwise nodes, which a layer in training has no need of.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var x = g.Input(X);
        var groups = GroupsOf(x.Shape);
        var (factor, mean) = StatisticsOf(g);
        bool ofParameters = g.Wants(Gamma) || g.Wants(Beta);
        var gradient = new NormGradient(this, g.Wants(X), ofParameters);
        var outputs = g.AddNode(
            gradient, g.OutputGradient(), x, factor, mean, g.Has(Gamma) ? g.Input(Gamma) : null)
            .Outputs;
        if (g.Wants(X))
        {
            g.Give(X, outputs[0]);
            GiveOfStatistics(g, groups, factor, mean);
        }

        if (g.Wants(Gamma))
        {
            g.Give(Gamma, outputs[gradient.GammaOutput]);
        }

        if (g.Wants(Beta))
        {
            g.Give(Beta, outputs[gradient.GammaOutput + 1]);
        }
    }

    /// <summary>The factors, and the means unless they are 0: a number a group.</summary>
    private protected virtual (Value Factor, Value? Mean) StatisticsOf(GradientBuilder g) => (
        FactorOutput >= 0
            ? g.Output(FactorOutput)
            : g.Add(FactorOfVariance(Epsilon), g.Output(VarianceOutput)),
        MeanOutput >= 0 ? g.Output(MeanOutput) : null);

    /// <summary>1 / sqrt(variance + epsilon).</summary>
    private protected static Pointwise FactorOfVariance(float epsilon) => new(new PointwiseChain(
        new(Unary.Affine, 1, epsilon), new(Unary.Sqrt), new(Unary.Reciprocal)));

    /// <summary>
    /// What the outputs beside y add to dx, for a group of L elements: dmean / L, -dfactor factor^3
    /// (x - mean) / L and 2 dvariance (x - mean) / L.
    /// </summary>
    private void GiveOfStatistics(
        GradientBuilder g, NormGroups groups, Value factor, Value? mean)
    {
        var x = g.Input(X);
        var perGroup = new Shape(groups.N, 1, groups.G, 1);
        float share = 1f / groups.Length;
        if (MeanOutput >= 0 && g.HasGradient(MeanOutput))
        {
            var each = g.Apply(Unary.Affine, Grouped(g.OutputGradient(MeanOutput)), share);
            var all = g.Add(new Expand(new Shape(groups.N, groups.P, groups.G, groups.K)), each);
            g.Give(X, g.Add(new Reshape(x.Shape), all));
        }

        Value? slope = null;
        if (FactorOutput >= 0 && g.HasGradient(FactorOutput))
        {
            var squared = g.Apply(Unary.Square, factor);
            slope = g.Apply(
                Unary.Affine,
                g.Apply(
                    Binary.Multiply, g.Apply(Binary.Multiply, squared, factor),
                    g.OutputGradient(FactorOutput)),
                -share);
        }
        else if (VarianceOutput >= 0 && g.HasGradient(VarianceOutput))
        {
            slope = g.Apply(Unary.Affine, g.OutputGradient(VarianceOutput), 2 * share);
        }

        if (slope is not null)
        {
            var groupedX = g.Add(
                new Reshape(new Shape(groups.N, groups.P, groups.G, groups.K)), x);
            var deviation = mean is null
                ? groupedX
                : g.Apply(Binary.Subtract, groupedX, Grouped(mean));
            g.Give(X, g.Add(
                new Reshape(x.Shape), g.Apply(Binary.Multiply, deviation, Grouped(slope))));
        }

        Value Grouped(Value value) => g.Add(new Reshape(perGroup), value);
    }

    /// <summary>The groups of an input of this shape, which has passed <c>Infer</c>.</summary>
    internal abstract NormGroups GroupsOf(Shape x);

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
