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

    private delegate void WeightedLauncher(
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
        public int N, H, W, C, OH, OW, RowTaps, ColumnTaps;
        public float Extrapolation;
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

    /// <summary>One thread an output; neighbouring threads have neighbouring channels.</summary>
    internal static void SeparableKernel(
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
        int column = pixel % g.OW * g.ColumnTaps;
        int row = pixel / g.OW % g.OH * g.RowTaps;
        int picture = pixel / (g.OW * g.OH) * g.H;
        if (rows[row] < 0 || columns[column] < 0)
        {
            y[index] = g.Extrapolation;
            return;
        }

        float sum = 0f;
        for (int i = 0; i < g.RowTaps; i++)
        {
            int line = (picture + rows[row + i]) * g.W;
            float along = 0f;
            for (int j = 0; j < g.ColumnTaps; j++)
            {
                along += x[((line + columns[column + j]) * g.C) + c] * columnWeights[column + j];
            }

            sum += along * rowWeights[row + i];
        }

        y[index] = sum;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var shape = b.InputShape(0);
        var (x, y) = (b.Input(0), b.Output());
        var config = GpuBindings.Cover(y.Type.Shape.Count, GroupSize);
        var tables = Tables<GpuTensor>.Of(b, this);
        var (rows, columns) = (tables.Rows.Ints, tables.Columns.Ints);
        var geometry = new Geometry
        {
            N = shape.N, H = shape.H, W = shape.W, C = shape.C, OH = OutH, OW = OutW,
            RowTaps = tables.RowTaps, ColumnTaps = tables.ColumnTaps,
            Extrapolation = Extrapolation,
        };
        if (!IsSeparable && Mode == UpsampleMode.Nearest)
        {
            var nearest = b.Load<NearestLauncher>(NearestKernel, GroupSize);
            b.Add(
                "Upsample2D Nearest",
                stream => nearest(stream, config, x.Floats, rows, columns, y.Floats, geometry));
            return;
        }

        var (rowWeights, columnWeights) = (tables.RowWeights!.Floats, tables.ColumnWeights!.Floats);
        if (IsSeparable)
        {
            var separable = b.Load<WeightedLauncher>(SeparableKernel, GroupSize);
            b.Add("Upsample2D Separable", stream => separable(
                stream, config, x.Floats, rows, columns, rowWeights, columnWeights, y.Floats,
                geometry));
            return;
        }

        var bilinear = b.Load<WeightedLauncher>(BilinearKernel, GroupSize);
        b.Add("Upsample2D Bilinear", stream => bilinear(
            stream, config, x.Floats, rows, columns, rowWeights, columnWeights, y.Floats,
            geometry));
    }
}
