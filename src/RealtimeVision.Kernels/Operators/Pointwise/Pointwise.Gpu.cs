using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Pointwise : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void BroadcastLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        GpuOperands operands,
        ArrayView<float> y,
        GpuBroadcast read,
        ChainState state,
        int count);

    private delegate void WholeLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<Float4> x,
        GpuOperands operands,
        ArrayView<Float4> y,
        ChainState state,
        int count);

    /// <summary>One thread an element, with x broadcast.</summary>
    internal static void BroadcastKernel<TChain>(
        ArrayView<float> x,
        GpuOperands operands,
        ArrayView<float> y,
        GpuBroadcast read,
        ChainState state,
        int count)
        where TChain : struct, IChain
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            y[index] = GpuOperands.Finish<TChain>(x[read.At(index)], index, operands, state);
        }
    }

    /// <summary>One thread four elements, where x has the output's shape.</summary>
    internal static void WholeKernel<TChain>(
        ArrayView<Float4> x, GpuOperands operands, ArrayView<Float4> y, ChainState state, int count)
        where TChain : struct, IChain
    {
        int four = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (four >= count)
        {
            return;
        }

        var value = x[four];
        int index = 4 * four;
        value.X = GpuOperands.Finish<TChain>(value.X, index, operands, state);
        value.Y = GpuOperands.Finish<TChain>(value.Y, index + 1, operands, state);
        value.Z = GpuOperands.Finish<TChain>(value.Z, index + 2, operands, state);
        value.W = GpuOperands.Finish<TChain>(value.W, index + 3, operands, state);
        y[four] = value;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        int count = checked((int)y.Type.Shape.Count);
        if (count == 0)
        {
            return;
        }

        var operands = b.Operands(this, y.Type.Shape);
        var state = ChainState.Of(Chain);
        if (x.Type.Shape == y.Type.Shape && count % 4 == 0)
        {
            var launch = b.Load<WholeLauncher>(WholeKernel<EndOfChain>, Chain, ThreadGroup);
            var config = GpuBindings.Cover(count / 4, ThreadGroup);
            b.Add("Pointwise Whole", stream => launch(
                stream,
                config,
                x.Floats.Cast<Float4>(),
                operands.View(),
                y.Floats.Cast<Float4>(),
                state,
                count / 4));
        }
        else
        {
            var launch = b.Load<BroadcastLauncher>(BroadcastKernel<EndOfChain>, Chain, ThreadGroup);
            var config = GpuBindings.Cover(count, ThreadGroup);
            var read = GpuBroadcast.Of(x.Type.Shape, y.Type.Shape);
            b.Add("Pointwise Broadcast", stream => launch(
                stream, config, x.Floats, operands.View(), y.Floats, read, state, count));
        }
    }
}
