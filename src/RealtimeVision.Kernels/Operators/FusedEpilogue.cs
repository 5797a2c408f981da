using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

/// <summary>
/// What of the epilogue the micro-kernel does as it writes: a residual of the output's own shape is
/// added, then results are clamped (ReLU, ReLU6). Any other chain goes over finished parts of the
/// output.
/// </summary>
internal readonly record struct FusedEpilogue(
    CpuTensor? Residual, float Low, float High, CpuEpilogue? Rest)
{
    /// <summary>
    /// The parts of an operator's epilogue. May add a step, so the kernel's own step is added
    /// after.
    /// </summary>
    /// <param name="b">What the operator is given.</param>
    /// <param name="op">The operator.</param>
    /// <param name="addsResidual">False where the kernel can clamp but not add.</param>
    public static FusedEpilogue Of(CpuBindings b, IEpilogueOperator op, bool addsResidual = true)
    {
        var links = op.Epilogue.Links;
        int next = 0;
        CpuTensor? residual = null;
        var (low, high) = (float.NegativeInfinity, float.PositiveInfinity);
        if (addsResidual && next < links.Length && links[next].Function == Binary.Add
            && b.InputShape(op.FirstOperand) == b.OutputShape())
        {
            residual = b.Input(op.FirstOperand);
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
            ? new FusedEpilogue(residual, low, high, null)
            : new FusedEpilogue(
                null, float.NegativeInfinity, float.PositiveInfinity, CpuEpilogue.Of(
                    b, op, b.OutputShape()));
    }
}
