using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;
using RealtimeVision.Runtime.Import;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// Frame, or the largest segment of its mask, to labels. A network of clips sees a frame a run, and
/// keeps its state until a scene begins.
/// </summary>
internal sealed class ClassifierStage : ModelStage
{
    private const int MostLabels = 5;
    private readonly LargestSegment _segments = new();
    private readonly SegmenterStage? _segmenter;
    private readonly int _number;
    private readonly float _hysteresis;
    private readonly float[] _probabilities;
    private readonly string[] _names;
    private int _best = -1;

    public ClassifierStage(
        FrameModel model,
        int number,
        SegmenterStage? segmenter,
        float hysteresis,
        int frameBytes,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation)
        : base(
            model, built => Build(built.Graph, model, built.Output), frameBytes, stores, options,
            cancellation)
    {
        _number = number;
        _segmenter = segmenter;
        _hysteresis = hysteresis;
        _probabilities = new float[Plan.Outputs[0].Type.Shape.Count];
        _names = [.. Enumerable.Range(0, _probabilities.Length).Select(NameOf)];
    }

    public override void WarmUp(CancellationToken cancellation)
    {
        base.WarmUp(cancellation);
        _segmenter?.ReserveFor(_segments);
    }

    public override bool Begin(VisionResult result, bool isNewScene)
    {
        if (isNewScene)
        {
            _best = -1;
            Forget();
        }

        VisionClassification written = result.Classify(_number, Model.Manifest);
        Frame frame = result.Frame;
        PixelBox region = Model.Manifest.Input.Region == ModelRegion.LargestSegment
            ? SegmentOf(result)
            : new PixelBox(0, 0, frame.Width, frame.Height);
        written.Region = region;
        if (region.IsEmpty)
        {
            _best = -1;
            return false;
        }

        Upload(frame, region);
        return true;
    }

    public override void Finish(VisionResult result)
    {
        Plan.ReadOutput(0, MemoryMarshal.AsBytes(_probabilities.AsSpan()));
        List<VisionLabel> labels = result.Classify(_number, Model.Manifest).LabelList;
        for (int i = 0; i < _probabilities.Length; i++)
        {
            Insert(labels, new VisionLabel(_names[i], _probabilities[i], i));
        }

        KeepFirst(labels);
    }

    private static void Build(Graph graph, FrameModel model, Value output)
    {
        if (output.Type.Element != ElementType.Float32)
        {
            throw new ArgumentException(
                $"{model.Model.Name}: a classifier gives scores, this one gives {output.Type}");
        }

        var flat = new Shape(1, checked((int)output.Shape.Count));
        Value scores = graph.Add(new Reshape(flat), "labels/scores", output);
        graph.Output(model.AsProbabilities(graph, scores), "labels/probability");
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

    private string NameOf(int index) => index < Model.Manifest.Labels.Count
        ? Model.Manifest.Labels[index]
        : index.ToString(CultureInfo.InvariantCulture);
}
