using System.Globalization;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// A classifier on frames. A network of clips sees a frame a run, and keeps its state until a scene
/// begins.
/// </summary>
internal sealed class ClassifierStage : LabelStage
{
    private readonly string[] _names;

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
            model, built => Build(built.Graph, model, built.Output), number, segmenter, hysteresis,
            frameBytes, stores, options, cancellation)
    {
        _names = [.. Enumerable.Range(0, Probabilities.Length).Select(NameOf)];
    }

    public override bool Begin(VisionResult result, bool isNewScene)
    {
        if (isNewScene)
        {
            Forget();
        }

        return base.Begin(result, isNewScene);
    }

    public override void Finish(VisionResult result) => Finish(result, _names);

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

    private string NameOf(int index) => index < Model.Manifest.Labels.Count
        ? Model.Manifest.Labels[index]
        : index.ToString(CultureInfo.InvariantCulture);
}
