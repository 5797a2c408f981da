using RealtimeVision.Runtime.Import.Onnx;
using RealtimeVision.Testing;

namespace RealtimeVision.Runtime.Tests.Import;

/// <summary>A small model around one operator, in one operator set.</summary>
/// <param name="Name">What the test is called.</param>
/// <param name="Opset">The operator set.</param>
/// <param name="Build">Adds nodes and declares the outputs.</param>
public sealed record OnnxOperatorCase(string Name, int Opset, Action<OnnxModelBuilder> Build)
{
    /// <summary>
    /// A case for each operator set, with one output whose shape is left to the reader.
    /// </summary>
    public static IEnumerable<OnnxOperatorCase> Of(
        string name, int[] opsets, Func<OnnxModelBuilder, string> build) =>
        opsets.Select(opset => new OnnxOperatorCase(
            name, opset, b => b.Output(new OnnxValue(build(b)), declareShape: false)));

    /// <summary>A case of one node on one input.</summary>
    public static IEnumerable<OnnxOperatorCase> Node(
        string name, int[] opsets, string op, long[] shape, params (string, object)[] attributes) =>
        Of(name, opsets, b => b.Node(op, [b.Input("x", shape).Name], attributes));

    public ModelProto Model()
    {
        var builder = new OnnxModelBuilder(opset: Opset);
        Build(builder);
        return builder.Build();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name}, operator set {Opset}";
}
