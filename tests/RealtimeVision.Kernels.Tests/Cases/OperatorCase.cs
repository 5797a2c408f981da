using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Tests.Harness;

namespace RealtimeVision.Kernels.Tests.Cases;

/// <summary>
/// One line of the case table: an operator, its inputs, and what it has to give, known from PyTorch
/// or from a naive double-precision reference.
/// </summary>
/// <param name="Name">Unique; begins with the operator's name.</param>
/// <param name="Operator">The operator.</param>
/// <param name="Inputs">Inputs in order, null where an optional one is absent.</param>
/// <param name="Expected">Outputs; null where an output is not looked at.</param>
public sealed record OperatorCase(
    string Name, Operator Operator, HostTensor?[] Inputs, HostTensor?[] Expected)
{
    /// <summary>Inputs that are constants of the graph, as weights are.</summary>
    public int[] Constants { get; init; } = [];

    /// <summary>Largest error allowed, relative to the largest element.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>
    /// Largest difference allowed of bytes, where they are rounded from what has errors.
    /// </summary>
    public int ByteTolerance { get; init; }

    /// <summary>
    /// Elements of the outputs that are looked at, from the first: all but where outputs have room
    /// for more than these inputs fill.
    /// </summary>
    public int Looked { get; init; } = int.MaxValue;

    /// <summary>
    /// A case that is the same as another on the CPU: it forces an algorithm of GPUs.
    /// </summary>
    public bool IsForGpus { get; init; }

    /// <summary>
    /// False where ILGPU's CPU accelerator takes long though outputs are few: long sums.
    /// </summary>
    public bool IsForDebugDevice { get; init; } = true;

    /// <summary>
    /// False at a point where the operator has no derivative, or one too steep for differences.
    /// </summary>
    public bool IsSmooth { get; init; } = true;

    /// <summary>Small enough for ILGPU's CPU accelerator.</summary>
    public bool IsTiny => IsForDebugDevice && Expected.Max(e => e?.Shape.Count ?? 0) <= 3000;

    public override string ToString() => Name;
}

/// <summary>All cases: one line a source of cases.</summary>
public static class CaseTable
{
    private static readonly Lazy<OperatorCase[]> Cases = new(() =>
    [
        .. BackgroundCases.All(),
        .. BatchNormCases.All(),
        .. Conv2DCases.All(),
        .. Conv2DWeightGradientCases.All(),
        .. DropoutCases.All(),
        .. FrameCases.All(),
        .. GradientCases.All(),
        .. IndexCases.All(),
        .. ConvTranspose2DCases.All(),
        .. LineCases.All(),
        .. LstmCases.All(),
        .. MatMulCases.All(),
        .. FunctionCases.All(),
        .. NormCases.All(),
        .. PointwiseCases.All(),
        .. TypedCases.All(),
        .. Pool2DCases.All(),
        .. RecurrentCases.All(),
        .. SampleCases.All(),
        .. ShapeCases.All(),
        .. SortCases.All(),
        .. Upsample2DCases.All(),
    ]);

    public static IReadOnlyList<OperatorCase> All => Cases.Value;

    public static OperatorCase Get(string name) => All.Single(c => c.Name == name);
}
