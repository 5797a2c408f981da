using RealtimeVision.Kernels.Operators;

namespace RealtimeVision.Runtime.Live;

/// <content>What may be changed while it runs.</content>
public sealed partial class VisionEngine
{
    /// <summary>
    /// What takes the background's place, from the next frame that begins:
    /// <see cref="VisionResult.Composite"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The engine was made without: see <see
    /// cref="CanReplaceBackground"/>.</exception>
    public BackgroundEffect Background
    {
        get => _factory.Settings.Background;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            RequireMatte(value.Kind != BackgroundKind.None);
            _factory.Settings.Background = value;
        }
    }

    /// <summary>
    /// Whether the matte gets the frame's own edges, from the next frame that begins:
    /// <see cref="VisionResult.Matte"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The engine was made without: see <see
    /// cref="CanReplaceBackground"/>.</exception>
    public bool RefineEdges
    {
        get => _factory.Settings.RefineEdges;
        set
        {
            RequireMatte(value);
            _factory.Settings.RefineEdges = value;
        }
    }

    /// <summary>
    /// How much of a mask is kept from frame to frame, from the next frame that begins: see <see
    /// cref="VisionOptions.Smoothing"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 to below 1.</exception>
    /// <exception cref="InvalidOperationException">The segmenter tells several classes apart, and
    /// the engine was made without smoothing, for which it needs probabilities.</exception>
    public float Smoothing
    {
        get => _factory.Settings.Smoothing;
        set
        {
            VisionOptions.CheckSmoothing(value);
            if (value > 0 && !_factory.Settings.HasSmoothing)
            {
                throw new InvalidOperationException(
                    "the engine was made without smoothing: give VisionOptions.Smoothing some");
            }

            _factory.Settings.Smoothing = value;
        }
    }

    /// <summary>
    /// Whether <see cref="Background"/> and <see cref="RefineEdges"/> can be switched on: where a
    /// segmenter has one class and <see cref="VisionOptions.Background"/> is not null, or where one
    /// of them was on from the start.
    /// </summary>
    public bool CanReplaceBackground => _factory.Settings.HasMatte;

    private void RequireMatte(bool isWanted)
    {
        if (isWanted && !CanReplaceBackground)
        {
            throw new InvalidOperationException(
                "the engine was made without background effects: give VisionOptions.Background "
                + "one, and a segmenter");
        }
    }
}
