using System.Runtime.InteropServices;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Compile;

namespace RealtimeVision.Runtime.Live;

/// <summary>
/// The backbone and the head of a teacher on frames: features for the teacher, labels for the
/// viewer. A new head is taken where a frame begins, so that each frame sees one head or another and
/// nothing between.
/// </summary>
internal sealed class TeachingStage : LabelStage
{
    private readonly Teacher _teacher;
    private readonly ModelStores _stores;
    private LiveWeights? _head;

    public TeachingStage(
        Teacher teacher,
        int number,
        SegmenterStage? segmenter,
        float hysteresis,
        int frameBytes,
        ModelStores stores,
        CompileOptions options,
        CancellationToken cancellation)
        : base(
            teacher.Backbone.Model, built => Build(built, teacher), number, segmenter, hysteresis,
            frameBytes, stores, options, cancellation)
    {
        _teacher = teacher;
        _stores = stores;
    }

    public override bool Begin(VisionResult result, bool isNewScene)
    {
        LiveWeights? newest = _teacher.Live;
        if (newest != _head)
        {
            ForgetFirst();
            if (newest is not null)
            {
                _teacher.LiveHead.Write(_stores.Variables, newest);
            }

            _head = newest;
        }

        return base.Begin(result, isNewScene);
    }

    public override void Finish(VisionResult result)
    {
        Finish(result, _head?.Head.Labels ?? []);
        Plan.ReadOutput(
            1, MemoryMarshal.AsBytes(result.ResizeFeatures(_teacher.Backbone.FeatureCount)));
    }

    private static void Build(ModelGraph built, Teacher teacher)
    {
        Graph graph = built.Graph;
        Value scores = teacher.LiveHead.Build(graph, built.Output);
        graph.Output(teacher.Backbone.Model.AsProbabilities(graph, scores), "labels/probability");
        graph.Output(built.Output, "features");
    }
}
