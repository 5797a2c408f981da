using System.Runtime.InteropServices;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Frame, or the largest segment of its mask, to labels, whatever the probabilities come from.
/// </summary>
internal abstract class LabelStage : ModelStage
{
    private const int MostLabels = 5;
    private readonly LargestSegment _segments = new();
    private readonly SegmenterStage? _segmenter;
    private readonly int _number;
    private readonly float _hysteresis;
    private int _best = -1;

    /// <summary>Compiles the plan.</summary>
    /// <param name="model">The model.</param>
    /// <param name="build">Adds what comes of the model's output, and declares outputs; the first is
    /// the classes' probabilities.</param>
    /// <param name="number">Where the result has the labels.</param>
    /// <param name="segmenter">Whose segments models may look at; null without one.</param>
    /// <param name="hysteresis">By how much another label has to be better than the first.</param>
    /// <param name="frameBytes">Bytes of the largest frame.</param>
    /// <param name="stores">Weights and state.</param>
    /// <param name="options">How to compile.</param>
    /// <param name="cancellation">Looked at between nodes.</param>
    protected LabelStage(
        FrameModel model,
        Action<ModelGraph> build,
        int number,
        SegmenterStage? segmenter,
        float hysteresis,
        int frameBytes,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation)
        : base(model, build, frameBytes, stores, options, cancellation)
    {
        _number = number;
        _segmenter = segmenter;
        _hysteresis = hysteresis;
        Probabilities = new float[Plan.Outputs[0].Type.Shape.Count];
    }

    protected float[] Probabilities { get; }

    public override void WarmUp(CancellationToken cancellation)
    {
        base.WarmUp(cancellation);
        _segmenter?.ReserveFor(_segments);
    }

    public override bool Begin(VisionResult result, bool isNewScene)
    {
        if (isNewScene)
        {
            ForgetFirst();
        }

        VisionClassification written = result.Classify(_number, Model.Manifest);
        Frame frame = result.Frame;
        PixelBox region = Model.Manifest.Input.Region == ModelRegion.LargestSegment
            ? SegmentOf(result)
            : new PixelBox(0, 0, frame.Width, frame.Height);
        written.Region = region;
        if (region.IsEmpty)
        {
            ForgetFirst();
            return false;
        }

        Upload(frame, region);
        return true;
    }

    /// <summary>Lets the next first label be whichever is the best.</summary>
    protected void ForgetFirst() => _best = -1;

    /// <summary>Writes the best of the first classes, one for each name.</summary>
    protected void Finish(VisionResult result, string[] names)
    {
        Plan.ReadOutput(0, MemoryMarshal.AsBytes(Probabilities.AsSpan()));
        List<VisionLabel> labels = result.Classify(_number, Model.Manifest).LabelList;
        for (int i = 0; i < names.Length; i++)
        {
            Insert(labels, new VisionLabel(names[i], Probabilities[i], i));
        }

        KeepFirst(labels);
    }

    private static void Insert(List<VisionLabel> labels, VisionLabel label)
    {
        int at = labels.Count;
        while (at > 0 && !(labels[at - 1].Probability >= label.Probability))
        {
            at--;
        }

        if (at >= MostLabels)
        {
            return;
        }

        if (labels.Count == MostLabels)
        {
            labels.RemoveAt(MostLabels - 1);
        }

        labels.Insert(at, label);
    }

    /// <summary>
    /// Leaves the label that was first before in its place, unless another is clearly better.
    /// </summary>
    private void KeepFirst(List<VisionLabel> labels)
    {
        int before = -1;
        for (int i = 1; i < labels.Count; i++)
        {
            before = labels[i].Index == _best ? i : before;
        }

        if (before > 0 && labels[0].Probability - labels[before].Probability < _hysteresis)
        {
            VisionLabel kept = labels[before];
            labels.RemoveAt(before);
            labels.Insert(0, kept);
        }

        _best = labels.Count > 0 ? labels[0].Index : -1;
    }

    /// <summary>The box of the largest segment in the frame, with its margin.</summary>
    private PixelBox SegmentOf(VisionResult result)
    {
        PixelBox box = _segments.Find(
            result.Mask, result.MaskWidth, result.MaskHeight, _segmenter!.LeastByte);
        if (box.IsEmpty)
        {
            return default;
        }

        Frame frame = result.Frame;
        double scaleX = (double)frame.Width / result.MaskWidth;
        double scaleY = (double)frame.Height / result.MaskHeight;
        double margin = Model.Manifest.Input.Margin * box.Height * scaleY;
        int left = (int)Math.Max(Math.Floor((box.X * scaleX) - margin), 0);
        int top = (int)Math.Max(Math.Floor((box.Y * scaleY) - margin), 0);
        int right = (int)Math.Min(Math.Ceiling((box.Right * scaleX) + margin), frame.Width);
        int bottom = (int)Math.Min(Math.Ceiling((box.Bottom * scaleY) + margin), frame.Height);
        return new PixelBox(left, top, right - left, bottom - top);
    }
}
