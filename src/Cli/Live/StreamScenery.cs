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
    private int _classifiers;

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
        _classifiers = engine.Classifiers.Count;
        foreach (ModelManifest classifier in engine.Classifiers)
        {
            string[] series = [.. classifier.Labels.Take(MostSeries)];
            view.Probabilities.Add(new PlotHistory(
                classifier.Name, series.Length > 0 ? series : ["probability"], PlottedFrames));
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

        view.Labels.Clear();
        VisionModels.List(view.Labels, result.Classifications);
        view.FrameTimes.Add([(float)result.ProcessingTime.TotalMilliseconds]);
        Plot(result.Classifications);
        Complete(result, score, state, isStill: false);
    }

    /// <summary>Shows of a result what is only made where it is wanted.</summary>
    /// <param name="result">The result.</param>
    /// <param name="score">Knows the truth, where it is known.</param>
    /// <param name="state">Says what is wanted.</param>
    /// <param name="isStill">Whether it was shown before.</param>
    public void Complete(
        VisionResult result, StreetScore? score, ViewerState state, bool isStill)
    {
        if (score is { HasMasks: true }
            && (state.View.Needs(ViewPlane.Truth) || state.Cursor is not null))
        {
            view.Show(ViewPlane.Truth, score.TruthOf(result.Frame.Index));
        }

        if (state.ShowObjects)
        {
            _things.List(view.Objects, result, isStill);
        }
        else
        {
            view.Objects.Clear();
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
        for (int i = 0; i < classifications.Count; i++)
        {
            IReadOnlyList<VisionLabel> labels = classifications[i].Labels;
            if (i >= _classifiers && !Knows(i, labels))
            {
                PlotTaught(i, classifications[i].Model, labels);
            }

            if (i >= view.Probabilities.Count)
            {
                return;
            }

            PlotHistory history = view.Probabilities[i];
            Span<float> values = _values.AsSpan(0, history.Series.Count);
            values.Clear();
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

    /// <summary>Whether the plot at a place is of these labels.</summary>
    private bool Knows(int place, IReadOnlyList<VisionLabel> labels)
    {
        if (place >= view.Probabilities.Count)
        {
            return labels.Count == 0;
        }

        IReadOnlyList<string> series = view.Probabilities[place].Series;
        bool isSame = labels.Count == 0 || series.Count == Math.Min(labels.Count, MostSeries);
        for (int k = 0; k < labels.Count && isSame; k++)
        {
            isSame = labels[k].Index >= series.Count || series[labels[k].Index] == labels[k].Text;
        }

        return isSame;
    }

    /// <summary>Begins a plot of what is taught, whose classes come and go.</summary>
    private void PlotTaught(int place, string title, IReadOnlyList<VisionLabel> labels)
    {
        view.Probabilities.RemoveRange(place, view.Probabilities.Count - place);
        view.Probabilities.Add(new PlotHistory(
            title,
            [.. labels.OrderBy(label => label.Index).Take(MostSeries).Select(label => label.Text)],
            PlottedFrames));
    }
}
