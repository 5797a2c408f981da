using RealtimeVision.Kernels.Graph;
using RealtimeVision.Kernels.Operators;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Explain;

/// <summary>A classifier whose scores are 0 or 1, and have no gradient.</summary>
internal sealed class HardModel : Model
{
    public override string Name => "hard";

    public override IReadOnlyList<TensorDeclaration> Inputs { get; } =
        [new("picture", StorageType.Float32, [1, 4, 4, 3], TensorLayout.Nhwc)];

    public override IReadOnlyList<TensorDeclaration> Outputs { get; } =
        [new("scores", StorageType.Float32, [1, 3])];

    public override IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs)
    {
        Value mean = graph.Add(new Reduce(ReduceKind.Mean, [1, 2], false), "mean", inputs[0]);
        return [graph.Add(new Hardmax(-1), "hard", mean)];
    }
}
