using RealtimeVision.Kernels.Devices.Cpu;
using RealtimeVision.Kernels.Graph;
using RealtimeVision.Runtime.Data;
using RealtimeVision.Runtime.Execution;

namespace RealtimeVision.Runtime.Tests.Execution;

/// <summary>
/// scale x (sum of the inputs), all of one shape: enough of an operator to test what plans do with
/// operators.
/// </summary>
public sealed record WeightedSum(float Scale = 1, bool InPlace = true) : Operator, ICpuOperator
{
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        foreach (var input in inputs)
        {
            Require(input == inputs[0], $"{input} is not {inputs[0]}");
        }

        return [inputs[0]];
    }

    public override bool CanRunInPlace(int input, ReadOnlySpan<TensorType> inputs) => InPlace;

    public void Prepare(CpuBindings b)
    {
        var inputs = Enumerable.Range(0, b.InputCount).Select(b.Input).ToArray();
        b.Add(new SumStep(inputs, b.Output(), Scale)
        {
            Label = "Sum",
            Pieces = Math.Max(1, (int)(b.OutputShape().Count / 16)),
        });
    }

    private sealed unsafe class SumStep(CpuTensor[] inputs, CpuTensor output, float scale) : CpuStep
    {
        public override void Run(int piece, CpuWorker worker)
        {
            long count = output.Type.Shape.Count;
            long from = count * piece / Pieces;
            long to = count * (piece + 1) / Pieces;
            for (long i = from; i < to; i++)
            {
                float sum = 0;
                foreach (var input in inputs)
                {
                    sum += input.Floats[i];
                }

                output.Floats[i] = scale * sum;
            }
        }
    }
}

/// <summary>The input under another shape.</summary>
public sealed record ViewAs(Shape Shape) : Operator
{
    public override bool IsView => true;

    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) =>
        [inputs[0] with { Shape = Shape }];
}

/// <summary>The input, through scratch memory; calls back while it runs.</summary>
public sealed record Probe(Action During) : Operator, ICpuOperator
{
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) => [inputs[0]];

    public void Prepare(CpuBindings b) =>
        b.Add(new ProbeStep(b.Input(0), b.Scratch(b.InputType(0)), b.Output(), During));

    private sealed class ProbeStep(
        CpuTensor input, CpuTensor scratch, CpuTensor output, Action during) : CpuStep
    {
        public override void Run(int piece, CpuWorker worker)
        {
            input.Span.CopyTo(scratch.Span);
            during();
            scratch.Span.CopyTo(output.Span);
        }
    }
}

/// <summary>A model of one input [batch, 64] and one output, of given nodes.</summary>
public sealed class TestModel(Func<Graph, Value, Value> build) : Model
{
    public override string Name => "test";

    public override IReadOnlyList<TensorDeclaration> Inputs { get; } =
        [new("x", StorageType.Float32, [new Dimension(-1, "batch"), 64])];

    public override IReadOnlyList<TensorDeclaration> Outputs { get; } =
        [new("y", StorageType.Float32, [new Dimension(-1, "batch"), 64])];

    public override IReadOnlyList<Value> Build(Graph graph, IReadOnlyList<Value> inputs) =>
        [build(graph, inputs[0])];
}
