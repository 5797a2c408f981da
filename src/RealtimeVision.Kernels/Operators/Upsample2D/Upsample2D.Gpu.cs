using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record Upsample2D : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void NearestLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<int> rows,
        ArrayView<int> columns,
        ArrayView<float> y,
        Geometry geometry);

    private delegate void BilinearLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<int> rows,
        ArrayView<int> columns,
        ArrayView<float> rowWeights,
        ArrayView<float> columnWeights,
        ArrayView<float> y,
        Geometry geometry);

    internal struct Geometry
    {
        public int N, H, W, C, OH, OW;
    }

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void NearestKernel(
        ArrayView<float> x, ArrayView<int> rows, ArrayView<int> columns, ArrayView<float> y,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int ox = pixel % g.OW;
        int row = pixel / g.OW;
        int line = (row / g.OH * g.H) + rows[row % g.OH];
        y[index] = x[(((line * g.W) + columns[ox]) * g.C) + c];
    }

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void BilinearKernel(
        ArrayView<float> x,
        ArrayView<int> rows,
        ArrayView<int> columns,
        ArrayView<float> rowWeights,
        ArrayView<float> columnWeights,
        ArrayView<float> y,
        Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.OH * g.OW * g.C)
        {
            return;
        }

        int c = index % g.C;
        int pixel = index / g.C;
        int ox = pixel % g.OW;
        int oy = pixel / g.OW % g.OH;
        int picture = pixel / (g.OW * g.OH) * g.H;
        int upper = (picture + rows[2 * oy]) * g.W;
        int lower = (picture + rows[(2 * oy) + 1]) * g.W;
        int left = columns[2 * ox];
        int right = columns[(2 * ox) + 1];
        float rowWeight = rowWeights[oy];
        float weight = columnWeights[ox];
        float above = (x[((upper + left) * g.C) + c] * (1f - weight))
            + (x[((upper + right) * g.C) + c] * weight);
        float below = (x[((lower + left) * g.C) + c] * (1f - weight))
            + (x[((lower + right) * g.C) + c] * weight);
        y[index] = (above * (1f - rowWeight)) + (below * rowWeight);
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var shape = b.InputShape(0);
        var geometry = new Geometry
        {
            N = shape.N, H = shape.H, W = shape.W, C = shape.C, OH = OutH, OW = OutW,
        };
        var (x, y) = (b.Input(0), b.Output());
        var config = GpuBindings.Cover(y.Type.Shape.Count, GroupSize);
        var tables = Tables<GpuTensor>.Of(b, this);
        var (rows, columns) = (tables.Rows.Ints, tables.Columns.Ints);
        if (Mode == UpsampleMode.Nearest)
        {
            var nearest = b.Load<NearestLauncher>(NearestKernel, GroupSize);
            b.Add(
                "Upsample2D Nearest",
                stream => nearest(stream, config, x.Floats, rows, columns, y.Floats, geometry));
            return;
        }

        var bilinear = b.Load<BilinearLauncher>(BilinearKernel, GroupSize);
        var (rowWeights, columnWeights) = (tables.RowWeights!.Floats, tables.ColumnWeights!.Floats);
        b.Add("Upsample2D Bilinear", stream => bilinear(
            stream, config, x.Floats, rows, columns, rowWeights, columnWeights, y.Floats,
            geometry));
    }
}
