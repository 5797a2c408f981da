using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// Batch normalisation with the statistics of training (Ioffe and Szegedy 2015), as at inference: y
/// = gamma (x - mean) / sqrt(variance + epsilon) + beta, each channel with its own numbers.
/// </summary>
/// <remarks>
/// Inputs: x [..., C]; gamma, beta, mean and variance, each [C]. Output: as x. All are Float32.
/// </remarks>
/// <param name="Epsilon">Added to the variance.</param>
public sealed partial record BatchNorm(float Epsilon) : Operator
{
    /// <summary>Index of x among the inputs.</summary>
    public const int X = 0;

    /// <summary>Index of the scale.</summary>
    public const int Gamma = 1;

    /// <summary>Index of the offset.</summary>
    public const int Beta = 2;

    /// <summary>Index of the mean.</summary>
    public const int Mean = 3;

    /// <summary>Index of the variance.</summary>
    public const int Variance = 4;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length == 5, "takes x, gamma, beta, mean and variance");
        RequireFloat(inputs[X], "x");
        Require(inputs[X].Shape.Rank >= 1, "x has to have channels, is a scalar");
        for (int i = Gamma; i <= Variance; i++)
        {
            RequireFloat(inputs[i], "a parameter", 1);
            Require(
                inputs[i].Shape[0] == inputs[X].Shape[-1],
                $"a parameter {inputs[i].Shape} does not fit the channels of {inputs[X].Shape}");
        }

        return [inputs[X]];
    }

    /// <inheritdoc/>
    public override bool IsDifferentiable => true;

    /// <inheritdoc/>
    /// <remarks>
    /// With known statistics a channel is a linear function of x: dx = dy gamma factor, dbeta is
    /// the sum of dy and dgamma that of dy (x - mean) factor, where factor = 1 / sqrt(variance +
    /// epsilon). Mean and variance get -gamma factor dbeta and -gamma factor^2 dgamma / 2.
    /// </remarks>
    public override void Differentiate(GradientBuilder g)
    {
        var dy = g.OutputGradient();
        var factor = g.Add(
            new Pointwise(new PointwiseChain(
                new(Unary.Affine, 1, Epsilon), new(Unary.Sqrt), new(Unary.Reciprocal))),
            g.Input(Variance));
        var scale = g.Apply(Binary.Multiply, g.Input(Gamma), factor);
        if (g.Wants(X))
        {
            g.Give(X, g.Apply(Binary.Multiply, dy, scale));
        }

        if (!g.Wants(Gamma) && !g.Wants(Beta) && !g.Wants(Mean) && !g.Wants(Variance))
        {
            return;
        }

        var sums = g.AddNode(
            new NormGradient(new BatchNormTraining(Epsilon), false, true), dy, g.Input(X), factor,
            g.Input(Mean), g.Input(Gamma));
        var (dgamma, dbeta) = (sums.Outputs[0], sums.Outputs[1]);
        if (g.Wants(Gamma))
        {
            g.Give(Gamma, dgamma);
        }

        if (g.Wants(Beta))
        {
            g.Give(Beta, dbeta);
        }

        if (g.Wants(Mean))
        {
            g.Give(Mean, g.Apply(Unary.Negate, g.Apply(Binary.Multiply, dbeta, scale)));
        }

        if (g.Wants(Variance))
        {
            var product = g.Apply(Binary.Multiply, g.Apply(Binary.Multiply, scale, factor), dgamma);
            g.Give(Variance, g.Apply(Unary.Affine, product, -0.5f));
        }
    }

    /// <inheritdoc/>
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == X;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 2 * inputs[X].Shape.Count;
}
