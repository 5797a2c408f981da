using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Street;

/// <summary>
/// Pictures of streets, UInt8 [H, W, 3], and the class of each pixel, Int32 [H, W] (<see
/// cref="StreetClasses"/>): of the pixel of the larger picture that is nearest to the middle. Every
/// weather is as frequent as every other.
/// </summary>
public sealed class StreetSegmentationDataset : StreetDataset
{
    private const int Purpose = 1;

    /// <summary>Makes the dataset; nothing is drawn yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public StreetSegmentationDataset(StreetDatasetOptions options)
        : base(
            options, new Shape(options.Height, options.Width, 3),
            new Shape(options.Height, options.Width), StreetClasses.Names)
    {
    }

    internal override Moment MomentOf(int index)
    {
        Philox random = RandomOf(index, Purpose);
        return Draw(Options, ref random, (StreetWeather)(index & 3), 0);
    }

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        Moment moment = MomentOf(index);
        Render(
            moment.Scene, moment.Time, 0, 1, input, MemoryMarshal.Cast<byte, int>(target));
    }
}
