using RealtimeVision.Kernels.Devices;

namespace RealtimeVision.Runtime.Compile;

/// <summary>How a graph is compiled.</summary>
public sealed record CompileOptions
{
    /// <summary>The usual way.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>False runs the graph node by node as it was given, to compare with.</summary>
    public bool Fuse { get; init; } = true;

    /// <summary>How far results may be from plain arithmetic.</summary>
    public Precision Precision { get; init; } = Precision.Fast;

    /// <summary>
    /// True lets inputs that hold NaN or infinity be an error. It costs a pass over each input.
    /// </summary>
    public bool CheckInputs { get; init; }

    /// <summary>
    /// What the plan's arena is taken of; null for no limit. Stores of constants and variables have
    /// budgets of their own, which may be the same one.
    /// </summary>
    public MemoryBudget? Memory { get; init; }

    /// <summary>Is told after each node how much of the plan is made, from 0 to 1.</summary>
    public IProgress<double>? Progress { get; init; }
}
