using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// The things in a segmenter's masks, followed from frame to frame: components of all classes but
/// the first, and of the street only what can be counted.
/// </summary>
internal sealed class ThingFinder
{
    // Smaller ones are mostly flicker along borders.
    private const float LeastShare = 0.0006f;

    // What is there for a frame or two only is a mistake of the mask, and gets no number.
    private const int Confirmation = 3;

    private readonly ComponentFinder _finder = new();
    private readonly ComponentTracker _tracker = new(confirmation: Confirmation);
    private readonly bool[] _classes = new bool[256];
    private byte[] _binary = [];
    private int _width;
    private int _height;
    private long _lastIndex = -1;

    public ThingFinder(ModelManifest? segmenter)
    {
        if (segmenter?.Labels.SequenceEqual(
            StreetClasses.Names, StringComparer.OrdinalIgnoreCase) == true)
        {
            for (int i = 0; i < StreetClasses.Count; i++)
            {
                _classes[i] = StreetClasses.Names[i] is "car" or "pedestrian" or "sign";
            }
        }
        else
        {
            _classes.AsSpan(1).Fill(true);
        }
    }

    /// <summary>Lists the things of a result.</summary>
    /// <param name="shown">Where they are listed.</param>
    /// <param name="result">The result.</param>
    /// <param name="isStill">
    /// Whether no frame follows that could confirm what is found: it is taken for a thing at once.
    /// </param>
    public void List(List<ViewerObject> shown, VisionResult result, bool isStill = false)
    {
        shown.Clear();
        if (result.Mask.IsEmpty)
        {
            return;
        }

        (int width, int height) = (result.MaskWidth, result.MaskHeight);
        if (width != _width || height != _height || result.Frame.Index < _lastIndex)
        {
            _tracker.Reset();
            (_width, _height) = (width, height);
        }

        _lastIndex = result.Frame.Index;
        ReadOnlySpan<byte> mask = result.MaskKind == MaskKind.Classes ? result.Mask : Binary(result);
        float pixels = (float)width * height;
        ReadOnlySpan<MaskComponent> found = _finder.Find(
            mask, width, height, _classes, Math.Max((int)(pixels * LeastShare), 4));
        for (int i = 1; i < Confirmation && isStill; i++)
        {
            _tracker.Update(found);
        }

        foreach (ref readonly TrackedComponent thing in _tracker.Update(found))
        {
            if (thing.Id == 0)
            {
                continue;
            }

            PixelBox box = thing.Component.Box;
            shown.Add(new ViewerObject(
                (int)thing.Id, thing.Component.Class, (float)box.X / width, (float)box.Y / height,
                (float)box.Width / width, (float)box.Height / height,
                thing.Component.Area / pixels));
        }
    }

    private ReadOnlySpan<byte> Binary(VisionResult result)
    {
        ReadOnlySpan<byte> mask = result.Mask;
        if (_binary.Length < mask.Length)
        {
            _binary = new byte[mask.Length];
        }

        float threshold = result.Threshold * 255;
        for (int i = 0; i < mask.Length; i++)
        {
            _binary[i] = mask[i] > threshold ? (byte)1 : (byte)0;
        }

        return _binary.AsSpan(0, mask.Length);
    }
}
