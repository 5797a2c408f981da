using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;
using RealtimeVision.Kernels.Graph;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxUnpool2D : IGpuOperator
{
    private const int GroupSize = 128;

    private delegate void ClearLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<int> owners, int count);

    private delegate void ClaimLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<int> indices,
        ArrayView<int> owners, Geometry geometry);

    private delegate void TakeLauncher(
        AcceleratorStream stream, KernelConfig config, ArrayView<float> x, ArrayView<int> owners,
        ArrayView<float> y, int count);

    internal struct Geometry
    {
        public int Count, Pixels, Places, C;
    }

    /// <summary>One thread an output, which nobody owns yet.</summary>
    internal static void ClearKernel(ArrayView<int> owners, int count)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            owners[index] = -1;
        }
    }

    /// <summary>One thread an input, which claims its place; the last one gets it.</summary>
    internal static void ClaimKernel(ArrayView<int> indices, ArrayView<int> owners, Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.Count)
        {
            return;
        }

        int c = index % g.C;
        int n = index / (g.C * g.Pixels);
        int place = indices[index] - (((n * g.C) + c) * g.Places);
        if (place >= 0 && place < g.Places)
        {
            Atomic.Max(ref owners[(((n * g.Places) + place) * g.C) + c], index);
        }
    }

    /// <summary>One thread an output, which takes its owner's value.</summary>
    internal static void TakeKernel(
        ArrayView<float> x, ArrayView<int> owners, ArrayView<float> y, int count)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index < count)
        {
            int owner = owners[index];
            y[index] = owner >= 0 ? x[owner] : 0f;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, indices, y) = (b.Input(0), b.Input(1), b.Output());
        var (from, to) = (x.Type.Shape, y.Type.Shape);
        int count = checked((int)to.Count);
        if (count == 0)
        {
            return;
        }

        var owners = b.Scratch(new TensorType(ElementType.Int32, to));
        var geometry = new Geometry
        {
            Count = checked((int)from.Count), Pixels = from.H * from.W, Places = OutH * OutW,
            C = from.C,
        };
        var clear = b.Load<ClearLauncher>(ClearKernel, GroupSize);
        var claim = b.Load<ClaimLauncher>(ClaimKernel, GroupSize);
        var take = b.Load<TakeLauncher>(TakeKernel, GroupSize);
        var outputs = GpuBindings.Cover(count, GroupSize);
        var inputs = GpuBindings.Cover(Math.Max(from.Count, 1), GroupSize);
        b.Add("MaxUnpool2D Clear", stream => clear(stream, outputs, owners.Ints, count));
        b.Add("MaxUnpool2D Claim", stream => claim(
            stream, inputs, indices.Ints, owners.Ints, geometry));
        b.Add("MaxUnpool2D Take", stream => take(
            stream, outputs, x.Floats, owners.Ints, y.Floats, count));
    }
}
