using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>The function of a plain recurrent layer.</summary>
public enum RnnFunction
{
    /// <summary>Hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,
}

/// <summary>
/// One plain recurrent layer (Elman 1990). Each step: h = function(x w + h r + bias).
/// </summary>
/// <remarks>
/// See <see cref="RecurrentOperator"/> for shapes; there is one gate. Bias [D, H], the input's and
/// the recurrent one summed.
/// </remarks>
/// <param name="Hidden">H, the number of hidden units.</param>
/// <param name="Direction">Which way it goes through the sequence.</param>
/// <param name="Function">The function.</param>
public sealed record Rnn(
    int Hidden, RecurrentDirection Direction = RecurrentDirection.Forward,
    RnnFunction Function = RnnFunction.Tanh)
    : RecurrentOperator(Hidden, Direction)
{
    private protected override int Gates => 1;

    internal override RecurrentAdjoint? Adjoint => Function switch
    {
        RnnFunction.Relu => RecurrentAdjoint.Of<RnnAdjoint<Relu, UnitStep>>(),
        RnnFunction.Sigmoid => RecurrentAdjoint.Of<RnnAdjoint<Sigmoid, SigmoidDerivative>>(),
        _ => RecurrentAdjoint.Of<RnnAdjoint<Tanh, TanhDerivative>>(),
    };

    private protected override RecurrentPart[] Parts => Function switch
    {
        RnnFunction.Relu => [RecurrentPart.Of<RnnCell<Relu>>(0)],
        RnnFunction.Sigmoid => [RecurrentPart.Of<RnnCell<Sigmoid>>(0)],
        _ => [RecurrentPart.Of<RnnCell<Tanh>>(0)],
    };
}
