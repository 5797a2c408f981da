using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// What of the epilogue the kernel does as it writes: a residual of the output's own shape is
/// added, results are cleared where another such tensor is not positive (the gradient of ReLU),
/// then clamped (ReLU, ReLU6). Any other chain goes over finished parts of the output.
/// </summary>
internal readonly record struct FusedEpilogue(
    CpuTensor? Residual, CpuTensor? Gate, float Low, float High, CpuEpilogue? Rest)
{
    /// <summary>
    /// The parts of an operator's epilogue. May add a step, so the kernel's own step is added
    /// after.
    /// </summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="op">The operator.</param>
    /// <param name="addsResidual">False where the kernel can clamp but not add.</param>
    /// <param name="gates">True where the kernel can clear results.</param>
    public static FusedEpilogue Of(
        CpuBindings b, IEpilogueOperator op, bool addsResidual = true, bool gates = false)
    {
        var links = op.Epilogue.Links;
        int next = 0;
        int operand = op.FirstOperand;
        CpuTensor? residual = null;
        CpuTensor? gate = null;
        var (low, high) = (float.NegativeInfinity, float.PositiveInfinity);
        if (addsResidual && next < links.Length && links[next].Function == Binary.Add
            && b.InputShape(operand) == b.OutputShape())
        {
            residual = b.Input(operand++);
            next++;
        }

        if (gates && next < links.Length && links[next].Function == Binary.WherePositive
            && b.InputShape(operand) == b.OutputShape())
        {
            gate = b.Input(operand);
            next++;
        }

        if (next < links.Length && links[next].Function == Unary.Relu)
        {
            low = 0;
            next++;
        }
        else if (next < links.Length && links[next].Function == Unary.Clip)
        {
            (low, high) = (links[next].A, links[next].B);
            next++;
        }

        return next == links.Length
            ? new FusedEpilogue(residual, gate, low, high, null)
            : new FusedEpilogue(
                null, null, float.NegativeInfinity, float.PositiveInfinity, CpuEpilogue.Of(
                    b, op, b.OutputShape()));
    }
}
