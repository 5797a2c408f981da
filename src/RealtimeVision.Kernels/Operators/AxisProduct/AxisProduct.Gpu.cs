using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record AxisProduct : IGpuOperator
{
    private const int ThreadGroup = 128;

    private delegate void ProductLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> x, ArrayView<int> starts,
        ArrayView<int> indices, ArrayView<float> weights, ArrayView<float> y, Sizes sizes);

    /// <summary>The sizes of a product.</summary>
    internal struct Sizes
    {
        public int Count, Rows, Columns, Inner;
    }

    /// <summary>One thread an element of the output.</summary>
    internal static void ProductKernel(
        ArrayView<float> x, ArrayView<int> starts, ArrayView<int> indices,
        ArrayView<float> weights, ArrayView<float> y, Sizes s)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= s.Count)
        {
            return;
        }

        int line = index / s.Inner;
        int inner = index - (line * s.Inner);
        int outer = line / s.Rows;
        int row = line - (outer * s.Rows);
        int first = (outer * s.Columns * s.Inner) + inner;
        int end = starts[row + 1];
        float sum = 0f;
        for (int k = starts[row]; k < end; k++)
        {
            sum += x[first + (indices[k] * s.Inner)] * weights[k];
        }

        y[index] = sum;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, y) = (b.Input(0), b.Output());
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        var (starts, indices, weights) = Tables(b);
        var sizes = new Sizes
        {
            Count = checked((int)y.Type.Shape.Count), Rows = Matrix.Rows, Columns = Matrix.Columns,
            Inner = AxisLines.Of(x.Type.Shape, Axis).Inner,
        };
        var launch = b.Load<ProductLauncher>(ProductKernel, ThreadGroup);
        var config = GpuBindings.Cover(sizes.Count, ThreadGroup);
        b.Add(Name, stream => launch(
            stream, config, x.Floats, starts.Ints, indices.Ints, weights.Floats, y.Floats, sizes));
    }
}
