using ILGPU;
using ILGPU.Runtime;
using RealtimeVision.Kernels.Devices.Gpu;

namespace RealtimeVision.Kernels.Operators;

public sealed partial record GlobalAvgPool2D : IGpuOperator
{
    // A group takes 32 channels, which are neighbours in memory, and walks over the pixels 8 at a
    // time.
    private const int GroupChannels = 32;
    private const int GroupPixels = 8;

    private delegate void MeanLauncher(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<float> x,
        ArrayView<float> y,
        int pixels,
        int channels);

    internal static void MeanKernel(
        ArrayView<float> x, ArrayView<float> y, int pixels, int channels)
    {
        var sums = SharedMemory.Allocate<float>(GroupChannels * GroupPixels);
        int blocks = (channels + GroupChannels - 1) / GroupChannels;
        int picture = Grid.IdxX / blocks;
        int lane = Group.IdxX % GroupChannels;
        int c = (Grid.IdxX % blocks * GroupChannels) + lane;
        float sum = 0f;
        if (c < channels)
        {
            // Partial sums of 64 pixels, so that the error does not grow with the picture.
            float part = 0f;
            int inPart = 0;
            for (int p = Group.IdxX / GroupChannels; p < pixels; p += GroupPixels)
            {
                part += x[(((picture * pixels) + p) * channels) + c];
                inPart++;
                if (inPart == 64)
                {
                    sum += part;
                    part = 0f;
                    inPart = 0;
                }
            }

            sum += part;
        }

        sums[Group.IdxX] = sum;
        Group.Barrier();
        if (Group.IdxX < GroupChannels && c < channels)
        {
            float total = 0f;
            for (int i = 0; i < GroupPixels; i++)
            {
                total += sums[(i * GroupChannels) + lane];
            }

            y[(picture * channels) + c] = total / pixels;
        }
    }

    void IGpuOperator.Prepare(GpuBindings b)
    {
        var shape = b.InputShape(0);
        int pixels = checked(shape.H * shape.W);
        int channels = shape.C;
        var launch = b.Load<MeanLauncher>(MeanKernel, GroupChannels * GroupPixels);
        var (x, y) = (b.Input(0), b.Output());
        var config = new KernelConfig(
            shape.N * ((channels + GroupChannels - 1) / GroupChannels), GroupChannels
                * GroupPixels);
        b.Add(Name, stream => launch(stream, config, x.Floats, y.Floats, pixels, channels));
    }
}
