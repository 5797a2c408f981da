using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Street;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>
/// How right models are on the street, which knows the truth: a segmenter of the street's classes,
/// classifiers of its weather and of the car's motion. Others are left alone.
/// </summary>
internal sealed class StreetScore : IDisposable
{
    private readonly StreetSource _source;
    private readonly MaskScore? _masks;
    private readonly LabelScore? _weather;
    private readonly LabelScore? _motion;
    private readonly bool _waits;
    private byte[]? _truth;

    private StreetScore(
        StreetSource source, MaskScore? masks, LabelScore? weather, LabelScore? motion, bool waits)
    {
        _source = source;
        _masks = masks;
        _weather = weather;
        _motion = motion;
        _waits = waits;
    }

    /// <summary>Whether the truth of masks is known.</summary>
    public bool HasMasks => _masks is not null;

    /// <summary>Results that were taken.</summary>
    public long Results { get; private set; }

    /// <summary>Mean IoU of the masks so far; null where there is none.</summary>
    public double? MeanIoU => _masks?.MeanIoU;

    /// <summary>Share of frames whose weather was told; null where there is none.</summary>
    public double? WeatherAccuracy => _weather?.Accuracy;

    /// <summary>Share of frames whose motion was told; null where there is none.</summary>
    public double? MotionAccuracy => _motion?.Accuracy;

    /// <summary>A score of these models; null where the truth of none of them is known.</summary>
    /// <param name="source">Where frames come from.</param>
    /// <param name="engine">Has the models.</param>
    public static StreetScore? Of(IFrameSource source, VisionEngine engine)
    {
        if (source is not StreetSource street)
        {
            return null;
        }

        bool hasMasks = engine.Segmenter is { } segmenter && Tells(segmenter, StreetClasses.Names);
        var weather = LabelScore.Of(engine.Classifiers, StreetClasses.WeatherNames);
        var motion = LabelScore.Of(engine.Classifiers, StreetClasses.MotionNames);
        return !hasMasks && weather is null && motion is null
            ? null
            : new StreetScore(
                street, hasMasks ? new MaskScore(street) : null, weather, motion,
                engine.Options.Pace == Pace.EveryFrame);
    }

    /// <summary>
    /// Takes a result. Where results must not wait, masks are left out that come too fast.
    /// </summary>
    public void Add(VisionResult result)
    {
        long index = result.Frame.Index;
        Results++;
        if (result.MaskKind == MaskKind.Classes && !result.Mask.IsEmpty)
        {
            _masks?.TryAdd(index, result.Mask, result.MaskWidth, result.MaskHeight, _waits);
        }

        _weather?.Add(result, (int)_source.WeatherOf(index));
        _motion?.Add(result, (int)_source.MotionOf(index));
    }

    /// <summary>Draws the truth of a frame.</summary>
    public MaskView TruthOf(long index)
    {
        _truth ??= new byte[_source.Width * _source.Height];
        _source.ReadTruth(index, _truth);
        return MaskView.OfClasses(_truth, _source.Width, _source.Height);
    }

    /// <summary>Lists the scores so far.</summary>
    public void List(List<ViewerScore> shown)
    {
        shown.Clear();
        Show("mean IoU", MeanIoU);
        Show("weather right", WeatherAccuracy);
        Show("motion right", MotionAccuracy);

        void Show(string name, double? share)
        {
            if (share is { } known)
            {
                shown.Add(new ViewerScore(name, known));
            }
        }
    }

    /// <summary>Waits for the masks that are being compared; none may follow.</summary>
    public void Complete() => _masks?.Complete();

    public void Dispose() => _masks?.Dispose();

    private static bool Tells(ModelManifest model, IReadOnlyList<string> names) =>
        model.Labels.SequenceEqual(names, StringComparer.OrdinalIgnoreCase);

    /// <summary>How often the label of one of the classifiers was the true one.</summary>
    private sealed class LabelScore(int classifier)
    {
        private long _right;
        private long _frames;

        public double? Accuracy => _frames == 0 ? null : (double)_right / _frames;

        public static LabelScore? Of(
            IReadOnlyList<ModelManifest> classifiers, IReadOnlyList<string> names)
        {
            for (int i = 0; i < classifiers.Count; i++)
            {
                if (Tells(classifiers[i], names))
                {
                    return new LabelScore(i);
                }
            }

            return null;
        }

        public void Add(VisionResult result, int truth)
        {
            if (result.Classifications[classifier].Labels is [var best, ..])
            {
                _frames++;
                _right += best.Index == truth ? 1 : 0;
            }
        }
    }
}
