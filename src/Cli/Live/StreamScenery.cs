using RealtimeVision.Runtime.Import;
using RealtimeVision.Runtime.Live;
using RealtimeVision.Viewer;

namespace RealtimeVision.Cli.Live;

/// <summary>What results look like: masks, labels, things, plots, in the view of a stream.</summary>
internal sealed class StreamScenery(StreamView view)
{
    private const int PlottedFrames = 150;
    private const int MostSeries = 6;

    private readonly float[] _values = new float[MostSeries];
    private readonly float[] _shares = new float[256];
    private readonly int[] _counts = new int[256];
    private ThingFinder _things = new(null);

    /// <summary>Begins with the models of an engine.</summary>
    public void Begin(VisionEngine engine)
    {
        view.ClassNames = engine.Segmenter?.Labels ?? [];
        view.ClassShares = [];
        view.Objects.Clear();
        view.FrameTimes.Clear();
        view.Palette = new Palette();
        VisionModels.Paint(view.Palette, engine.Segmenter?.Palette);
        _things = new ThingFinder(engine.Segmenter);
        view.Probabilities.Clear();
        foreach (ModelManifest classifier in engine.Classifiers)
        {
            if (classifier.Labels.Count > 0)
            {
                view.Probabilities.Add(new PlotHistory(
                    classifier.Name, [.. classifier.Labels.Take(MostSeries)], PlottedFrames));
            }
        }
    }

    /// <summary>Shows a result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="score">Knows the truth, where it is known.</param>
    /// <param name="state">Says what is wanted.</param>
    public void Show(VisionResult result, StreetScore? score, ViewerState state)
    {
        view.HostPath = result.Transfer;
        view.Show(
            result.Composite ?? result.Frame, MaskOf(result), result.Frame,
            result.CompositeOnDevice);
        if (!result.ConfidenceMemory.IsEmpty)
        {
            view.Show(
                ViewPlane.Confidence,
                MaskView.OfProbability(
                    result.ConfidenceMemory, result.MaskWidth, result.MaskHeight) with
                {
                    OnDevice = result.ConfidenceOnDevice,
                });
        }

        if (score is { HasMasks: true }
            && (state.View.Needs(ViewPlane.Truth) || state.Cursor is not null))
        {
            view.Show(ViewPlane.Truth, score.TruthOf(result.Frame.Index));
        }

        view.Labels.Clear();
        VisionModels.List(view.Labels, result.Classifications);
        view.FrameTimes.Add([(float)result.ProcessingTime.TotalMilliseconds]);
        Plot(result.Classifications);
        if (state.ShowObjects)
        {
            _things.List(view.Objects, result);
        }
    }

    /// <summary>Says which share of a mask each class has.</summary>
    public void CountClasses(VisionResult result)
    {
        if (result.MaskKind != MaskKind.Classes || result.Mask.IsEmpty)
        {
            return;
        }

        Array.Clear(_counts);
        foreach (byte value in result.Mask)
        {
            _counts[value]++;
        }

        for (int i = 0; i < _shares.Length; i++)
        {
            _shares[i] = (float)_counts[i] / result.Mask.Length;
        }

        view.ClassShares = _shares;
    }

    private static MaskView? MaskOf(VisionResult result) =>
        result.MaskMemory.IsEmpty ? null
        : result.MaskKind == MaskKind.Probability && !result.MatteMemory.IsEmpty
            ? MaskView.OfProbability(
                result.MatteMemory, result.Frame.Width, result.Frame.Height, result.Threshold) with
            {
                OnDevice = result.MatteOnDevice,
            }
        : result.MaskKind == MaskKind.Classes
            ? MaskView.OfClasses(result.MaskMemory, result.MaskWidth, result.MaskHeight) with
            {
                OnDevice = result.MaskOnDevice,
            }
        : MaskView.OfProbability(
            result.MaskMemory, result.MaskWidth, result.MaskHeight, result.Threshold) with
        {
            OnDevice = result.MaskOnDevice,
        };

    private void Plot(IReadOnlyList<VisionClassification> classifications)
    {
        int plotted = 0;
        for (int i = 0; i < classifications.Count && plotted < view.Probabilities.Count; i++)
        {
            PlotHistory history = view.Probabilities[plotted];
            if (history.Title != classifications[i].Model)
            {
                continue;
            }

            plotted++;
            Span<float> values = _values.AsSpan(0, history.Series.Count);
            values.Clear();
            IReadOnlyList<VisionLabel> labels = classifications[i].Labels;
            for (int k = 0; k < labels.Count; k++)
            {
                if (labels[k].Index < values.Length)
                {
                    values[labels[k].Index] = labels[k].Probability;
                }
            }

            history.Add(values);
        }
    }
}
