using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Street;

/// <summary>
/// Pictures of streets, UInt8 [H, W, 3], and their weather, Int32 [] (<see cref="StreetWeather"/>),
/// in turn.
/// </summary>
public sealed class StreetWeatherDataset : StreetDataset
{
    private const int Purpose = 2;

    /// <summary>Makes the dataset; nothing is drawn yet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public StreetWeatherDataset(StreetDatasetOptions options)
        : base(
            options, new Shape(options.Height, options.Width, 3), new Shape(),
            StreetClasses.WeatherNames)
    {
    }

    internal override Moment MomentOf(int index)
    {
        Philox random = RandomOf(index, Purpose);
        return Draw(Options, ref random, (StreetWeather)ReadLabel(index), 0);
    }

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        Moment moment = MomentOf(index);
        Render(moment.Scene, moment.Time, 0, 1, input, []);
        MemoryMarshal.Write(target, (int)moment.Weather);
    }

    /// <inheritdoc/>
    protected override int ReadLabel(int index) => index & 3;
}
