using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record MaxUnpool2D : IGpuOperator
{
    private const int GroupSize = 128;

    // Enough for any device; more would only read the indices more often.
    private const int WantedThreads = 16 * 1024;

    private delegate void UnpoolLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<int> indices,
        ArrayView<float> y,
        Geometry geometry);

    internal struct Geometry
    {
        public int N, Pixels, Places, C, Parts, PlacesPerPart;
    }

    /// <summary>
    /// One thread a part of a channel, which goes through all pixels for those that belong there:
    /// nobody else writes to it, so that the last one stays.
    /// </summary>
    internal static void UnpoolKernel(
        ArrayView<float> x, ArrayView<int> indices, ArrayView<float> y, Geometry g)
    {
        int index = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (index >= g.N * g.Parts * g.C)
        {
            return;
        }

        int c = index % g.C;
        int n = index / (g.C * g.Parts);
        int first = index / g.C % g.Parts * g.PlacesPerPart;
        int end = first + g.PlacesPerPart;
        end = end < g.Places ? end : g.Places;
        int target = (n * g.Places * g.C) + c;
        for (int place = first; place < end; place++)
        {
            y[target + (place * g.C)] = 0f;
        }

        int source = (n * g.Pixels * g.C) + c;
        int plane = ((n * g.C) + c) * g.Places;
        for (int pixel = 0; pixel < g.Pixels; pixel++)
        {
            int place = indices[source + (pixel * g.C)] - plane;
            if (place >= first && place < end)
            {
                y[target + (place * g.C)] = x[source + (pixel * g.C)];
            }
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var (x, indices, y) = (b.Input(0), b.Input(1), b.Output());
        var from = x.Type.Shape;
        if (y.Type.Shape.Count == 0)
        {
            return;
        }

        int places = checked(OutH * OutW);
        int parts = Math.Clamp(WantedThreads / checked(from.N * from.C), 1, places);
        int placesPerPart = (places + parts - 1) / parts;
        parts = (places + placesPerPart - 1) / placesPerPart;
        var geometry = new Geometry
        {
            N = from.N, Pixels = from.H * from.W, Places = places, C = from.C, Parts = parts,
            PlacesPerPart = placesPerPart,
        };
        var launch = b.Load<UnpoolLauncher>(UnpoolKernel, GroupSize);
        var config = GpuBindings.Cover((long)from.N * from.C * parts, GroupSize);
        b.Add("MaxUnpool2D", stream => launch(
            stream, config, x.Floats, indices.Ints, y.Floats, geometry));
    }
}
