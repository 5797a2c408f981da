using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Dropout : IGpuOperator
{
    private const int ThreadGroup = 256;

    private delegate void MaskLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> x, ArrayView<int> step,
        ArrayView<float> y, Numbers numbers);

    /// <summary>One thread a block of four words, each for another run of neighbours.</summary>
    internal static void MaskKernel(
        ArrayView<float> x, ArrayView<int> step, ArrayView<float> y, Numbers n)
    {
        int block = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int first = (block / RunElements * GroupElements) + (block % RunElements);
        if (first >= n.Count)
        {
            return;
        }

        uint upper = 0;
        if (n.HasUpperStep != 0)
        {
            upper = (uint)step[1];
        }

        var words = Philox4x32.Block(
            new PhiloxBlock<Words1>
            {
                X0 = new Words1((uint)block), X1 = new Words1(n.Stream),
                X2 = new Words1((uint)step[0]), X3 = new Words1(upper),
            },
            n.Key0, n.Key1);
        Keep(x, y, first, words.X0.Value, n);
        Keep(x, y, first + RunElements, words.X1.Value, n);
        Keep(x, y, first + (2 * RunElements), words.X2.Value, n);
        Keep(x, y, first + (3 * RunElements), words.X3.Value, n);
    }

    private static void Keep(
        ArrayView<float> x, ArrayView<float> y, int index, uint word, Numbers n)
    {
        if (index < n.Count)
        {
            y[index] = word >= n.Threshold ? x[index] * n.Scale : 0f;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, step, y) = (b.Input(X), b.Input(Step), b.Output());
        var numbers = NumbersOf(y.Type.Shape, step.Type.Shape);
        if (numbers.Count == 0)
        {
            return;
        }

        var launch = b.Load<MaskLauncher>(MaskKernel, ThreadGroup);
        long groups = ((long)numbers.Count + GroupElements - 1) / GroupElements;
        var config = GpuBindings.Cover(groups * RunElements, ThreadGroup);
        b.Add("Dropout", stream => launch(stream, config, x.Floats, step.Ints, y.Floats, numbers));
    }
}
