using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Functions;

namespace RealtimeVision.Kernels.Operators;

public abstract partial record Pool2D : IGpuOperator
{
    private const int PoolGroup = 128;

    private delegate void PoolLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> x, ArrayView<float> y,
        PoolGeometry geometry);

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void PoolKernel<TReduction>(
        ArrayView<float> x, ArrayView<float> y, PoolGeometry g)
        where TReduction : struct, IPoolReduction
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int left = g.Columns.Start(pixel % g.OW);
        int top = g.Rows.Start(pixel / g.OW % g.OH);
        int n = pixel / (g.OW * g.OH);
        int firstY = g.Rows.FirstTap(top, 0);
        int endY = g.Rows.EndTap(top, g.Rows.Size);
        int firstX = g.Columns.FirstTap(left, 0);
        int endX = g.Columns.EndTap(left, g.Columns.Size);
        var value = new Lanes1(TReduction.Empty);
        for (int ky = firstY; ky < endY; ky++)
        {
            int line = ((n * g.Rows.Size) + top + (ky * g.Rows.Dilation)) * g.Columns.Size;
            for (int kx = firstX; kx < endX; kx++)
            {
                int at = ((line + left + (kx * g.Columns.Dilation)) * g.C) + c;
                value = TReduction.Accumulate(value, new Lanes1(x[at]));
            }
        }

        float share = g.Share(top, left, (endY - firstY) * (endX - firstX));
        y[index] = TReduction.Finish(value, new Lanes1(share)).Value;
    }

    void IGpuOperator.Prepare(GpuBindings b) => Prepare(b);

    private protected void Prepare<TReduction>(GpuBindings b)
        where TReduction : struct, IPoolReduction
    {
        var geometry = GeometryOf(b.InputShape(0), b.OutputShape());
        var launch = b.Load<PoolLauncher>(PoolKernel<TReduction>, PoolGroup);
        var (x, y) = (b.Input(0), b.Output());
        var config = GpuBindings.Cover(y.Type.Shape.Count, PoolGroup);
        b.Add(Name, stream => launch(stream, config, x.Floats, y.Floats, geometry));
    }
}
