using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// One step of an optimiser for one tensor of weights: everything that the step changes, in one
/// pass over the weights, their gradient and what the optimiser remembers of them.
/// </summary>
/// <remarks>
/// Inputs: weights; their gradient; the learning rate, one number; a factor of the gradient, one
/// number, may be absent; whether the step is taken at all, one number, may be absent: where it is
/// 0, the outputs are what the weights and the memory were, whatever the gradient is; then the
/// optimiser's memory, each as the weights; then its own numbers, one each. All are Float32.
/// Outputs: the weights and the memory after the step.
/// </remarks>
public abstract partial record OptimiserUpdate : Operator
{
    /// <summary>Index of the weights among the inputs and outputs.</summary>
    public const int Weights = 0;

    /// <summary>Index of the gradient among the inputs.</summary>
    public const int Gradient = 1;

    /// <summary>Index of the learning rate among the inputs.</summary>
    public const int LearningRate = 2;

    /// <summary>Index of the gradient's factor among the inputs.</summary>
    public const int GradientScale = 3;

    /// <summary>Index of the number that is 0 where no step is taken.</summary>
    public const int Enabled = 4;

    /// <summary>Index of the first memory among the inputs; outputs have it at 1.</summary>
    public const int FirstMemory = 5;

    /// <summary>Tensors that the optimiser remembers, from none to three.</summary>
    public abstract int Memories { get; }

    /// <summary>Numbers that the optimiser reads, from none to two.</summary>
    public virtual int Numbers => 0;

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        int count = FirstMemory + Memories + Numbers;
        Require(inputs.Length == count, $"takes {count} inputs, has {inputs.Length}");
        RequireFloat(inputs[Weights], "the weights");
        Require(
            inputs[Gradient] == inputs[Weights],
            $"the gradient of {inputs[Weights]} is {inputs[Gradient]}");
        for (int i = LearningRate; i < count; i++)
        {
            bool isMemory = i >= FirstMemory && i < FirstMemory + Memories;
            bool mayBeAbsent = i is GradientScale or Enabled;
            Require(
                (mayBeAbsent && !inputs[i].IsPresent)
                    || (isMemory
                        ? inputs[i] == inputs[Weights]
                        : inputs[i].Element == ElementType.Float32 && inputs[i].Shape.Count == 1),
                $"input {i} has to be {(isMemory ? $"{inputs[Weights]}" : "one Float32 number")}, "
                    + $"is {inputs[i]}");
        }

        var outputs = new TensorType[1 + Memories];
        Array.Fill(outputs, inputs[Weights]);
        return outputs;
    }

    /// <inheritdoc/>
    public override long Flops(ReadOnlySpan<TensorType> inputs) => 10 * inputs[Weights].Shape.Count;

    /// <summary>The numbers that are the same in all steps.</summary>
    private protected abstract UpdateNumbers Constants { get; }
}

/// <summary>The numbers of an update: plain, so that a GPU kernel can be given them.</summary>
internal struct UpdateNumbers
{
    /// <summary>Decays of memories, and 1 less each.</summary>
    public float Decay1, Rest1, Decay2, Rest2;

    public float Epsilon, WeightDecay;

    /// <summary>The optimiser's own variant.</summary>
    public int Variant;

    /// <summary>What a step reads.</summary>
    public float LearningRate, Scale, Number1, Number2;
}

/// <summary>What a step makes of one element.</summary>
internal readonly record struct Updated<TLanes>(TLanes Weight, Memories<TLanes> Memories)
    where TLanes : struct, ILanes<TLanes>;

/// <summary>
/// What is remembered of one element; memories that an optimiser does not have are anything.
/// </summary>
internal readonly record struct Memories<TLanes>(TLanes First, TLanes Second, TLanes Third)
    where TLanes : struct, ILanes<TLanes>;

/// <summary>An optimiser's arithmetic, written once for all lanes.</summary>
internal interface IUpdateRule
{
    /// <summary>Tensors that are remembered.</summary>
    static abstract int Memories { get; }

    /// <summary>The step of an element.</summary>
    static abstract Updated<TLanes> Step<TLanes>(
        TLanes weight, TLanes gradient, Memories<TLanes> before, UpdateNumbers n)
        where TLanes : struct, ILanes<TLanes>;
}
