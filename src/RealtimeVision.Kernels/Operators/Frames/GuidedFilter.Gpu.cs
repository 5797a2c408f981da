using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GuidedFilter : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void WindowLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> source,
        ArrayView<float> p,
        ArrayView<int> geometry,
        ArrayView<int> mode,
        ArrayView<float> y,
        Layout layout);

    /// <summary>I, p, I p and I I, summed along rows: one thread a pixel.</summary>
    internal static void RowSumKernel(
        ArrayView<float> picture, ArrayView<float> p, ArrayView<int> g, ArrayView<int> mode,
        ArrayView<float> sums, Layout layout)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int plane = layout.Height * layout.Width;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        if (index >= plane || mode[0] != (int)MaskUpsampling.Guided
            || !frame.IsValid(int.MaxValue))
        {
            return;
        }

        var place = layout.Place(frame);
        int row = index / layout.Width;
        int column = index % layout.Width;
        int first = column - layout.Radius;
        int last = column + layout.Radius;
        first = first < place.Left ? place.Left : first;
        last = last < place.Right ? last : place.Right - 1;
        float sumI = 0f;
        float sumP = 0f;
        float sumIp = 0f;
        float sumIi = 0f;
        for (int x = first; x <= last; x++)
        {
            float luma = layout.Shift;
            for (int dy = 0; dy < layout.Stride; dy++)
            {
                int at = ((((row * layout.Stride) + dy) * layout.Width) + x) * layout.Stride
                    * layout.Channels;
                for (int dx = 0; dx < layout.Stride; dx++)
                {
                    luma += picture[at] * layout.Weight0;
                    if (layout.Channels == 3)
                    {
                        luma += (picture[at + 1] * layout.Weight1)
                            + (picture[at + 2] * layout.Weight2);
                    }

                    at += layout.Channels;
                }
            }

            float value = p[(row * layout.Width) + x];
            sumI += luma;
            sumP += value;
            sumIp += luma * value;
            sumIi += luma * luma;
        }

        sums[index] = sumI;
        sums[plane + index] = sumP;
        sums[(2 * plane) + index] = sumIp;
        sums[(3 * plane) + index] = sumIi;
    }

    /// <summary>a and b of each window: one thread a pixel.</summary>
    internal static void LineKernel(
        ArrayView<float> sums, ArrayView<float> unused, ArrayView<int> g, ArrayView<int> mode,
        ArrayView<float> lines, Layout layout)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int plane = layout.Height * layout.Width;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        if (index >= plane || mode[0] != (int)MaskUpsampling.Guided
            || !frame.IsValid(int.MaxValue))
        {
            return;
        }

        var place = layout.Place(frame);
        int row = index / layout.Width;
        int column = index % layout.Width;
        int top = row - layout.Radius;
        int bottom = row + layout.Radius;
        top = top < place.Top ? place.Top : top;
        bottom = bottom < place.Bottom ? bottom : place.Bottom - 1;
        float luma = 0f;
        float value = 0f;
        float product = 0f;
        float square = 0f;
        for (int y = top; y <= bottom; y++)
        {
            int at = (y * layout.Width) + column;
            luma += sums[at];
            value += sums[plane + at];
            product += sums[(2 * plane) + at];
            square += sums[(3 * plane) + at];
        }

        float share = 1f / ((bottom - top + 1) * Columns(column, layout.Radius, place));
        luma *= share;
        value *= share;
        float slope = ((product * share) - (luma * value))
            / ((square * share) - (luma * luma) + layout.Epsilon);
        lines[index] = slope;
        lines[plane + index] = value - (slope * luma);
    }

    /// <summary>Sums of a and b along rows: one thread a pixel.</summary>
    internal static void LineSumKernel(
        ArrayView<float> lines, ArrayView<float> unused, ArrayView<int> g, ArrayView<int> mode,
        ArrayView<float> sums, Layout layout)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int plane = layout.Height * layout.Width;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        if (index >= plane || mode[0] != (int)MaskUpsampling.Guided
            || !frame.IsValid(int.MaxValue))
        {
            return;
        }

        var place = layout.Place(frame);
        int row = index / layout.Width;
        int column = index % layout.Width;
        int first = column - layout.Radius;
        int last = column + layout.Radius;
        first = first < place.Left ? place.Left : first;
        last = last < place.Right ? last : place.Right - 1;
        float a = 0f;
        float b = 0f;
        for (int x = first; x <= last; x++)
        {
            a += lines[(row * layout.Width) + x];
            b += lines[plane + (row * layout.Width) + x];
        }

        sums[index] = a;
        sums[plane + index] = b;
    }

    /// <summary>The means of a and b: one thread a pixel.</summary>
    internal static void MeanKernel(
        ArrayView<float> sums, ArrayView<float> p, ArrayView<int> g, ArrayView<int> mode,
        ArrayView<float> means, Layout layout)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        int plane = layout.Height * layout.Width;
        var frame = new FrameGeometry(g[0], g[1], g[2], g[3], g[4], g[5], g[6], 0, 0, 0, 0);
        if (index >= plane || mode[0] == (int)MaskUpsampling.None || !frame.IsValid(int.MaxValue))
        {
            return;
        }

        var place = layout.Place(frame);
        int row = index / layout.Width;
        int column = index % layout.Width;
        bool isInside = row >= place.Top && row < place.Bottom
            && column >= place.Left && column < place.Right;
        if (!isInside || mode[0] != (int)MaskUpsampling.Guided)
        {
            means[index] = 0f;
            means[plane + index] = isInside ? p[index] : 0f;
            return;
        }

        int top = row - layout.Radius;
        int bottom = row + layout.Radius;
        top = top < place.Top ? place.Top : top;
        bottom = bottom < place.Bottom ? bottom : place.Bottom - 1;
        float a = 0f;
        float b = 0f;
        for (int y = top; y <= bottom; y++)
        {
            a += sums[(y * layout.Width) + column];
            b += sums[plane + (y * layout.Width) + column];
        }

        float share = 1f / ((bottom - top + 1) * Columns(column, layout.Radius, place));
        means[index] = a * share;
        means[plane + index] = b * share;
    }

    private static int Columns(int column, int radius, MaskPlacement place)
    {
        int first = column - radius;
        int last = column + radius;
        first = first < place.Left ? place.Left : first;
        last = last < place.Right ? last : place.Right - 1;
        return last - first + 1;
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var mask = b.InputShape(Probabilities);
        var layout = LayoutFor(b.InputShape(Picture), mask);
        var config = GpuBindings.Cover((long)mask.H * mask.W, GroupSize);
        var (picture, p, y) = (b.Input(Picture), b.Input(Probabilities), b.Output());
        var (geometry, mode) = (b.Input(FrameGeometryInput), b.Input(Mode));
        var sums = b.Scratch(TensorType.Float(4, mask.H, mask.W));
        var lines = b.Scratch(TensorType.Float(2, mask.H, mask.W));
        Add("GuidedFilter rows", RowSumKernel, picture, sums);
        Add("GuidedFilter lines", LineKernel, sums, lines);
        // The first sums have been read: their memory is free for those of the lines.
        Add("GuidedFilter line rows", LineSumKernel, lines, sums);
        Add("GuidedFilter means", MeanKernel, sums, y);

        void Add(string label, Delegate kernel, GpuTensor from, GpuTensor to)
        {
            var launch = b.Load<WindowLauncher>(kernel, GroupSize);
            b.Add(label, stream => launch(
                stream, config, from.Floats, p.Floats, geometry.Ints, mode.Ints, to.Floats,
                layout));
        }
    }
}
