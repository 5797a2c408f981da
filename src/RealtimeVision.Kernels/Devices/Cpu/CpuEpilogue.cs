using RealtimeVision.Kernels.Functions;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Kernels.Devices.Cpu;

/// <summary>
/// A chain of pointwise functions on its way over an output, with operands that broadcast. Kernels
/// hand it each part of the output as soon as it is finished, while it is still in a near cache.
/// </summary>
public sealed unsafe class CpuEpilogue
{
    // 16 KiB of output and as much of each operand: all of it stays in L1 while the links follow
    // one another.
    private const int Block = 4096;

    private readonly VectorWidth _width;
    private readonly ChainLink[] _links;
    private readonly CpuOperand<float>[] _operands;

    private CpuEpilogue(VectorWidth width, ChainLink[] links, CpuOperand<float>[] operands)
    {
        _width = width;
        _links = links;
        _operands = operands;
    }

    /// <summary>
    /// The epilogue of an operator, or null where its chain is empty. May add a step that lays out
    /// operands, so the kernel's own step is added after.
    /// </summary>
    public static CpuEpilogue? Of(CpuBindings b, IEpilogueOperator op, Shape output)
    {
        var operands = new int[op.Epilogue.Operands];
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = op.FirstOperand + i;
        }

        return Of(b, op.Epilogue, operands, output);
    }

    /// <summary>The same for any chain, whose operands are inputs with the given indices.</summary>
    internal static CpuEpilogue? Of(
        CpuBindings b, PointwiseChain chain, int[] operands, Shape output) => chain.Length == 0
        ? null
        : new CpuEpilogue(
            b.Width, chain.Links.ToArray(), Array.ConvertAll(operands, i => CpuOperand<float>.Of(b, i, output)));

    /// <summary>Applies the chain in place.</summary>
    /// <param name="data">The elements, one after the other.</param>
    /// <param name="first">Index of the first in the output.</param>
    /// <param name="count">How many.</param>
    public void Apply(float* data, long first, long count) => Apply(data, data, first, count);

    /// <summary>
    /// Applies the chain on the way from one place to another, which may be the same.
    /// </summary>
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
                    _operands[operand++].Apply(
                        (BinaryFunction)link.Function, _width, from, destination, first, block);
                }

                from = destination;
            }

            source += block;
            destination += block;
            first += block;
            count -= block;
        }
    }
}
