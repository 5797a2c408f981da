using ILGPU;
using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Devices.Gpu;

/// <summary>
/// How an operand that broadcasts is read at output index i: dimensions that neighbours share are
/// merged, at most four are left. Merged sizes and strides are of the output, outermost first.
/// </summary>
public struct GpuBroadcast
{
    /// <summary>Elements of the output below each dimension but the innermost.</summary>
    public int Below0, Below1, Below2;

    /// <summary>
    /// Elements of the operand between neighbours of each dimension; 0 where it is repeated.
    /// </summary>
    public int Stride0, Stride1, Stride2, Stride3;

    /// <summary>
    /// 1 where the operand has the output's shape, so that its index is the output's.
    /// </summary>
    public int IsWhole;

    /// <summary>Index into the operand.</summary>
    public readonly int At(int index)
    {
        if (IsWhole != 0)
        {
            return index;
        }

        int i0 = index / Below0;
        int rest = index - (i0 * Below0);
        int i1 = rest / Below1;
        rest -= i1 * Below1;
        int i2 = rest / Below2;
        rest -= i2 * Below2;
        return (i0 * Stride0) + (i1 * Stride1) + (i2 * Stride2) + (rest * Stride3);
    }

    /// <summary>
    /// The way to read <paramref name="operand"/> for each element of <paramref name="output"/>.
    /// </summary>
    /// <exception cref="NotSupportedException">More than four dimensions are left after
    /// merging.</exception>
    public static GpuBroadcast Of(Shape operand, Shape output)
    {
        var loop = BroadcastLoop.Of(output, operand);
        if (loop.Sizes.Length > 4)
        {
            throw new NotSupportedException($"broadcast of {operand} to {output} has too many dimensions");
        }

        Span<int> sizes = [1, 1, 1, 1];
        Span<int> strides = [0, 0, 0, 0];
        for (int i = 1; i <= loop.Sizes.Length; i++)
        {
            sizes[^i] = loop.Sizes[^i];
            strides[^i] = loop.Strides[0][^i];
        }

        return new GpuBroadcast
        {
            Below0 = sizes[1] * sizes[2] * sizes[3], Below1 = sizes[2] * sizes[3], Below2 = sizes[3],
            Stride0 = strides[0], Stride1 = strides[1], Stride2 = strides[2], Stride3 = strides[3],
            IsWhole = operand == output ? 1 : 0,
        };
    }
}

/// <summary>
/// Operands of a chain as a kernel sees them; those that a chain has not are never read.
/// </summary>
public struct GpuOperands
{
    /// <summary>The operands.</summary>
    public ArrayView<float> Operand0, Operand1, Operand2;

    /// <summary>How each is read.</summary>
    public GpuBroadcast Read0, Read1, Read2;

    /// <summary>
    /// Applies the chain to the value of output element <paramref name="index"/>.
    /// </summary>
    public static float Finish<TChain>(float value, int index, GpuOperands operands, ChainState state)
        where TChain : struct, IChain
    {
        if (TChain.Operands > 0)
        {
            state.V0 = operands.Operand0[operands.Read0.At(index)];
        }

        if (TChain.Operands > 1)
        {
            state.V1 = operands.Operand1[operands.Read1.At(index)];
        }

        if (TChain.Operands > 2)
        {
            state.V2 = operands.Operand2[operands.Read2.At(index)];
        }

        return TChain.Apply(value, state);
    }

    /// <summary>
    /// As <see cref="Finish"/>, for operands that all have the output's shape: short enough to be
    /// repeated for each of the many values of a thread.
    /// </summary>
    public static float FinishWhole<TChain>(float value, int index, GpuOperands operands, ChainState state)
        where TChain : struct, IChain
    {
        if (TChain.Operands > 0)
        {
            state.V0 = operands.Operand0[index];
        }

        if (TChain.Operands > 1)
        {
            state.V1 = operands.Operand1[index];
        }

        if (TChain.Operands > 2)
        {
            state.V2 = operands.Operand2[index];
        }

        return TChain.Apply(value, state);
    }
}

/// <summary>Operands of a chain before their memory is known.</summary>
public sealed class GpuOperandTensors
{
    private readonly GpuTensor[] _tensors;
    private readonly GpuTensor _unused;
    private GpuOperands _operands;

    internal GpuOperandTensors(GpuTensor[] tensors, GpuTensor unused, Shape output)
    {
        _tensors = tensors;
        _unused = unused;
        _operands.Read0 = Read(0);
        _operands.Read1 = Read(1);
        _operands.Read2 = Read(2);

        GpuBroadcast Read(int i) =>
            i < tensors.Length ? GpuBroadcast.Of(tensors[i].Type.Shape, output) : default;
    }

    /// <summary>What a kernel is given.</summary>
    public GpuOperands View()
    {
        var operands = _operands;
        operands.Operand0 = View(0);
        operands.Operand1 = View(1);
        operands.Operand2 = View(2);
        return operands;
    }

    private ArrayView<float> View(int i) => (i < _tensors.Length ? _tensors[i] : _unused).Floats;
}

internal static class GpuOperandBindings
{
    /// <summary>The operands of an operator's epilogue.</summary>
    public static GpuOperandTensors Operands(this GpuBindings b, IEpilogueOperator op, Shape output)
    {
        var tensors = new GpuTensor[op.Epilogue.Operands];
        for (int i = 0; i < tensors.Length; i++)
        {
            tensors[i] = b.Input(op.FirstOperand + i);
        }

        return new GpuOperandTensors(tensors, b.Output(), output);
    }
}
