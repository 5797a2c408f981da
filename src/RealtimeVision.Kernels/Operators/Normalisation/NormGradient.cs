using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// The gradients of what normalises groups of elements, y = gamma (x - mean) factor + beta, where
/// mean and factor are the group's: of x, and of gamma and beta.
/// </summary>
/// <remarks>
/// <para>
/// With n = (x - mean) factor and means over the group: dx = factor (gamma dy - mean of gamma dy -
/// n mean of (gamma dy n)); the first of the two means is left out where the forward operator takes
/// none off. dgamma is the sum of dy n, and dbeta that of dy, over all elements of a place. Sums are
/// taken in a fixed order.
/// </para>
/// <para>
/// Inputs: dy; x; the factors, a number a group; the means, likewise, absent for 0; gamma, absent
/// for 1. Outputs: dx where <paramref name="OfInput"/>; then dgamma and dbeta, both of gamma's
/// shape, where <paramref name="OfParameters"/>. All are Float32.
/// </para>
/// </remarks>
/// <param name="Forward">What has normalised.</param>
/// <param name="OfInput">Whether dx is computed.</param>
/// <param name="OfParameters">Whether dgamma and dbeta are; needs a gamma.</param>
public sealed partial record NormGradient(NormOperator Forward, bool OfInput, bool OfParameters)
    : Operator
{
    /// <summary>Index of dy among the inputs.</summary>
    public const int OutputGradient = 0;

    /// <summary>Index of x among the inputs.</summary>
    public const int X = 1;

    /// <summary>Index of what deviations were multiplied by.</summary>
    public const int Factor = 2;

    /// <summary>Index of the means.</summary>
    public const int Mean = 3;

    /// <summary>Index of the scale.</summary>
    public const int Gamma = 4;

    /// <summary>Index of dgamma among the outputs; dbeta follows.</summary>
    internal int GammaOutput => OfInput ? 1 : 0;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(OfInput || OfParameters, "computes nothing");
        Require(inputs.Length is > Factor and <= Gamma + 1, "takes dy, x, factors, means, gamma");
        RequireFloat(inputs[X], "x");
        Require(
            inputs[OutputGradient] == inputs[X],
            $"dy {inputs[OutputGradient]} is not of x's type {inputs[X]}");
        var groups = Forward.GroupsOf(inputs[X].Shape);
        RequireOnePerGroup(inputs, Factor, groups, "factors");
        RequireOnePerGroup(inputs, Mean, groups, "means");
        bool isScaled = inputs.Length > Gamma && inputs[Gamma].IsPresent;
        if (isScaled)
        {
            RequireFloat(inputs[Gamma], "gamma");
            Require(
                inputs[Gamma].Shape.Count == groups.C,
                $"gamma {inputs[Gamma].Shape} does not fit x {inputs[X].Shape}");
        }

        Require(isScaled || !OfParameters, "without gamma there is no gradient of it");
        var outputs = new List<TensorType>();
        if (OfInput)
        {
            outputs.Add(inputs[X]);
        }

        if (OfParameters)
        {
            outputs.Add(inputs[Gamma]);
            outputs.Add(inputs[Gamma]);
        }

        return [.. outputs];
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 11 * inputs[X].Shape.Count;

    private void RequireOnePerGroup(
        ReadOnlySpan<TensorType> inputs, int index, NormGroups groups, string what)
    {
        if (index < inputs.Length && (index == Factor || inputs[index].IsPresent))
        {
            RequireFloat(inputs[index], what);
            Require(
                inputs[index].Shape.Count == groups.Count,
                $"{what} {inputs[index].Shape} are not one for each of {groups.Count} groups");
        }
    }
}
