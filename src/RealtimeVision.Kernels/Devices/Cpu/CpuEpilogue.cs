using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// A chain of pointwise functions on its way over an output, with operands that broadcast. Kernels hand it each part of
/// the output as soon as it is finished, while it is still in a near cache.
/// </summary>
public sealed unsafe class CpuEpilogue
{
    // 16 KiB of output and as much of each operand: all of it stays in L1 while the links follow one another.
    private const int Block = 4096;

    private readonly VectorWidth _width;
    private readonly ChainLink[] _links;
    private readonly CpuTensor[] _operands;
    private readonly BroadcastLoop[] _loops;

    private CpuEpilogue(VectorWidth width, ChainLink[] links, CpuTensor[] operands, Shape output)
    {
        _width = width;
        _links = links;
        _operands = operands;
        _loops = Array.ConvertAll(operands, o => BroadcastLoop.Of(output, o.Type.Shape));
    }

    /// <summary>The epilogue of an operator, or null where its chain is empty.</summary>
    public static CpuEpilogue? Of(CpuBindings b, IEpilogueOperator op, Shape output)
    {
        if (op.Epilogue.Length == 0)
        {
            return null;
        }

        var operands = new CpuTensor[op.Epilogue.Operands];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = b.Input(op.FirstOperand + i);
        }

        return new CpuEpilogue(b.Width, op.Epilogue.Links.ToArray(), operands, output);
    }

    /// <summary>Applies the chain in place.</summary>
    /// <param name="data">The elements, one after the other.</param>
    /// <param name="first">Index of the first in the output.</param>
    /// <param name="count">How many.</param>
    public void Apply(float* data, long first, long count) => Apply(data, data, first, count);

    /// <summary>Applies the chain on the way from one place to another, which may be the same.</summary>
    /// <param name="source">The elements, one after the other.</param>
    /// <param name="destination">Where results go.</param>
    /// <param name="first">Index of the first in the output.</param>
    /// <param name="count">How many.</param>
    public void Apply(float* source, float* destination, long first, long count)
    {
        while (count > 0)
        {
            long block = Math.Min(count, Block);
            float* from = source;
            int operand = 0;
            foreach (ref readonly var link in _links.AsSpan())
            {
                if (link.Function is UnaryFunction unary)
                {
                    unary.Run(_width, from, destination, block, link.A, link.B);
                }
                else
                {
                    ApplyBinary((BinaryFunction)link.Function, operand++, from, destination, first, block);
                }

                from = destination;
            }

            source += block;
            destination += block;
            first += block;
            count -= block;
        }
    }

    private void ApplyBinary(
        BinaryFunction function, int operand, float* source, float* destination, long first, long count)
    {
        var loop = _loops[operand];
        var sizes = loop.Sizes;
        var strides = loop.Strides[0];
        int inner = sizes[^1];
        int innerStride = strides[^1];
        float* values = _operands[operand].Floats;
        while (count > 0)
        {
            long row = first / inner;
            int column = (int)(first - (row * inner));
            long run = Math.Min(inner - column, count);
            long at = (long)column * innerStride;
            for (int d = sizes.Length - 2; d >= 0; d--)
            {
                long above = row / sizes[d];
                at += (row - (above * sizes[d])) * strides[d];
                row = above;
            }

            function.Run(_width, source, values + at, innerStride, destination, run);
            source += run;
            destination += run;
            first += run;
            count -= run;
        }
    }
}
