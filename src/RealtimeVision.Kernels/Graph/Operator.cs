namespace RealtimeVision.Kernels.Graph;

/// <summary>
/// What an operator is, apart from how it runs: its parameters (the record's properties, compared
/// by value) and its shape rule. How it runs is told by <see cref="Devices.Cpu.ICpuOperator"/> and
/// <see cref="Devices.Gpu.IGpuOperator"/>, which the same record implements.
/// </summary>
public abstract record Operator
{
    /// <summary>The name people know: <c>Conv2D</c>.</summary>
    public virtual string Name => GetType().Name;

    /// <summary>
    /// Types of the outputs for inputs of these types. An optional input that is absent has
    /// <see cref="TensorType.Absent"/>.
    /// </summary>
    /// <exception cref="ShapeException">The inputs do not fit; the message names the
    /// shapes.</exception>
    public abstract TensorType[] Infer(ReadOnlySpan<TensorType> inputs);

    /// <summary>
    /// True where output 0 is input 0 with another shape: the planner gives both one buffer and
    /// nothing runs.
    /// </summary>
    public virtual bool IsView => false;

    /// <summary>
    /// True where output 0 may be written over input <paramref name="input"/> while it is read:
    /// each element is read before, and only by, the piece of work that writes it.
    /// </summary>
    public virtual bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => false;

    /// <summary>
    /// Multiplications and additions of one run; 0 where there is no arithmetic worth counting.
    /// </summary>
    public virtual long Flops(ReadOnlySpan<TensorType> inputs) => 0;

    /// <summary>True where <see cref="Differentiate"/> states a gradient.</summary>
    public virtual bool IsDifferentiable => false;

    /// <summary>
    /// Adds the nodes of a node's gradient: for each input that is wanted, the gradient of the loss
    /// of that input, computed from those of the outputs.
    /// </summary>
    public virtual void Differentiate(GradientBuilder g) =>
        throw new NotSupportedException($"{Name} has no gradient");

    /// <summary>
    /// Throws unless <paramref name="condition"/>, with the operator's name before the message.
    /// </summary>
    protected void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ShapeException($"{Name}: {message}");
        }
    }

    /// <summary>Throws unless the input is a tensor of 32-bit floats of the given rank.</summary>
    protected void RequireFloat(TensorType type, string what, int rank = -1)
    {
        Require(type.Element == ElementType.Float32, $"{what} has to be Float32, is {type}");
        Require(rank < 0 || type.Shape.Rank == rank, $"{what} has to have rank {rank}, is {type}");
    }
}
