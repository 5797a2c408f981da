using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using Operators = RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Layers;

/// <summary>A function of each number of a layer's output.</summary>
public enum Activation
{
    /// <summary>None: x.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,

    /// <summary>x, and 0.01 x below 0.</summary>
    LeakyRelu,

    /// <summary>1 / (1 + exp(-x)).</summary>
    Sigmoid,

    /// <summary>min(max(x / 6 + 1 / 2, 0), 1).</summary>
    HardSigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x sigmoid(x), also called swish.</summary>
    Silu,

    /// <summary>x min(max(x / 6 + 1 / 2, 0), 1).</summary>
    HardSwish,

    /// <summary>x times the normal distribution's function.</summary>
    Gelu,

    /// <summary>exp(x), and x - 1 below 0.</summary>
    Elu,

    /// <summary>exp(x) over the sum of those of all channels.</summary>
    Softmax,
}

/// <summary>An activation that stands alone, where no layer before it has one.</summary>
/// <param name="Function">The function.</param>
public sealed record ActivationLayer(Activation Function) : Layer
{
    /// <inheritdoc/>
    protected internal override Value Apply(LayerContext c, IReadOnlyList<Value> inputs) =>
        c.Activate(inputs[0], Function);
}

/// <summary>Nodes of activations.</summary>
internal static class Activations
{
    /// <summary>Adds an activation's node.</summary>
    public static Value Activate(this LayerContext c, Value x, Activation activation) =>
        activation switch
        {
            Activation.Linear => x,
            Activation.Softmax => c.Add(new Operators.Softmax(-1), x),
            Activation.Relu => c.Add(new Operators.Pointwise(Unary.Relu), x),
            Activation.Relu6 => c.Add(new Operators.Pointwise(Unary.Clip, 0, 6), x),
            Activation.LeakyRelu => c.Add(new Operators.Pointwise(Unary.LeakyRelu, 0.01f), x),
            Activation.Sigmoid => c.Add(new Operators.Pointwise(Unary.Sigmoid), x),
            Activation.HardSigmoid =>
                c.Add(new Operators.Pointwise(Unary.HardSigmoid, 1f / 6, 0.5f), x),
            Activation.Tanh => c.Add(new Operators.Pointwise(Unary.Tanh), x),
            Activation.Silu => c.Add(new Operators.Pointwise(Unary.Silu), x),
            Activation.HardSwish => c.Add(new Operators.Pointwise(Unary.HardSwish), x),
            Activation.Gelu => c.Add(new Operators.Pointwise(Unary.Gelu), x),
            Activation.Elu => c.Add(new Operators.Pointwise(Unary.Elu, 1), x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
        };
}
