using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;

namespace RealtimeVision.Street;

/// <summary>
/// Clips from a car, UInt8 [T, H, W, 3], and what the car does in each frame, Int32 [T] (<see
/// cref="StreetMotion"/>): the first frame, alone, cannot tell, and is <see
/// cref="Dataset.IgnoreIndex"/>. Every motion is the last one of as many clips as every other, in
/// every weather.
/// </summary>
public sealed class StreetMotionDataset : StreetDataset
{
    private const int Purpose = 3;
    private const int Unknown = -1;

    private readonly double _frameRate;

    /// <summary>Makes the dataset; nothing is drawn yet.</summary>
    /// <param name="options">Size of the frames, and how they are made.</param>
    /// <param name="frames">Frames of a clip.</param>
    /// <param name="frameRate">Frames a second.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public StreetMotionDataset(StreetDatasetOptions options, int frames = 24, double frameRate = 10)
        : base(
            options, new Shape(frames, options.Height, options.Width, 3), new Shape(frames),
            StreetClasses.MotionNames, Unknown)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 2);
        if (!(frameRate > 0 && double.IsFinite(frameRate)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(frameRate), frameRate, "A frame rate is positive.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            frames / frameRate, LatestTime / 2, nameof(frames));
        Frames = frames;
        _frameRate = frameRate;
    }

    /// <summary>Frames of a clip.</summary>
    public int Frames { get; }

    internal override Moment MomentOf(int index)
    {
        Philox random = RandomOf(index, Purpose);
        var motion = (StreetMotion)(index & 3);
        var weather = (StreetWeather)((index >> 2) & 3);
        while (true)
        {
            // Every city has moments of every motion, one in twenty at the least.
            Moment moment = Draw(
                Options, ref random, weather, (float)(Frames / _frameRate));
            if (moment.Scene.MotionAt(moment.Time) == motion)
            {
                return moment;
            }
        }
    }

    /// <inheritdoc/>
    protected override void ReadSample(int index, Span<byte> input, Span<byte> target)
    {
        Moment moment = MomentOf(index);
        StreetScene scene = moment.Scene;
        double step = 1 / _frameRate, first = moment.Time - ((Frames - 1) * step);
        Render(scene, first, step, Frames, input, []);
        Span<int> motions = MemoryMarshal.Cast<byte, int>(target);
        motions[0] = Unknown;
        for (int i = 1; i < motions.Length - 1; i++)
        {
            motions[i] = (int)scene.MotionAt(first + (i * step));
        }

        // Exactly the moment that was drawn, whatever the steps add up to.
        motions[^1] = (int)scene.MotionAt(moment.Time);
    }
}
