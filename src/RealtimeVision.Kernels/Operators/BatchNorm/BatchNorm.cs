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
    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => input == X;

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 2 * inputs[X].Shape.Count;
}
